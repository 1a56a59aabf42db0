"""What came of files, saved: their items, their rows, the counts of their batches, all or nothing.

The rows of files come first and events last in each transaction: so who waits for a file does not
hold up all others.
"""

from typing import Any, Final

import msgspec
import psycopg
import sqlalchemy.exc
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.batches import take_turn
from db.placements import Change, Placed, place
from db.tables import ItemState

Key = tuple[int, int]
"""A batch, and the number of an item in it."""


class Outcome(Struct, kw_only=True):
    """What came of a file.

    `comic_info` is as journalled, and `marked` and `duplicate` are as they were, where they are
    None. `placed` is the file if it has changed; `gone` tells that it is in its library no more.
    With `due_in` it has not ended, but is tried again in so many seconds; `keeps_plan` tells that
    it is half done.
    """

    batch: int
    seq: int
    state: ItemState
    error: str | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    comic_info: bytes | None = None
    had_comic_info: bool | None = None
    marked: bool | None = None
    duplicate: bool | None = None
    placed: Placed | None = None
    gone: bool = False
    due_in: float | None = None
    keeps_plan: bool = False

    @property
    def key(self) -> Key:
        """Return whose outcome it is."""
        return self.batch, self.seq


HOLD = text("""
    SELECT i.batch_id, i.seq, i.file_id, i.preview
      FROM jsonb_to_recordset(CAST(:outcomes AS jsonb)) AS o (batch int, seq int)
      JOIN batch_items AS i ON i.batch_id = o.batch AND i.seq = o.seq
     WHERE i.worker = :worker AND i.state = 'running'
     ORDER BY i.batch_id, i.seq FOR UPDATE OF i
""")

# What is half done stays as if its worker had died: no other batch may touch the file before it is
# put right, which happens whatever the state of this one.
POSTPONE = text("""
    UPDATE batch_items AS i
       SET state = CASE WHEN o.keeps_plan THEN 'running' ELSE 'todo' END,
           plan = CASE WHEN o.keeps_plan THEN i.plan END, worker = '', tries = i.tries + 1,
           lease = now() + make_interval(secs => o.due_in),
           due_at = now() + make_interval(secs => o.due_in), error = o.error
      FROM jsonb_to_recordset(CAST(:outcomes AS jsonb)) AS o (
           batch int, seq int, due_in float8, keeps_plan boolean, error text)
     WHERE i.batch_id = o.batch AND i.seq = o.seq
""")

# Events are drawn for the items first, in their order, and then for their batches.
END = text("""
    WITH outcome AS MATERIALIZED (
        SELECT o.*, nextval('events') AS event
          FROM ROWS FROM (jsonb_to_recordset(CAST(:outcomes AS jsonb)) AS (
               batch int, seq int, state text, error text, before jsonb, after jsonb,
               comic_info text, had_comic_info boolean)) WITH ORDINALITY AS o (
               batch_id, seq, state, error, before, after, comic_info, had_comic_info, place)
    ), tally AS (
        SELECT batch_id, count(*) AS ended,
               count(*) FILTER (WHERE state = 'done') AS done,
               count(*) FILTER (WHERE state = 'unchanged') AS unchanged,
               count(*) FILTER (WHERE state = 'skipped') AS skipped,
               count(*) FILTER (WHERE state = 'failed') AS failed
          FROM outcome GROUP BY batch_id
    ), counted AS (
        UPDATE batches AS b
           SET done = b.done + t.done, unchanged = b.unchanged + t.unchanged,
               skipped = b.skipped + t.skipped, failed = b.failed + t.failed,
               state = CASE WHEN b.total > b.done + b.unchanged + b.skipped + b.failed + t.ended
                            THEN b.state
                            WHEN b.state IN ('running', 'paused') THEN 'done'
                            WHEN b.state = 'previewing' THEN 'previewed' ELSE b.state END,
               finished_at = CASE WHEN b.state IN ('running', 'paused') AND b.total <=
                                       b.done + b.unchanged + b.skipped + b.failed + t.ended
                                  THEN now() ELSE b.finished_at END,
               started_at = coalesce(b.started_at, now()), event = nextval('events')
          FROM tally AS t WHERE b.id = t.batch_id
        RETURNING b.id, b.state, b.done + b.unchanged + b.skipped + b.failed - t.ended AS before
    ), ended AS (
        UPDATE batch_items AS i
           SET state = o.state, error = o.error, before = o.before, after = o.after,
               comic_info = coalesce(decode(o.comic_info, 'base64'), i.comic_info),
               had_comic_info = coalesce(o.had_comic_info, i.had_comic_info),
               worker = NULL, lease = NULL, event = o.event, ended_at = now(),
               ordinal = c.before + o.nth
          FROM (SELECT *, row_number() OVER (PARTITION BY batch_id ORDER BY place) AS nth
                  FROM outcome) AS o
          JOIN counted AS c ON c.id = o.batch_id
         WHERE i.batch_id = o.batch_id AND i.seq = o.seq
    )
    SELECT id, state, pg_notify('batches', id::text) FROM counted
""")

SAME_NAME: Final = "Another comic of this batch gets this name."

# Among what a preview has planned; names that some disks take for one are one.
TWINS = text("""
    WITH planned AS (
        SELECT i.seq, row_number() OVER (
                   PARTITION BY f.library_id, lower(normalize(i.after ->> 'path', NFC))
                   ORDER BY i.seq) AS nth
          FROM batch_items AS i JOIN files AS f ON f.id = i.file_id
         WHERE i.batch_id = :batch AND i.state = 'done' AND i.after ->> 'path' IS NOT NULL
    ), refused AS (
        UPDATE batch_items AS i SET state = 'skipped', error = :error, after = NULL
          FROM planned AS p WHERE i.batch_id = :batch AND i.seq = p.seq AND p.nth > 1
        RETURNING 1
    )
    UPDATE batches SET done = done - refused.number, skipped = skipped + refused.number
      FROM (SELECT count(*)::int AS number FROM refused) AS refused WHERE id = :batch
""")

TAKEN: Final = "There is another file of that name."

# Who wants a name that another keeps, whose own wish was refused. More may follow from that.
STAYING = text("""
    WITH staying AS (
        SELECT f.library_id, i.seq, lower(normalize(i.path, NFC)) AS name
          FROM batch_items AS i JOIN files AS f ON f.id = i.file_id
         WHERE i.batch_id = :batch AND i.state <> 'done'
    ), refused AS (
        UPDATE batch_items AS i SET state = 'skipped', error = :error, after = NULL
          FROM files AS f JOIN staying AS s USING (library_id)
         WHERE i.batch_id = :batch AND i.state = 'done' AND f.id = i.file_id AND s.seq <> i.seq
           AND s.name = lower(normalize(i.after ->> 'path', NFC))
        RETURNING 1
    )
    UPDATE batches SET done = done - refused.number, skipped = skipped + refused.number
      FROM (SELECT count(*)::int AS number FROM refused) AS refused
     WHERE id = :batch AND refused.number > 0
""")

ATTEMPTS: Final = 5
IN_EACH_OTHERS_WAY: Final = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.UniqueViolation,  # a scan has just listed a file where ours is
)

UNSTORABLE: Final = (
    sqlalchemy.exc.DataError,
    sqlalchemy.exc.IntegrityError,
    ValueError,  # a text that is no Unicode
)
"""What is raised where something that is said of a file cannot be stored."""


async def save(conn: AsyncConnection, worker: str, outcomes: list[Outcome]) -> set[Key]:
    """Save what came of these files, as far as they are still the worker's; return which were.

    All of it is committed at once, or none. Of a preview, nothing but its items is changed.
    """
    for attempt in range(ATTEMPTS):
        try:
            return await attempt_to_save(conn, worker, outcomes)
        except sqlalchemy.exc.DBAPIError as error:
            await conn.rollback()
            if attempt + 1 == ATTEMPTS or not isinstance(error.orig, IN_EACH_OTHERS_WAY):
                raise
    return set()


async def attempt_to_save(conn: AsyncConnection, worker: str, outcomes: list[Outcome]) -> set[Key]:
    """Save it, or raise if others are at the same rows."""
    rows = await conn.execute(HOLD, {"worker": worker, **parameter(outcomes)})
    held = {(row.batch_id, row.seq): row for row in rows}
    ours = [one for one in outcomes if one.key in held]
    files = [change(held[one.key].file_id, one) for one in ours if not held[one.key].preview]
    if changed := [one for one in files if one]:
        await place(conn, changed)
    if waiting := [one for one in ours if one.due_in is not None]:
        await conn.execute(POSTPONE, parameter(waiting))
    if over := [one for one in ours if one.due_in is None]:
        await end(conn, over)
    await conn.commit()
    return {one.key for one in ours}


def parameter(outcomes: list[Outcome]) -> dict[str, str]:
    """Write outcomes as the statements take them."""
    return {"outcomes": msgspec.json.encode(outcomes).decode()}


def change(file: int, outcome: Outcome) -> Change | None:
    """Say what became of the file, if anything of its rows is to change."""
    marks = outcome.marked, outcome.duplicate
    if outcome.placed or outcome.gone or marks != (None, None):
        return Change(file, outcome.placed, outcome.gone, *marks)
    return None


async def end(conn: AsyncConnection, over: list[Outcome]) -> None:
    """Store how items ended, count them and tell of it, and of a whole preview what is double."""
    await take_turn(conn)
    for row in (await conn.execute(END, parameter(over))).all():
        if row.state == "previewed":
            await conn.execute(TWINS, {"batch": row.id, "error": SAME_NAME})
            while (await conn.execute(STAYING, {"batch": row.id, "error": TAKEN})).rowcount:
                pass
