"""What all processes have counted, added up in one table, and what the index itself tells.

Every process of every machine adds its counts every few seconds, so that whoever is asked tells of
all of them (docs/decisions/0007). The table is UNLOGGED: after a crash of PostgreSQL the counts
begin anew, which whoever reads counters is used to.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import msgspec
import sqlalchemy.exc
from msgspec import Struct
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import meters
from db.alive import ALIVE
from db.engine import writing
from db.meters import Counted, Series
from db.scans import living_state

EVERY: float = 10.0  # seconds between two savings
PARTING: Final = 1.0  # seconds that a process which ends gives to the last

QUEUE_AGE: Final = "longbox_queue_age_seconds"


class Timed(Struct):
    """A histogram: how often something took how long, by `db.meters.BOUNDS`, and in all."""

    name: str
    labels: list[str]
    counts: list[int]
    seconds: float


class Gauge(Struct):
    """A figure as it is now, and the value of its label, if it has one."""

    name: str
    label: str | None
    value: float


# In one order, so that processes which save at once never wait for each other in a circle. Counts
# of a version that had other buckets begin anew.
ADD: Final = text("""
    INSERT INTO figures (name, labels, counts, seconds)
    SELECT name, labels, counts, seconds
      FROM jsonb_to_recordset(CAST(:counted AS jsonb))
           AS new (name text, labels text[], counts bigint[], seconds double precision)
     ORDER BY name, labels
    ON CONFLICT (name, labels) DO UPDATE
       SET seconds = figures.seconds + excluded.seconds,
           counts = CASE cardinality(figures.counts) WHEN cardinality(excluded.counts) THEN
               ARRAY(SELECT old + new
                       FROM unnest(figures.counts, excluded.counts) WITH ORDINALITY
                            AS both_of (old, new, place)
                      ORDER BY place)
               ELSE excluded.counts END
""")


async def save() -> None:
    """Add what this process has counted to what all have; what cannot be saved is kept."""
    taken = meters.take()
    if not taken:
        return
    try:
        async with writing() as conn:
            await add(conn, taken)
    except BaseException:
        meters.give_back(taken)
        raise


async def add(conn: AsyncConnection, taken: dict[Series, Counted]) -> None:
    """Add these counts to the table's."""
    counted = [
        {"name": name, "labels": labels, "counts": one.counts, "seconds": one.seconds}
        for (name, labels), one in taken.items()
    ]
    await conn.execute(ADD, {"counted": msgspec.json.encode(counted).decode()})


async def save_on_and_on() -> None:
    """Save every few seconds; while the database is away, later."""
    while True:
        await asyncio.sleep(EVERY)
        with suppress(sqlalchemy.exc.SQLAlchemyError):
            await save()


@asynccontextmanager
async def saved() -> AsyncIterator[None]:
    """Have this process's counts saved while this lasts, and at its end."""
    saving = asyncio.create_task(save_on_and_on())
    try:
        yield
    finally:
        saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)
        with suppress(sqlalchemy.exc.SQLAlchemyError, TimeoutError):
            await asyncio.wait_for(save(), PARTING)


COUNTED: Final = text("SELECT name, labels, counts, seconds FROM figures ORDER BY name, labels")


async def counted(conn: AsyncConnection) -> list[Timed]:
    """Return what all processes have counted."""
    rows = await conn.execute(COUNTED)
    return [Timed(row.name, row.labels, row.counts, row.seconds) for row in rows]


# What waits is of a batch that goes on; its age is that of the last sign of progress.
INDEX: Final = text(f"""
    WITH shelves AS (
        SELECT library_id::text AS library, sum(present) AS files, sum(missing) AS missing,
               sum(faulty) AS faulty, sum(bytes) AS bytes,
               coalesce(sum(present) FILTER (WHERE marked), 0) AS marked
          FROM counts GROUP BY library_id
    ), ends AS (
        SELECT coalesce(sum(done), 0) AS done, coalesce(sum(unchanged), 0) AS unchanged,
               coalesce(sum(skipped), 0) AS skipped, coalesce(sum(failed), 0) AS failed,
               coalesce(sum(total - done - unchanged - skipped - failed)
                        FILTER (WHERE state IN ('previewing', 'running')), 0) AS waiting
          FROM batches
    ), since AS (
        SELECT greatest(b.created_at, b.started_at, i.ended_at) AS moment
          FROM batches AS b LEFT JOIN LATERAL (
               SELECT ended_at FROM batch_items AS i
                WHERE i.batch_id = b.id AND i.event IS NOT NULL
                ORDER BY i.event DESC LIMIT 1) AS i ON true
         WHERE b.state IN ('previewing', 'running')
    ), alive AS ({ALIVE.text})
    SELECT 'longbox_files', library, files FROM shelves
     UNION ALL SELECT 'longbox_files_marked', library, marked FROM shelves
     UNION ALL SELECT 'longbox_files_faulty', library, faulty FROM shelves
     UNION ALL SELECT 'longbox_files_missing', library, missing FROM shelves
     UNION ALL SELECT 'longbox_files_bytes', library, bytes FROM shelves
     UNION ALL
    SELECT 'longbox_batches', state, count(*) FROM batches GROUP BY state
     UNION ALL
    SELECT 'longbox_batch_items', outcome, number
      FROM ends CROSS JOIN LATERAL (VALUES
           ('done', done), ('unchanged', unchanged), ('skipped', skipped), ('failed', failed),
           ('waiting', waiting)) AS each (outcome, number)
     UNION ALL
    SELECT '{QUEUE_AGE}', 'batches',
           coalesce(extract(epoch FROM now() - min(moment)), 0) FROM since
     UNION ALL
    SELECT '{QUEUE_AGE}', 'scans',
           coalesce(extract(epoch FROM now() - min(requested_at)), 0)
      FROM scans WHERE state = 'queued'
     UNION ALL
    SELECT 'longbox_scanned_timestamp_seconds', id::text, extract(epoch FROM scanned_at)
      FROM libraries WHERE scanned_at IS NOT NULL AND removed_at IS NULL
     UNION ALL
    SELECT 'longbox_processes', kind, processes FROM alive
     UNION ALL
    SELECT 'longbox_database_bytes', NULL, pg_database_size(current_database())
""")  # noqa: S608  a part of ours

SCANS: Final = select(living_state(), func.count()).group_by(text("1"))


async def gauges(conn: AsyncConnection) -> list[Gauge]:
    """Return what the index tells of itself."""
    found = [Gauge(name, label, float(value)) for name, label, value in await conn.execute(INDEX)]
    states = await conn.execute(SCANS)
    return found + [Gauge("longbox_scans", state, float(number)) for state, number in states]
