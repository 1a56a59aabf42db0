"""How the disk differs from the index: the folders that hold something else, and their files.

A walk tells of each folder with a fingerprint. Only of those that differ from `folders` are the
files brought over, by COPY, and compared by one join. The tables are temporary, so they live and
die with the connection of the scan that made them.
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


class Listing(NamedTuple):
    """The comics of one folder, not those in its own folders; or of a large one, a part of them.

    Its path is "" or has a slash behind it. One without a slash is a comic's alone, which was seen
    if it is there.
    """

    path: str
    fingerprint: bytes | None  # of all it holds, where all of that is told of here
    is_mount: bool
    seen: list[Seen]


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

    added: int
    changed: int
    returned: int
    vanished: int
    to_read: int


TABLES = (
    text("""
        CREATE TEMPORARY TABLE listed (
            path text COLLATE "C" PRIMARY KEY, fingerprint bytea, is_mount boolean NOT NULL,
            differs boolean NOT NULL
        )
    """),
    text("""
        CREATE TEMPORARY TABLE seen (
            path text COLLATE "C" NOT NULL, size bigint NOT NULL, mtime_ns bigint NOT NULL,
            inode bigint NOT NULL
        )
    """),
)

# The second part of a large folder finds the first, and differs as that does.
LIST = text("""
    WITH told AS (
        INSERT INTO listed
        SELECT t.path, t.fingerprint, t.is_mount, f.path IS NULL
          FROM unnest(CAST(:paths AS text[]), CAST(:fingerprints AS bytea[]),
                      CAST(:mounts AS boolean[])) AS t (path, fingerprint, is_mount)
          LEFT JOIN folders AS f ON f.library_id = :library AND f.path = t.path
           AND f.fingerprint = t.fingerprint AND f.is_mount = t.is_mount
            ON CONFLICT DO NOTHING
        RETURNING path, differs
    )
    SELECT path FROM told WHERE differs
""")

COPY = "COPY seen (path, size, mtime_ns, inode) FROM STDIN (FORMAT BINARY)"


async def bring(conn: AsyncConnection, library: int, walk: AsyncIterable[list[Listing]]) -> None:
    """Bring over what a walk tells of, as it does, without the files of folders that are as known.

    This ends the transaction, so that none is open while a slow disk is walked.
    """
    for table in TABLES:
        await conn.execute(table)
    await conn.commit()
    async for chunk in walk:
        differing = await list_folders(conn, library, chunk)
        seen = [
            one
            for listing in chunk
            if listing.fingerprint is None or listing.path in differing
            for one in listing.seen
        ]
        if seen:
            await copy_seen(conn, seen)
        await conn.commit()


async def list_folders(conn: AsyncConnection, library: int, chunk: list[Listing]) -> set[str]:
    """Note these folders, and return those which hold something else than they did."""
    told = {
        "library": library,
        "paths": [listing.path for listing in chunk],
        "fingerprints": [listing.fingerprint for listing in chunk],
        "mounts": [listing.is_mount for listing in chunk],
    }
    return set((await conn.execute(LIST, told)).scalars())


async def copy_seen(conn: AsyncConnection, seen: list[Seen]) -> None:
    """Bring over these files."""
    driver = cast("DriverConnection[Any]", (await conn.get_raw_connection()).driver_connection)
    try:
        async with driver.cursor() as cursor, cursor.copy(COPY) as copy:
            await write_rows(copy, seen)
    except CancelledError:
        await conn.invalidate()  # the driver cannot leave a COPY that has only just begun
        raise


async def write_rows(copy: AsyncCopy, seen: list[Seen]) -> None:
    """Write what a walk sees to a COPY."""
    copy.set_types(["text", "int8", "int8", "int8"])
    for one in seen:
        await copy.write_row(one)


# Of a folder, all between "folder/" and "folder0", as "0" follows "/"; of a comic, it alone.
# A folder below one that could not be listed is not known to be gone.
CHECK = text("""
    CREATE TEMPORARY TABLE checked AS
    SELECT path, CASE WHEN path = '' THEN chr(1114111)
                      WHEN path LIKE '%/' THEN left(path, -1) || '0'
                      ELSE path || chr(1) END COLLATE "C" AS until
      FROM (SELECT path FROM listed WHERE differs
             UNION ALL
            SELECT path FROM folders AS f
             WHERE f.library_id = :library
               AND (CAST(:folder AS text) IS NULL OR starts_with(f.path, :folder || '/'))
               AND NOT EXISTS (SELECT FROM listed WHERE listed.path = f.path)
               AND NOT EXISTS (SELECT FROM unnest(CAST(:unlisted AS text[])) AS u (folder)
                                WHERE starts_with(f.path, u.folder))) AS c (path)
""")

# Of the rows of one path, that of the file which is there, or which went last. OFFSET has each
# folder looked up by files_path_key: else every file might be held against every folder.
KNOW = text("""
    CREATE TEMPORARY TABLE known AS
    SELECT f.* FROM checked AS c CROSS JOIN LATERAL (
        SELECT id, path, size, mtime_ns, inode, read_mtime_ns, missing_since FROM files
         WHERE library_id = :library AND files.path >= c.path AND files.path < c.until
           AND strpos(substr(files.path, length(c.path) + 1), '/') = 0 OFFSET 0) AS f
     WHERE f.missing_since IS NULL OR NOT EXISTS (
        SELECT FROM files AS later
         WHERE later.path = f.path AND later.library_id = :library
           AND (later.missing_since IS NULL OR later.missing_since > f.missing_since))
""")

# A folder that could not be listed tells nothing of its files: they neither vanish nor change.
DIFFER = text("""
    CREATE TEMPORARY TABLE difference AS
    SELECT CASE WHEN s.path IS NULL THEN 'vanished'
                WHEN k.id IS NULL THEN 'new'
                WHEN (k.size, k.mtime_ns) <> (s.size, s.mtime_ns) THEN 'changed'
                WHEN k.read_mtime_ns IS NULL THEN 'unread'
                ELSE 'returned' END AS kind,
           coalesce(k.id, nextval('files_id_seq'))::int AS id,
           k.missing_since IS NOT NULL AS was_missing,
           coalesce(s.path, k.path) AS path, s.size, s.mtime_ns, s.inode
      FROM seen AS s FULL JOIN known AS k ON k.path = s.path
     WHERE k.id IS NULL
        OR (s.path IS NULL AND k.missing_since IS NULL
            AND NOT EXISTS (SELECT FROM unnest(CAST(:unlisted AS text[])) AS u (folder)
                             WHERE starts_with(k.path, u.folder)))
        OR (s.path IS NOT NULL AND (k.missing_since IS NOT NULL
            OR k.read_mtime_ns IS NULL OR (k.size, k.mtime_ns) <> (s.size, s.mtime_ns)))
""")

ORDER = text("CREATE INDEX ON difference (path)")


async def check(
    conn: AsyncConnection, library: int, *, folder: str | None, unlisted: list[str]
) -> bool:
    """Find the folders that differ, or are gone; tell whether there are any.

    `folder` is what was walked, or None for all. `unlisted` are the paths of which the walk knows
    nothing, a folder's with a slash behind it.
    """
    asked = {"library": library, "folder": folder, "unlisted": unlisted}
    return bool((await conn.execute(CHECK, asked)).rowcount)


async def compare(conn: AsyncConnection, library: int, *, unlisted: list[str]) -> None:
    """Find what is new, changed, back or gone in these folders.

    The transaction is left open: nothing is stored.
    """
    for statement in (KNOW, DIFFER, ORDER):
        await conn.execute(statement, {"library": library, "unlisted": unlisted})


TOTALS = text("""
    SELECT count(*) FILTER (WHERE kind = 'new'), count(*) FILTER (WHERE kind = 'changed'),
           count(*) FILTER (WHERE was_missing AND kind <> 'vanished'),
           count(*) FILTER (WHERE kind = 'vanished'),
           count(*) FILTER (WHERE kind IN ('new', 'changed', 'unread'))
      FROM difference
""")


async def total(conn: AsyncConnection) -> Difference:
    """Count what was found."""
    return Difference(*(await conn.execute(TOTALS)).one())


LOST = text("""
    SELECT (SELECT coalesce(sum(present), 0)::int FROM counts WHERE library_id = :library),
           (SELECT count(*) FROM difference WHERE kind = 'vanished')
""")


async def lost(conn: AsyncConnection, library: int) -> tuple[int, int]:
    """Return how many files the library had until now, and how many of them have vanished."""
    had, vanished = (await conn.execute(LOST, {"library": library})).one()
    return had, vanished


VANISHED = text("""
    SELECT path FROM difference
     WHERE kind = 'vanished' AND path > :after ORDER BY path LIMIT :chunk
""")


async def vanished(conn: AsyncConnection) -> AsyncGenerator[list[str], None]:
    """Yield the paths of files that are gone, a chunk at a time."""
    after = ""
    while chunk := list((await conn.execute(VANISHED, {"after": after, "chunk": CHUNK})).scalars()):
        yield chunk
        after = chunk[-1]


# Until all that differs has been read, its folder has no fingerprint that a later scan could trust.
DISTRUST = text("""
    UPDATE folders SET fingerprint = NULL
     WHERE library_id = :library AND fingerprint IS NOT NULL
       AND path IN (SELECT regexp_replace(path, '[^/]*$', '') FROM difference)
""")

VANISH = text("""
    UPDATE files SET missing_since = now() FROM difference AS d
     WHERE d.kind = 'vanished' AND files.id = d.id AND files.path = d.path
       AND files.library_id = :library
""")

RETURN = text("""
    UPDATE files SET missing_since = NULL FROM difference AS d
     WHERE d.was_missing AND d.kind <> 'vanished' AND files.id = d.id
       AND files.library_id = :library
""")

LEAVE = text("""
    DELETE FROM folders AS f USING checked AS c
     WHERE f.library_id = :library AND f.path = c.path
       AND NOT EXISTS (SELECT FROM listed WHERE listed.path = f.path)
""")


async def apply(conn: AsyncConnection, library: int) -> None:
    """Store what vanished and what is back."""
    for statement in (DISTRUST, VANISH, RETURN, LEAVE):
        await conn.execute(statement, {"library": library})


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


# A file that could not be read, or that somebody else has moved meanwhile, is looked at again.
TRUST = text("""
    INSERT INTO folders (library_id, path, fingerprint, is_mount)
    SELECT :library, path, fingerprint, is_mount FROM listed
     WHERE differs AND fingerprint IS NOT NULL AND NOT EXISTS (
        SELECT FROM (
            SELECT regexp_replace(d.path, '[^/]*$', '') COLLATE "C" AS folder
              FROM difference AS d
              LEFT JOIN files AS f ON f.id = d.id AND f.path = d.path AND f.missing_since IS NULL
               AND f.size = d.size AND f.read_mtime_ns = d.mtime_ns
             WHERE d.kind <> 'vanished' AND f.id IS NULL) AS left_over
         WHERE left_over.folder = listed.path)
        ON CONFLICT ON CONSTRAINT folders_pkey DO UPDATE
       SET fingerprint = excluded.fingerprint, is_mount = excluded.is_mount
""")


async def trust(conn: AsyncConnection, library: int) -> None:
    """Keep the fingerprints of folders in which all that differed has been read."""
    await conn.execute(TRUST, {"library": library})
    await conn.commit()


MOUNTS = text("SELECT path FROM folders WHERE library_id = :library AND is_mount")


async def mounts(conn: AsyncConnection, library: int) -> frozenset[str]:
    """Return the folders at which other disks were mounted."""
    return frozenset((await conn.execute(MOUNTS, {"library": library})).scalars())
