"""Rows of files that went: how many there are, and how they are forgotten.

No file is ever touched by this. What a library excludes has not gone, so it is not forgotten.
"""

from collections.abc import AsyncGenerator, Callable
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

CHUNK: Final = 5_000  # rows a statement, so that marks never wait for long

Excluded = Callable[[str, bool], bool]  # as comics.excludes has it

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
    return (await conn.execute(FORGET, {"ids": ids})).rowcount
