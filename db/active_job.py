"""Queries of `active_job`: the batch that a page takes up again when it is loaded.

A batch that has ended is none, so nobody has to clear it away and none outlives a crash.
"""

from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import active_job, batches


class ActiveJob(NamedTuple):
    """The batch, by its key, and what it is called."""

    key: UUID
    title: str


async def current(conn: AsyncConnection) -> ActiveJob | None:
    """Return it, or None if there is none or it has ended."""
    found = await conn.execute(
        select(batches.c.key, active_job.c.title)
        .join_from(active_job, batches, batches.c.id == active_job.c.batch_id)
        .where(batches.c.state.in_(("previewing", "previewed", "running", "paused")))
    )
    row = found.first()
    return row and ActiveJob(*row)


# The job of another caller stays the one until it ends, where all is narrowed (db.rights).
CHOOSE: Final = text("""
    INSERT INTO active_job (batch_id, title)
    SELECT id, :title FROM batches WHERE key = :key AND NOT hidden
    ON CONFLICT (single) DO UPDATE SET batch_id = excluded.batch_id, title = excluded.title
     WHERE EXISTS (SELECT FROM active_job AS seen)
""")


async def choose(conn: AsyncConnection, key: UUID, title: str) -> bool:
    """Have this batch be the one from now on; tell whether there is such a batch."""
    return bool((await conn.execute(CHOOSE, {"key": key, "title": title})).rowcount)


async def clear(conn: AsyncConnection) -> None:
    """Have none."""
    await conn.execute(text("DELETE FROM active_job"))
