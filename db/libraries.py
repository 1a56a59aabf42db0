"""Queries of `libraries`: the root folders, and what is counted in each."""

from datetime import datetime
from typing import Final

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Cast,
    ColumnElement,
    Select,
    cast,
    func,
    literal_column,
    not_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import counts, libraries


class Library(Struct):
    """A root folder, and how many of its comics are in which state."""

    id: int
    name: str
    root: str
    read_only: bool
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


def select_libraries() -> Select[
    int, str, str, bool, datetime | None, int, int, int, int, int, int, int
]:
    """Select every library with its counts: a few rows of `counts` each, whatever their size."""
    lib, c = libraries.c, counts.c
    return (
        select(
            lib.id,
            lib.name,
            lib.root,
            lib.read_only,
            lib.scanned_at,
            total(c.present),
            total(c.present, c.marked),
            total(c.present, not_(c.marked)),
            total(c.present, c.duplicate),
            total(c.faulty),
            total(c.missing),
            total(c.bytes),
        )
        .outerjoin_from(libraries, counts, c.library_id == lib.id)
        .group_by(lib.id)
        .order_by(lib.id)
    )


async def every(conn: AsyncConnection) -> list[Library]:
    """Return the libraries in the order in which they were made."""
    return [Library(*row) for row in await conn.execute(select_libraries())]


ENSURE = text("""
    INSERT INTO libraries (root, name) VALUES (:root, :name)
    ON CONFLICT ON CONSTRAINT libraries_root_key DO UPDATE SET root = excluded.root
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
