"""Rows of files that workers have changed: where they are now, what they hold, how they are marked.

A path has one file that is there. So whoever is where another is about to come is lifted first, as
in `db.moves`, and two files may change places. These take part in their caller's transaction.
"""

from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import files
from db.files import Reading


class Placed(Struct):
    """A file as it is now, where it is now."""

    reading: Reading
    sort_key: str


class Change(Struct):
    """What became of one file; a mark that is None stays as it was."""

    file: int
    placed: Placed | None
    gone: bool
    marked: bool | None
    duplicate: bool | None


# What the folders of these files held is not what they hold now, whatever a scan has seen there.
DISTRUST = text("""
    WITH placed AS MATERIALIZED (
        SELECT f.library_id, f.path AS old_path, coalesce(p.path, f.path) AS path
          FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS p (id int, path text)
          JOIN files AS f USING (id)
    )
    INSERT INTO folders (library_id, path)
    SELECT library_id, regexp_replace(old_path, '[^/]*$', '') FROM placed
     UNION
    SELECT library_id, regexp_replace(path, '[^/]*$', '') FROM placed
     ORDER BY 1, 2
        ON CONFLICT ON CONSTRAINT folders_pkey DO UPDATE SET fingerprint = NULL
""")

# A row with the same inode is our file, which a scan has met at its new path before we said so.
# Any other has moved itself, or gone.
CLEAR = text("""
    WITH placed AS MATERIALIZED (
        SELECT f.id, f.library_id, p.path, p.inode
          FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS p (id int, path text, inode bigint)
          JOIN files AS f USING (id) WHERE p.path IS NOT NULL
    ), rival AS MATERIALIZED (
        SELECT r.id, r.inode = p.inode
                     AND NOT EXISTS (SELECT FROM placed WHERE placed.id = r.id) AS is_ours
          FROM placed AS p
          JOIN files AS r ON r.path = p.path AND r.library_id = p.library_id
           AND r.missing_since IS NULL AND r.id <> p.id
    ), dropped AS (
        DELETE FROM files USING rival WHERE files.id = rival.id AND rival.is_ours
    )
    UPDATE files SET missing_since = now() FROM rival
     WHERE files.id = rival.id AND NOT rival.is_ours
""")

PLACE = text("""
    UPDATE files AS f
       SET path = coalesce(p.path, f.path), sort_key = coalesce(p.sort_key, f.sort_key),
           missing_since = CASE WHEN p.gone THEN coalesce(f.missing_since, now())
                                WHEN p.path IS NULL THEN f.missing_since END,
           marked = coalesce(p.marked, f.marked), duplicate = coalesce(p.duplicate, f.duplicate)
      FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS p (
           id int, path text, sort_key text, gone boolean, marked boolean, duplicate boolean)
     WHERE f.id = p.id
       AND (p.path <> f.path OR p.marked <> f.marked OR p.duplicate <> f.duplicate
            OR (p.path IS NOT NULL AND f.missing_since IS NOT NULL)
            OR (p.gone AND f.missing_since IS NULL))
""")


async def place(conn: AsyncConnection, changes: list[Change]) -> None:
    """Have the rows of these files say what has become of them."""
    rows = [row(change) for change in changes]
    asked = {"batch": msgspec.json.encode(rows).decode()}
    moved = [one for one in rows if one["path"] is not None or one["gone"]]
    if moved:
        touched = {"batch": msgspec.json.encode(moved).decode()}
        await conn.execute(DISTRUST, touched)
        await conn.execute(CLEAR, touched)
    await conn.execute(PLACE, asked)
    if readings := [change.placed.reading for change in changes if change.placed]:
        await files.store(conn, readings)


def row(change: Change) -> dict[str, Any]:
    """Write what the statements above take."""
    placed = change.placed
    return {
        "id": change.file,
        "path": placed.reading.entry.path if placed else None,
        "inode": placed.reading.inode if placed else None,
        "sort_key": placed.sort_key if placed else None,
        "gone": change.gone,
        "marked": change.marked,
        "duplicate": change.duplicate,
    }
