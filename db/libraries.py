"""Queries of `libraries`: the root folders, how each is kept, and what is counted in it."""

from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Cast,
    ColumnElement,
    ScalarSelect,
    Select,
    cast,
    func,
    insert,
    literal_column,
    not_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit, watches
from db.scans import LOCK, TAKE
from db.tables import counts, libraries, scans


class Library(Struct):
    """A root folder, how it is kept, and how many of its comics are in which state."""

    id: int
    name: str
    root: str
    read_only: bool
    schedule: str | None
    scheduled_at: datetime
    watch: bool
    watching: str
    excludes: list[str]
    begun_at: datetime | None
    scanned_at: datetime | None
    files: int
    marked: int
    unmarked: int
    duplicates: int
    faulty: int
    missing: int
    bytes: int


ZERO: Final = literal_column("0", BigInteger)


def total(column: ColumnElement[int], *only: ColumnElement[bool]) -> Cast[int]:
    """Add up a column of `counts`; PostgreSQL's sum of bigint is numeric, so cast it back."""
    added = func.sum(column)
    return cast(func.coalesce(added.filter(*only) if only else added, ZERO), BigInteger)


def begun_at() -> ScalarSelect[datetime | None]:
    """Select when the newest scan of a whole library began, whatever has become of it."""
    s = scans.c
    return (
        select(s.started_at)
        .where(s.library_id == libraries.c.id, s.folder.is_(None), s.started_at.is_not(None))
        .order_by(s.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def select_libraries() -> Select[
    int,
    str,
    str,
    bool,
    str | None,
    datetime,
    bool,
    str,
    list[str],
    datetime | None,
    datetime | None,
    int,
    int,
    int,
    int,
    int,
    int,
    int,
]:
    """Select every library with its counts: a few rows of `counts` each, whatever their size."""
    lib, c = libraries.c, counts.c
    sums = (
        select(
            total(c.present).label("present"),
            total(c.present, c.marked).label("marked"),
            total(c.present, not_(c.marked)).label("unmarked"),
            total(c.present, c.duplicate).label("duplicates"),
            total(c.faulty).label("faulty"),
            total(c.missing).label("missing"),
            total(c.bytes).label("bytes"),
        )
        .where(c.library_id == lib.id)
        .lateral("sums")
    )
    return (
        select(
            lib.id,
            lib.name,
            lib.root,
            lib.read_only,
            lib.schedule,
            lib.scheduled_at,
            lib.watch,
            watches.STATE,
            lib.excludes,
            begun_at(),
            lib.scanned_at,
            sums.c.present,
            sums.c.marked,
            sums.c.unmarked,
            sums.c.duplicates,
            sums.c.faulty,
            sums.c.missing,
            sums.c.bytes,
        )
        .join_from(libraries, sums, true())
        .where(lib.removed_at.is_(None))
        .order_by(lib.id)
    )


async def every(conn: AsyncConnection) -> list[Library]:
    """Return the libraries in the order in which they were made."""
    return [Library(*row) for row in await conn.execute(select_libraries())]


async def one(conn: AsyncConnection, library: int) -> Library | None:
    """Return this library, or None."""
    row = (await conn.execute(select_libraries().where(libraries.c.id == library))).first()
    return row and Library(*row)


ROOTS: Final = 0x726F6F74  # "root": the lock of whoever is about to give a library its root

CLAIM = text("SELECT pg_advisory_xact_lock(:lock)")


async def claim_roots(conn: AsyncConnection) -> dict[int, str]:
    """Return the root of each library; nobody else changes one before this transaction ends."""
    await conn.execute(CLAIM, {"lock": ROOTS})
    known = select(libraries.c.id, libraries.c.root).where(libraries.c.removed_at.is_(None))
    return {row.id: row.root for row in await conn.execute(known)}


async def add(conn: AsyncConnection, wanted: dict[str, Any]) -> int:
    """Make a library of these columns, and return its id."""
    number = await conn.scalar(insert(libraries).values(wanted).returning(libraries.c.id))
    await audit.write(conn, "library added", wanted["name"], library=number, root=wanted["root"])
    await tell(conn)
    return int(number or 0)


async def change(conn: AsyncConnection, library: int, changes: dict[str, Any]) -> None:
    """Store these columns and leave the others; a new schedule holds from now on."""
    if not changes:
        return
    new = {**changes, "scheduled_at": func.now()} if "schedule" in changes else changes
    changed = update(libraries).where(libraries.c.id == library).values(new)
    name = await conn.scalar(changed.returning(libraries.c.name))
    await audit.write(conn, "library changed", name, library=library, changes=changes)
    await tell(conn)


WATCH_ALL = text("UPDATE libraries SET watch = :watch WHERE watch <> :watch")


async def watch_all(conn: AsyncConnection, watch: bool) -> None:  # noqa: FBT001  the only one
    """Watch every library from now on, or none."""
    if (await conn.execute(WATCH_ALL, {"watch": watch})).rowcount:
        await tell(conn)


ENSURE = text("""
    INSERT INTO libraries (root, name) VALUES (:root, :name)
    ON CONFLICT (root) WHERE removed_at IS NULL DO UPDATE SET root = excluded.root
    RETURNING id
""")


async def ensure(conn: AsyncConnection, root: str, name: str) -> int:
    """Return the id of the library of this root, made now if there was none."""
    return int((await conn.execute(ENSURE, {"root": root, "name": name})).scalar_one())


HAS_FILES = text("""
    SELECT EXISTS (SELECT FROM files WHERE library_id = :library AND missing_since IS NULL)
""")


async def has_files(conn: AsyncConnection, library: int) -> bool:
    """Tell whether any file of this library is listed."""
    return bool(await conn.scalar(HAS_FILES, {"library": library}))


LEAVE = text("""
    UPDATE libraries SET removed_at = now()
     WHERE id = :library AND removed_at IS NULL RETURNING name
""")


async def leave(conn: AsyncConnection, library: int) -> bool:
    """Have a library be no more; its rows are for `remove`. Tell whether it was there."""
    name: str | None = await conn.scalar(LEAVE, {"library": library})
    if name is not None:
        await audit.write(conn, "library removed", name, library=library)
    await tell(conn)
    return name is not None


LEAVING = text("SELECT id FROM libraries WHERE removed_at IS NOT NULL ORDER BY id")


async def leaving(conn: AsyncConnection) -> list[int]:
    """Return the libraries of which rows are left though they are no more."""
    return list((await conn.execute(LEAVING)).scalars())


SLICE: Final = 5_000  # files that one transaction removes

# Along the primary key, so that no slice looks again at what those before it have deleted.
REMOVE = text("""
    WITH slice AS (
        SELECT id FROM files WHERE library_id = :library AND id > :after ORDER BY id LIMIT :slice
    ), gone AS (
        DELETE FROM files USING slice WHERE files.id = slice.id RETURNING files.id
    )
    SELECT max(id) FROM gone
""")

FORGET = text("DELETE FROM libraries WHERE id = :library AND removed_at IS NOT NULL")


async def remove(conn: AsyncConnection, library: int) -> bool:
    """Remove the rows of a library that has left, in slices; killed half-way, go on.

    Returns False, and removes nothing, while a scan of it runs. The lock goes with the connection.
    """
    if not await conn.scalar(TAKE, {"lock": LOCK, "library": library}):
        return False
    after: int | None = 0
    while after is not None:
        after = await conn.scalar(REMOVE, {"library": library, "after": after, "slice": SLICE})
        await conn.commit()
    await conn.execute(FORGET, {"library": library})
    await conn.commit()
    return True


TELL = text("SELECT pg_notify('scans', ''), pg_notify('libraries', '')")


async def tell(conn: AsyncConnection) -> None:
    """Wake whoever scans or watches, as a library is kept differently from now on."""
    await conn.execute(TELL)
