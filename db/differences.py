"""How the disk differs from the index: one COPY, one join, and the sets that follow from it.

The tables are temporary, so they live and die with the connection of the scan that made them.
"""

from asyncio import CancelledError
from collections.abc import AsyncGenerator, AsyncIterable
from typing import Any, Final, NamedTuple, cast

from msgspec import Struct
from psycopg import AsyncConnection as DriverConnection
from psycopg import AsyncCopy
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

CHUNK: Final = 2_000  # rows brought over at a time, so that a million files take no more memory


class Seen(NamedTuple):
    """A comic archive as a walk meets it, its path relative to the root and by comics.paths."""

    path: str
    size: int
    mtime_ns: int
    inode: int


class Unread(Struct):
    """A file that is new, or has changed, or has never been read to the end."""

    id: int
    path: str
    size: int
    mtime_ns: int
    inode: int
    is_new: bool


class Difference(Struct):
    """How many files are in each set."""

    seen: int
    added: int
    changed: int
    returned: int
    vanished: int
    to_read: int


SEEN = text("""
    CREATE TEMPORARY TABLE seen (
        path text COLLATE "C" NOT NULL, size bigint NOT NULL, mtime_ns bigint NOT NULL,
        inode bigint NOT NULL
    )
""")

COPY = "COPY seen (path, size, mtime_ns, inode) FROM STDIN (FORMAT BINARY)"


async def copy_seen(conn: AsyncConnection, walk: AsyncIterable[list[Seen]]) -> int:
    """Bring over what a walk sees, as it sees it; return how many files that were."""
    await conn.execute(SEEN)
    driver = cast("DriverConnection[Any]", (await conn.get_raw_connection()).driver_connection)
    try:
        async with driver.cursor() as cursor, cursor.copy(COPY) as copy:
            total = await write_rows(copy, walk)
    except CancelledError:
        await conn.invalidate()  # the driver cannot leave a COPY that has only just begun
        raise
    await conn.commit()
    return total


async def write_rows(copy: AsyncCopy, walk: AsyncIterable[list[Seen]]) -> int:
    """Write what a walk sees to a COPY; return how many rows that were."""
    copy.set_types(["text", "int8", "int8", "int8"])
    total = 0
    async for chunk in walk:
        total += len(chunk)
        for seen in chunk:
            await copy.write_row(seen)
    return total


# A folder that could not be listed tells nothing of its files: they neither vanish nor change.
DIFFER = text("""
    CREATE TEMPORARY TABLE difference AS
    SELECT CASE WHEN s.path IS NULL THEN 'vanished'
                WHEN f.id IS NULL THEN 'new'
                WHEN (f.size, f.mtime_ns) <> (s.size, s.mtime_ns) THEN 'changed'
                WHEN f.read_mtime_ns IS NULL THEN 'unread'
                ELSE 'returned' END AS kind,
           coalesce(f.id, nextval('files_id_seq'))::int AS id,
           f.missing_since IS NOT NULL AS was_missing,
           coalesce(s.path, f.path) AS path, s.size, s.mtime_ns, s.inode
      FROM seen AS s
      FULL JOIN (SELECT id, path, size, mtime_ns, read_mtime_ns, missing_since
                   FROM files WHERE library_id = :library) AS f ON f.path = s.path
     WHERE f.id IS NULL
        OR (s.path IS NULL AND f.missing_since IS NULL
            AND NOT EXISTS (SELECT FROM unnest(CAST(:unlisted AS text[])) AS u (folder)
                             WHERE starts_with(f.path, u.folder)))
        OR (s.path IS NOT NULL AND (f.missing_since IS NOT NULL
            OR f.read_mtime_ns IS NULL OR (f.size, f.mtime_ns) <> (s.size, s.mtime_ns)))
""")

ORDER = text("CREATE INDEX ON difference (path)")

VANISH = text("""
    UPDATE files SET missing_since = now() FROM difference AS d
     WHERE d.kind = 'vanished' AND files.id = d.id AND files.path = d.path
""")

RETURN = text("""
    UPDATE files SET missing_since = NULL FROM difference AS d
     WHERE d.was_missing AND d.kind <> 'vanished' AND files.id = d.id
""")

TOTALS = text("""
    SELECT count(*) FILTER (WHERE kind = 'new'), count(*) FILTER (WHERE kind = 'changed'),
           count(*) FILTER (WHERE was_missing AND kind <> 'vanished'),
           count(*) FILTER (WHERE kind = 'vanished'),
           count(*) FILTER (WHERE kind IN ('new', 'changed', 'unread'))
      FROM difference
""")


async def compare(
    conn: AsyncConnection, library: int, *, seen: int, unlisted: list[str]
) -> Difference:
    """Find what is new, changed, back or gone; store the last two at once.

    `unlisted` are the paths of which the walk knows nothing, a folder's with a slash behind it.
    """
    await conn.execute(DIFFER, {"library": library, "unlisted": unlisted})
    await conn.execute(ORDER)
    added, changed, returned, vanished, to_read = (await conn.execute(TOTALS)).one()
    if vanished:
        await conn.execute(VANISH)
    if returned:
        await conn.execute(RETURN)
    await conn.commit()
    return Difference(
        seen=seen,
        added=added,
        changed=changed,
        returned=returned,
        vanished=vanished,
        to_read=to_read,
    )


UNREAD = text("""
    SELECT id, path, size, mtime_ns, inode, kind = 'new' FROM difference
     WHERE kind IN ('new', 'changed', 'unread') AND path > :after ORDER BY path LIMIT :chunk
""")


async def unread(conn: AsyncConnection) -> AsyncGenerator[list[Unread], None]:
    """Yield what is to be listed or read, in the order of the paths, a chunk at a time."""
    after = ""
    while True:
        rows = await conn.execute(UNREAD, {"after": after, "chunk": CHUNK})
        chunk = [Unread(*row) for row in rows]
        await conn.commit()
        if not chunk:
            return
        yield chunk
        after = chunk[-1].path
