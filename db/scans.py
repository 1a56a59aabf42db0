"""Queries of `scans`: who may scan, what a scan has done so far, and what is due.

Only one scan of a library runs at a time. An advisory lock says so, not a column: it is gone the
moment its holder's connection is, so a killed scan never locks the next one out.
"""

from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

import msgspec
from msgspec import Struct
from psycopg import AsyncConnection as DriverConnection
from sqlalchemy import ColumnElement, Select, and_, case, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import ScanState, scans

End = Literal["done", "failed", "interrupted"]

LOCK: Final = 0x7363616E  # "scan": the class of the advisory locks, whose objects are the libraries

# A scan beats at least every second, so one that has been silent for this long is dead.
SILENCE: Final = timedelta(seconds=30)

MOST_FAULTS: Final = 200  # sentences kept of one scan; the files' own faults are in their rows


class Scan(Struct):
    """One pass over a library: how far it is, and what it met."""

    id: int
    library: int
    state: ScanState
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seen: int
    added: int
    changed: int
    vanished: int
    returned: int
    to_read: int
    read: int
    faulty: int
    error: str | None
    faults: list[str]


class Progress(Struct):
    """How far a scan is, in files."""

    seen: int = 0
    added: int = 0
    changed: int = 0
    vanished: int = 0
    returned: int = 0
    to_read: int = 0
    read: int = 0
    faulty: int = 0
    faults: list[str] = msgspec.field(default_factory=list)


def living_state() -> ColumnElement[ScanState]:
    """Tell the state of a scan; one that was killed could not say so itself."""
    silent = and_(scans.c.state == "running", scans.c.heartbeat_at < func.now() - SILENCE)
    return cast("ColumnElement[ScanState]", case((silent, "interrupted"), else_=scans.c.state))


def select_scans() -> Select[
    int,
    int,
    ScanState,
    datetime,
    datetime | None,
    datetime | None,
    int,
    int,
    int,
    int,
    int,
    int,
    int,
    int,
    str | None,
    list[str],
]:
    """Select scans, newest first."""
    s = scans.c
    return select(
        s.id,
        s.library_id,
        living_state(),
        s.requested_at,
        s.started_at,
        s.finished_at,
        s.seen,
        s.added,
        s.changed,
        s.vanished,
        s.returned,
        s.to_read,
        s.read,
        s.faulty,
        s.error,
        s.faults,
    ).order_by(s.id.desc())


async def newest(conn: AsyncConnection, limit: int, library: int | None = None) -> list[Scan]:
    """Return the newest scans, of one library or of all."""
    wanted = select_scans().limit(limit)
    if library is not None:
        wanted = wanted.where(scans.c.library_id == library)
    return [Scan(*row) for row in await conn.execute(wanted)]


async def one(conn: AsyncConnection, scan: int) -> Scan | None:
    """Return this scan, or None."""
    row = (await conn.execute(select_scans().where(scans.c.id == scan))).first()
    return row and Scan(*row)


REQUEST = text("""
    WITH queued AS (
        INSERT INTO scans (library_id) VALUES (:library)
        ON CONFLICT (library_id) WHERE state = 'queued' DO UPDATE SET state = 'queued'
        RETURNING id
    )
    SELECT id, pg_notify('scans', id::text) FROM queued
""")


async def request(conn: AsyncConnection, library: int) -> int:
    """Queue a scan of this library, unless one waits already, and wake whoever runs scans.

    A scan that runs may be past the folder that changed, so it does not count as one that waits.
    """
    return int((await conn.execute(REQUEST, {"library": library})).scalars().one())


QUEUED = text("SELECT library_id FROM scans WHERE state = 'queued' ORDER BY id")


async def queued(conn: AsyncConnection) -> list[int]:
    """Return the libraries for which a scan waits, the longest waiting first."""
    return list((await conn.execute(QUEUED)).scalars())


DUE = text("""
    SELECT l.id FROM libraries AS l
     WHERE NOT EXISTS (
        SELECT FROM scans AS s
         WHERE s.library_id = l.id AND s.started_at > now() - make_interval(mins => :minutes)
     ) ORDER BY l.id
""")


async def due(conn: AsyncConnection, minutes: int) -> list[int]:
    """Return the libraries of which no scan has begun within so many minutes."""
    return list((await conn.execute(DUE, {"minutes": minutes})).scalars())


TAKE = text("SELECT pg_try_advisory_lock(:lock, :library)")

# The lock is ours, so whatever still says that it runs was killed.
BURY = text("""
    UPDATE scans SET state = 'interrupted', finished_at = heartbeat_at,
           error = 'It was stopped before its end; the next scan goes on where it was.'
     WHERE library_id = :library AND state = 'running'
""")

ADOPT = text("""
    UPDATE scans SET state = 'running', started_at = now(), heartbeat_at = now()
     WHERE library_id = :library AND state = 'queued' RETURNING id
""")

BEGIN = text("""
    INSERT INTO scans (library_id, state, started_at, heartbeat_at)
    VALUES (:library, 'running', now(), now()) RETURNING id
""")


async def begin(conn: AsyncConnection, library: int) -> int | None:
    """Begin a scan and return its id, or None while another scan of the library runs.

    A scan that waits in the queue becomes this one. The lock lasts until `release`, or as long as
    the connection.
    """
    if not await conn.scalar(TAKE, {"lock": LOCK, "library": library}):
        return None
    await conn.execute(BURY, {"library": library})
    scan: int | None = await conn.scalar(ADOPT, {"library": library})
    if scan is None:
        scan = await conn.scalar(BEGIN, {"library": library})
    await conn.commit()
    return scan


RELEASE = text("SELECT pg_advisory_unlock(:lock, :library)")


async def release(conn: AsyncConnection, library: int) -> None:
    """Let the next scan of this library begin at once, not when the connection is gone."""
    await conn.execute(RELEASE, {"lock": LOCK, "library": library})
    await conn.commit()


BEAT = text("""
    UPDATE scans SET heartbeat_at = now(), seen = :seen, added = :added, changed = :changed,
           vanished = :vanished, returned = :returned, to_read = :to_read, read = :read,
           faulty = :faulty, faults = CAST(:faults AS jsonb)
     WHERE id = :scan
""")


async def beat(conn: AsyncConnection, scan: int, progress: Progress) -> None:
    """Say how far the scan is."""
    known = {
        **msgspec.structs.asdict(progress),
        "faults": msgspec.json.encode(progress.faults[:MOST_FAULTS]).decode(),
    }
    await conn.execute(BEAT, {"scan": scan, **known})
    await conn.commit()


FINISH = text("""
    WITH finished AS (
        UPDATE scans SET state = :state, error = :error, finished_at = now(), heartbeat_at = now()
         WHERE id = :scan RETURNING library_id, state, finished_at
    )
    UPDATE libraries SET scanned_at = finished_at
      FROM finished WHERE libraries.id = library_id AND state = 'done'
""")


async def finish(conn: AsyncConnection, scan: int, state: End, error: str | None = None) -> None:
    """Say how a scan has ended; the lock goes with its connection."""
    await conn.execute(FINISH, {"scan": scan, "state": state, "error": error})
    await conn.commit()


RUNNING = text("""
    SELECT EXISTS (SELECT FROM scans WHERE state = 'running'
                   AND heartbeat_at > now() - CAST(:silence AS interval))
""")


async def any_running(conn: AsyncConnection) -> bool:
    """Tell whether any library is being scanned."""
    return bool(await conn.scalar(RUNNING, {"silence": SILENCE}))


async def listen(conn: AsyncConnection) -> None:
    """Have `wait` hear of requests from now on."""
    await conn.execute(text("LISTEN scans"))
    await conn.commit()


async def wait(conn: AsyncConnection, seconds: float) -> None:
    """Wait until somebody asks for a scan, or for so many seconds."""
    driver = cast("DriverConnection[Any]", (await conn.get_raw_connection()).driver_connection)
    async for _ in driver.notifies(timeout=seconds, stop_after=1):
        pass
