"""Files whose names others of their batch want, and whose turn in it has yet to come.

A name that is taken on the disk may be about to be left: a library whose comics are numbered anew
is a chain of them, longer than what a worker claims at once. So whoever has a name is claimed, too,
and waited for where another worker is at it.
"""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.batch_items import LEASE, TAKE, Claimed, take
from db.selections import open_slice


class Holder(NamedTuple):
    """Who has it, if that is a file of the same batch which may leave it.

    It waits as an item that may be claimed now or, `resting`, later; a worker is at `work` on it;
    it is in a `slice` that is not opened yet; or it has `left`, as a preview has found.
    """

    path: str
    state: Literal["todo", "resting", "work", "slice", "left"]
    place: int  # its number in the batch, or that of the first of its slice


# What waits for a name itself, without an error, is claimed with what it waits for.
HOLDERS = text("""
    WITH held AS MATERIALIZED (
        SELECT f.path, f.id
          FROM unnest(CAST(:paths AS text[])) AS w (path)
          JOIN files AS f
            ON f.library_id = :library AND f.path = w.path AND f.missing_since IS NULL
    )
    SELECT h.path, CASE WHEN i.due_at > now() AND i.error IS NOT NULL THEN 'resting'
                        ELSE 'todo' END AS state, i.seq AS place
      FROM held AS h JOIN batch_items AS i ON i.batch_id = :batch AND i.file_id = h.id
     WHERE i.state = 'todo'
     UNION ALL
    SELECT h.path, 'work', i.seq
      FROM held AS h JOIN batch_items AS i ON i.batch_id = :batch AND i.file_id = h.id
     WHERE i.state = 'running'
     UNION ALL
    SELECT h.path, 'left', i.seq
      FROM held AS h JOIN batch_items AS i ON i.batch_id = :batch AND i.file_id = h.id
     WHERE i.event IS NOT NULL AND i.state = 'done' AND i.preview
       AND i.after ->> 'path' IS DISTINCT FROM h.path
     UNION ALL
    SELECT h.path, 'slice', s.first
      FROM held AS h JOIN batch_slices AS s ON s.batch_id = :batch AND h.id = ANY(s.file_ids)
""")


async def find(
    conn: AsyncConnection, batch: int, library: int, paths: Iterable[str]
) -> list[Holder]:
    """Return who of a batch has these paths in a library, and may leave them."""
    asked = {"batch": batch, "library": library, "paths": list(paths)}
    holders = [Holder(*row) for row in await conn.execute(HOLDERS, asked)]
    slices = {holder.place for holder in holders if holder.state == "slice"}
    for first in sorted(slices):
        await open_slice(conn, batch, first)
    if slices:
        holders = [Holder(*row) for row in await conn.execute(HOLDERS, asked)]
    await conn.commit()
    return holders


# Those that are named, and what comes after them, as a chain mostly goes on there.
NAMED: Final = """
    SELECT t.batch_id, t.seq
      FROM batch_items AS t
      JOIN batches AS b ON b.id = t.batch_id AND b.state IN ('previewing', 'running')
     WHERE t.batch_id = :batch AND t.state = 'todo'
       AND (t.seq = ANY(:seqs)
            OR (t.seq > ALL(:seqs) AND (t.due_at IS NULL OR t.due_at <= now())))
       AND NOT EXISTS (SELECT FROM batch_items AS r
                        WHERE r.file_id = t.file_id AND r.state = 'running' OFFSET 0)
     ORDER BY t.seq LIMIT :most FOR UPDATE OF t SKIP LOCKED
"""
TAKE_NAMED = text(TAKE.format(picked=NAMED))


async def claim(
    conn: AsyncConnection, worker: str, batch: int, seqs: list[int], most: int
) -> list[Claimed]:
    """Claim those of these items that are to be had, and some that follow, so many at most."""
    asked = {"worker": worker, "batch": batch, "seqs": seqs, "most": most, "lease": LEASE}
    return await take(conn, TAKE_NAMED, asked)
