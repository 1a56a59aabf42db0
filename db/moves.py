"""Rows that follow their files: what went from one path and is at another keeps its identity.

Until it is read, a file is told by inode, size and modification time, all three, as inode numbers
are used again; once it is read, by its pages, which also finds what went to another disk or was
tagged by another program meanwhile, and where several have the same pages, by its size as well.
Either way it has to be the only one to go and the only one to come, or nothing is concluded. These
work on the temporary tables of `db.differences`.
"""

from collections.abc import AsyncGenerator
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import twins
from db.files import Entry, fragment
from db.tables import files

CHUNK: Final = 2_000  # rows at a time

TABLES = (
    text("""
        CREATE TEMPORARY TABLE claim (
            id int PRIMARY KEY, size bigint, mtime_ns bigint, inode bigint, was_there boolean
        )
    """),
    text("""
        CREATE TEMPORARY TABLE moved (
            id int PRIMARY KEY, path text COLLATE "C" NOT NULL UNIQUE, size bigint NOT NULL,
            mtime_ns bigint NOT NULL, inode bigint NOT NULL, again boolean NOT NULL
        )
    """),
)

# Rows whose file is not at their path any more, and rows of files that went before.
CLAIM = text("""
    INSERT INTO claim
    SELECT id, k.size, k.mtime_ns, k.inode, NOT d.was_missing
      FROM difference AS d JOIN known AS k USING (id) WHERE d.kind IN ('vanished', 'changed')
     UNION
    SELECT f.id, f.size, f.mtime_ns, f.inode, false
      FROM difference AS place JOIN files AS f USING (size, mtime_ns, inode)
     WHERE place.kind IN ('new', 'changed') AND f.missing_since IS NOT NULL
       AND NOT EXISTS (SELECT FROM difference AS d WHERE d.id = f.id)
""")


class Elsewhere(Struct):
    """A file listed where this scan does not look, and like one that this scan has met."""

    id: int
    root: str
    path: str
    size: int
    mtime_ns: int
    inode: int


# Without `known`, whose files this scan has looked at; files_size_idx serves it.
ELSEWHERE = text("""
    SELECT DISTINCT f.id, l.root, f.path, f.size, f.mtime_ns, f.inode
      FROM difference AS place
      JOIN files AS f ON f.size = place.size AND f.mtime_ns = place.mtime_ns
       AND f.inode = place.inode AND f.missing_since IS NULL
      JOIN libraries AS l ON l.id = f.library_id
     WHERE place.kind IN ('new', 'changed') AND f.id > :after
       AND NOT EXISTS (SELECT FROM known AS k WHERE k.id = f.id)
     ORDER BY f.id LIMIT :chunk
""")

CLAIM_GONE = text("""
    INSERT INTO claim SELECT id, size, mtime_ns, inode, true FROM files WHERE id = ANY(:gone)
""")


async def find_claims(conn: AsyncConnection) -> None:
    """Find the rows that may belong to the files which this scan has met."""
    for statement in (*TABLES, CLAIM):
        await conn.execute(statement)


async def elsewhere(conn: AsyncConnection) -> AsyncGenerator[list[Elsewhere], None]:
    """Yield the files of which the disk has to tell whether they have gone from where they were."""
    after = 0
    while chunk := [
        Elsewhere(*row) for row in await conn.execute(ELSEWHERE, {"after": after, "chunk": CHUNK})
    ]:
        yield chunk
        after = chunk[-1].id


async def claim_gone(conn: AsyncConnection, gone: list[int]) -> None:
    """Note that these have gone."""
    await conn.execute(CLAIM_GONE, {"gone": gone})


# What was there until now comes before what went earlier, such as another link to the same file.
# What a name or a folder has told of a comic is told anew where these have changed.
MATCH = text("""
    INSERT INTO moved
    SELECT c.id, p.path, p.size, p.mtime_ns, p.inode, f.read_mtime_ns IS NULL OR EXISTS (
               SELECT FROM file_tags AS t CROSS JOIN jsonb_each_text(t.provenance) AS told
                WHERE t.file_id = f.id AND told.value IN ('file name', 'folder'))
      FROM (SELECT size, mtime_ns, inode, min(path) AS path
              FROM difference WHERE kind IN ('new', 'changed')
             GROUP BY size, mtime_ns, inode HAVING count(*) = 1) AS p
      JOIN (SELECT size, mtime_ns, inode, coalesce(min(id) FILTER (WHERE was_there), min(id)) AS id
              FROM claim GROUP BY size, mtime_ns, inode
            HAVING count(*) = 1 OR count(*) FILTER (WHERE was_there) = 1) AS c
     USING (size, mtime_ns, inode)
      JOIN files AS f ON f.id = c.id
""")

# A file that is overwritten by the one which moves has vanished; where one has left and another
# come, the latter is new; and what was met as new, but has moved, is neither.
OVERWRITE = text("""
    UPDATE difference AS d SET kind = 'vanished'
      FROM moved AS m
     WHERE d.path = m.path AND d.kind = 'changed' AND NOT d.was_missing
       AND NOT EXISTS (SELECT FROM moved WHERE moved.id = d.id)
""")

SETTLE = text("""
    DELETE FROM difference AS d USING moved AS m
     WHERE (d.path = m.path AND d.kind <> 'vanished') OR (d.id = m.id AND d.kind = 'vanished')
""")

RENEW = text("""
    UPDATE difference AS d
       SET kind = 'new', id = nextval('files_id_seq'), was_missing = false
      FROM moved AS m WHERE d.id = m.id
""")

READ_AGAIN = text("""
    INSERT INTO difference (kind, id, was_missing, path, size, mtime_ns, inode)
    SELECT 'unread', id, false, path, size, mtime_ns, inode FROM moved WHERE again
""")


async def match(conn: AsyncConnection) -> int:
    """Find which file has moved where, and take it out of the differences; return how many."""
    found: int = (await conn.execute(MATCH)).rowcount
    if found:
        for statement in (OVERWRITE, SETTLE, RENEW, READ_AGAIN):
            await conn.execute(statement)
    return found


DISTRUST = text("""
    UPDATE folders AS d SET fingerprint = NULL
      FROM moved AS m JOIN files AS f USING (id)
     WHERE d.library_id = f.library_id AND d.path = regexp_replace(f.path, '[^/]*$', '')
""")

# Whoever is where another is about to come, and is about to go itself.
LIFT = text("""
    UPDATE files SET missing_since = now() FROM moved AS m
     WHERE files.library_id = :library AND files.path = m.path AND missing_since IS NULL
""")


async def lift(conn: AsyncConnection, library: int) -> None:
    """Clear the paths to which files have moved, so that not even a circle is in its own way.

    Killed before `put`, it leaves rows that the next scan finds again.
    """
    await conn.execute(DISTRUST)
    await conn.execute(LIFT, {"library": library})


MOVED = text("""
    SELECT f.id, m.path, f.path AS old_path, f.size, f.mtime_ns, f.format, f.page_count, f.series,
           f.number, f.title, f.publisher, f.year, f.fault
      FROM moved AS m JOIN files AS f USING (id)
     WHERE m.id > :after ORDER BY m.id LIMIT :chunk
""")


class Moved(Struct):
    """What has moved: the entry as it will be, and the path that it has had."""

    entry: Entry
    old_path: str


async def moved(conn: AsyncConnection) -> AsyncGenerator[list[Moved], None]:
    """Yield what has moved, a chunk at a time."""
    after = 0
    while rows := ((await conn.execute(MOVED, {"after": after, "chunk": CHUNK})).mappings().all()):
        yield [Moved(make_entry(row), row["old_path"]) for row in rows]
        after = rows[-1]["id"]


class Placed(Struct):
    """Where a row belongs now; `stale` characters of its search key are those of the old path."""

    entry: Entry
    sort_key: str
    folded: str
    stale: int


# A path that somebody else has taken meanwhile is left to the next scan.
PUT = text("""
    WITH placed AS MATERIALIZED (
        SELECT p.*, m.again, m.inode
          FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS p (
            id int, path text, sort_key text, fragment text, folded text, stale int)
          JOIN moved AS m USING (id)
         WHERE NOT EXISTS (SELECT FROM files AS f
                            WHERE f.path = p.path AND f.library_id = :library
                              AND f.missing_since IS NULL)
    ), put AS (
        UPDATE files AS f
           SET library_id = :library, path = p.path, sort_key = p.sort_key, inode = p.inode,
               fragment = p.fragment, missing_since = NULL,
               read_mtime_ns = CASE WHEN NOT p.again THEN f.read_mtime_ns END
          FROM placed AS p WHERE f.id = p.id
    ), folder AS (
        INSERT INTO folders (library_id, path)
        SELECT DISTINCT :library, regexp_replace(path, '[^/]*$', '') FROM placed
            ON CONFLICT DO NOTHING
    )
    UPDATE file_search AS s
       SET sort_key = p.sort_key, search_key = p.folded || substr(s.search_key, p.stale + 1)
      FROM placed AS p WHERE s.file_id = p.id
""")


async def put(conn: AsyncConnection, library: int, placed: list[Placed]) -> None:
    """Have rows follow their files to new paths in this library."""
    batch = [
        {
            "id": one.entry.id,
            "path": one.entry.path,
            "sort_key": one.sort_key,
            "fragment": fragment(one.entry),
            "folded": one.folded,
            "stale": one.stale,
        }
        for one in placed
    ]
    await conn.execute(PUT, {"library": library, "batch": msgspec.json.encode(batch).decode()})
    await conn.commit()


# A copy of what is still there is a copy, whatever else has gone.
REJOIN = text("""
    CREATE TEMPORARY TABLE rejoined AS
    SELECT DISTINCT min(f.id) FILTER (WHERE f.missing_since IS NOT NULL) AS id,
           min(f.id) FILTER (WHERE f.missing_since IS NULL) AS spare
      FROM file_tags AS t JOIN files AS f ON f.id = t.file_id
     WHERE t.fingerprint IN (
        SELECT fingerprint FROM file_tags JOIN files ON id = file_id
         WHERE missing_since IS NOT NULL AND fingerprint IS NOT NULL)
     GROUP BY GROUPING SETS ((t.fingerprint), (t.fingerprint, f.size))
    HAVING count(*) = 2 AND count(f.missing_since) = 1
       AND bool_or(f.missing_since IS NULL AND f.library_id = :library
                   AND f.found_at > coalesce((SELECT scanned_at FROM libraries
                                               WHERE id = :library), '-infinity'))
""")

ADDED = text("""
    SELECT EXISTS (
        SELECT FROM scans AS s JOIN libraries AS l ON l.id = s.library_id
         WHERE s.library_id = :library AND s.folder IS NOT NULL AND s.added > 0
           AND s.finished_at > l.scanned_at)
""")


async def are_left(conn: AsyncConnection, library: int) -> bool:
    """Tell whether scans of folders have found what only one of all may take for another's."""
    return bool(await conn.scalar(ADDED, {"library": library}))


ANY_MISSING = text("SELECT EXISTS (SELECT FROM files WHERE missing_since IS NOT NULL)")

REJOINED = text("""
    SELECT r.id, r.spare, f.path, f.size, f.mtime_ns, f.format, f.page_count, f.series,
           f.number, f.title, f.publisher, f.year, f.fault
      FROM rejoined AS r JOIN files AS f ON f.id = r.spare
     WHERE r.id > :after ORDER BY r.id LIMIT :chunk
""")

# All that is known of a file, but not what makes it this one.
OWN: Final = {"id", "marked", "duplicate", "missing_since", "found_at", "fragment"}
KNOWN: Final = [column.name for column in files.columns if column.name not in OWN]

GIVE_UP = text("UPDATE files SET missing_since = now() WHERE id = ANY(:spares)")

TAKE_OVER = text(f"""
    WITH pair AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS p (
            id int, spare int, fragment text)
    ), tagged AS (
        UPDATE file_tags AS t
           SET tags = s.tags, provenance = s.provenance, notes = s.notes, read_at = s.read_at
          FROM pair AS p JOIN file_tags AS s ON s.file_id = p.spare WHERE t.file_id = p.id
    ), found AS (
        UPDATE file_search AS t SET search_key = s.search_key
          FROM pair AS p JOIN file_search AS s ON s.file_id = p.spare WHERE t.file_id = p.id
    ), likened AS (
        UPDATE likenesses AS t SET issue_key = s.issue_key
          FROM pair AS p JOIN likenesses AS s ON s.file_id = p.spare WHERE t.file_id = p.id
    ), renamed AS (
        UPDATE difference AS d SET id = p.id FROM pair AS p WHERE d.id = p.spare
    )
    UPDATE files AS f
       SET missing_since = NULL, fragment = p.fragment, marked = f.marked OR s.marked,
           {", ".join(f"{name} = s.{name}" for name in KNOWN)}
      FROM pair AS p JOIN files AS s ON s.id = p.spare WHERE f.id = p.id
""")  # noqa: S608  names of our own columns

FORGET = text("DELETE FROM files WHERE id = ANY(:spares)")


async def rejoin(conn: AsyncConnection, library: int) -> int:
    """Have rows of files that went take the place of new ones with the same pages.

    New are those found after the last scan of the library that was done. Returns how many took one.
    """
    if not await conn.scalar(ANY_MISSING):
        return 0
    found: int = (await conn.execute(REJOIN, {"library": library})).rowcount
    after = 0
    while rows := (
        (await conn.execute(REJOINED, {"after": after, "chunk": CHUNK})).mappings().all()
    ):
        await take_over(conn, list(rows))
        after = rows[-1]["id"]
    await conn.commit()
    return found


async def take_over(conn: AsyncConnection, rows: list[RowMapping]) -> None:
    """Give each row what is known of its spare one, and drop that."""
    spares = [row["spare"] for row in rows]
    batch = [
        {"id": row["id"], "spare": row["spare"], "fragment": fragment(make_entry(row))}
        for row in rows
    ]
    await conn.execute(GIVE_UP, {"spares": spares})
    await conn.execute(TAKE_OVER, {"batch": msgspec.json.encode(batch).decode()})
    await conn.execute(FORGET, {"spares": spares})
    await twins.find(conn, [row["id"] for row in rows])
    await conn.commit()


def make_entry(row: RowMapping) -> Entry:
    """Make the entry of a row that has its fields and perhaps more."""
    return Entry(**{name: row[name] for name in Entry.__struct_fields__})
