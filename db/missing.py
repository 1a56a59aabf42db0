"""Rows of files that went: which they are, since when, and how they are forgotten.

No file is ever touched by this. What a library excludes has not gone, so it is not forgotten.
"""

from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Final

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit

CHUNK: Final = 5_000  # rows a statement, so that marks never wait for long

Excluded = Callable[[str, bool], bool]  # as comics.excludes has it


class Gone(Struct):
    """A file that went: what it was, and since when it is not there."""

    id: int
    library: int
    path: str  # relative to the library's root
    size: int
    marked: bool
    missing_since: datetime


# A row that was forgotten meanwhile is no cursor any more: the list then begins anew.
PAGE = text("""
    SELECT id, library_id AS library, path, size, marked, missing_since
      FROM files
     WHERE missing_since IS NOT NULL
       AND (sort_key, id) > (
           coalesce((SELECT sort_key FROM files WHERE id = :after), ''), CAST(:after AS int))
     ORDER BY sort_key, id LIMIT :limit
""")


async def page(conn: AsyncConnection, after: int, limit: int) -> list[Gone]:
    """Return so many files that went, by name, behind this one."""
    rows = await conn.execute(PAGE, {"after": after, "limit": limit})
    return [Gone(**row) for row in rows.mappings()]


OLD = text("""
    SELECT id, path FROM files
     WHERE library_id = :library AND missing_since <= now() - make_interval(days => :days)
       AND id > :after
     ORDER BY id LIMIT :chunk
""")


async def old(
    conn: AsyncConnection, library: int, days: int, excluded: Excluded
) -> AsyncGenerator[list[int], None]:
    """Yield the ids of the files of a library that went so many days ago, a chunk at a time."""
    after = 0
    asked = {"library": library, "days": days, "chunk": CHUNK}
    while rows := (await conn.execute(OLD, {**asked, "after": after})).all():
        yield [row.id for row in rows if not excluded(row.path, False)]  # noqa: FBT003  no folder
        after = rows[-1].id


# One that a scan has found again meanwhile stays.
FORGET = text("DELETE FROM files WHERE id = ANY(:ids) AND missing_since IS NOT NULL")


async def forget(conn: AsyncConnection, ids: list[int]) -> int:
    """Drop the rows of these files with their marks and history; return how many there were."""
    forgotten = (await conn.execute(FORGET, {"ids": ids})).rowcount
    if forgotten:
        await audit.write(conn, "comics forgotten", comics=forgotten)
    return forgotten
