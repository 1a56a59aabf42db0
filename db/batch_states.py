"""What users do to a batch once it is made: pause, cancel, go on, start a preview, try again, hide.

Each answers whether the batch was in a state for it. Whoever works on a file meanwhile ends with
that file; what is half done is claimed again whatever the state, and put right.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit
from db.batches import MARKS, begin, choose, known, take_turn, tell
from db.selections import SLICE, open_slice
from db.tables import BatchState

OPEN: Final[tuple[BatchState, ...]] = ("previewing", "previewed", "running", "paused")

CHANGE = text("""
    UPDATE batches
       SET state = :to, finished_at = CASE WHEN :to = 'cancelled' THEN now() END,
           event = nextval('events')
     WHERE id = :batch AND state = ANY(:states) RETURNING pg_notify('batches', id::text)
""")


async def change(
    conn: AsyncConnection, batch: int, to: BatchState, states: tuple[BatchState, ...]
) -> bool:
    """Bring a batch from one of these states to another; tell whether it was in one."""
    await take_turn(conn)
    asked = {"batch": batch, "to": to, "states": list(states)}
    return bool((await conn.execute(CHANGE, asked)).rowcount)


FORGET = text("DELETE FROM batch_slices WHERE batch_id = :batch")


async def cancel(conn: AsyncConnection, batch: int) -> bool:
    """Do nothing more for a batch; what it has done stays done."""
    cancelled = await change(conn, batch, "cancelled", OPEN)
    if cancelled:
        await conn.execute(FORGET, {"batch": batch})
        await told(conn, "batch cancelled", batch)
    return cancelled


async def pause(conn: AsyncConnection, batch: int) -> bool:
    """Do nothing for a batch until it is resumed."""
    paused = await change(conn, batch, "paused", ("running",))
    if paused:
        await told(conn, "batch paused", batch)
    return paused


async def resume(conn: AsyncConnection, batch: int) -> bool:
    """Go on with a batch that is paused."""
    resumed = await change(conn, batch, "running", ("paused",))
    if resumed:
        await told(conn, "batch resumed", batch)
    return resumed


async def told(conn: AsyncConnection, action: audit.Action, batch: int) -> None:
    """Tell who has done this to a batch."""
    await audit.write(conn, action, (await known(conn, batch)).title, batch=batch)


# A preview's items go, and its files wait anew with the same numbers, in runs of these.
RESTART = text("""
    WITH previewed AS (
        DELETE FROM batch_items WHERE batch_id = :batch RETURNING seq, file_id
    ), kept AS (
        SELECT seq, file_id, seq - row_number() OVER (ORDER BY seq) AS run
          FROM previewed
         WHERE seq <> ALL(CAST(:left_out AS int[]))
           AND (CAST(:only AS int[]) IS NULL OR seq = ANY(CAST(:only AS int[])))
    )
    INSERT INTO batch_slices (batch_id, first, file_ids)
    SELECT :batch, min(seq), array_agg(file_id ORDER BY seq)
      FROM kept GROUP BY run, seq / :slice
    RETURNING cardinality(file_ids)
""")

TAKE_OUT = text("""
    WITH gone AS (DELETE FROM batch_slices WHERE batch_id = :batch RETURNING file_ids)
    SELECT file_id FROM gone CROSS JOIN unnest(file_ids) AS file_id
""")


async def start(
    conn: AsyncConnection,
    batch: int,
    left_out: list[int] | None = None,
    only: list[int] | None = None,
) -> bool:
    """Do what a preview has shown, but for the items left out; each is planned anew.

    With `only` all items but these are left out.
    """
    if not await change(conn, batch, "paused", ("previewed",)):
        return False
    kind = (await known(conn, batch)).kind
    if kind in MARKS:
        differing = (await conn.scalars(TAKE_OUT, {"batch": batch})).all()
        await choose(conn, batch, kind, list(differing), preview=False)
    else:
        asked = {"batch": batch, "left_out": left_out or [], "only": only, "slice": SLICE}
        total = sum((await conn.execute(RESTART, asked)).scalars())
        await open_slice(conn, batch)
        await begin(conn, batch, total, preview=False)
    await tell(conn, await known(conn, batch))
    return True


# What has ended once more takes a new event and a new ordinal.
RETRY = text("""
    WITH again AS (
        UPDATE batch_items
           SET state = 'todo', tries = 0, deaths = 0, due_at = NULL, error = NULL, before = NULL,
               after = NULL, event = NULL, ordinal = NULL, ended_at = NULL
         WHERE batch_id = :batch AND state = 'failed'
           AND EXISTS (SELECT FROM batches WHERE id = :batch AND state = ANY(:states))
        RETURNING seq
    )
    UPDATE batches
       SET failed = failed - again.number, event = nextval('events'), finished_at = NULL,
           state = CASE state WHEN 'done' THEN 'running' ELSE state END
      FROM (SELECT count(*) AS number FROM again) AS again
     WHERE id = :batch AND again.number > 0 RETURNING pg_notify('batches', id::text)
""")


async def retry(conn: AsyncConnection, batch: int) -> bool:
    """Try again what has failed in a batch that was not cancelled; tell whether anything had."""
    await take_turn(conn)
    asked = {"batch": batch, "states": ["running", "paused", "done"]}
    again = (await conn.execute(RETRY, asked)).rowcount > 0
    if again:
        await told(conn, "batch retried", batch)
    return again


HIDE = text("UPDATE batches SET hidden = true WHERE id = :batch AND NOT hidden")


async def hide(conn: AsyncConnection, batch: int) -> bool:
    """Cancel a batch and list it no more; its history stays, and tells what can be undone."""
    hidden = bool((await conn.execute(HIDE, {"batch": batch})).rowcount)
    await cancel(conn, batch)
    return hidden
