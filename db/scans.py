"""Queries of `scans`: who may scan, what waits, and what a scan has done so far.

Only one scan of a library runs at a time. An advisory lock says so, not a column: it is gone the
moment its holder's connection is, so a killed scan never locks the next one out.
"""

from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple, cast

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, case, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import ScanState, scans

End = Literal["done", "failed", "interrupted"]

LOCK: Final = 0x7363616E  # "scan": the class of the advisory locks, whose objects are the libraries

# A scan beats at least every second, so one that has been silent for this long is dead.
SILENCE: Final = timedelta(seconds=30)

MOST_FAULTS: Final = 200  # sentences kept of one scan; the files' own faults are in their rows


class Scan(Struct):
    """One pass over a library, or one folder or file of it: how far it is, and what it met."""

    id: int
    library: int
    folder: str | None
    state: ScanState
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seen: int
    added: int
    changed: int
    vanished: int
    returned: int
    moved: int
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
    moved: int = 0
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
    str | None,
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
    int,
    str | None,
    list[str],
]:
    """Select scans, newest first."""
    s = scans.c
    return select(
        s.id,
        s.library_id,
        s.folder,
        living_state(),
        s.requested_at,
        s.started_at,
        s.finished_at,
        s.seen,
        s.added,
        s.changed,
        s.vanished,
        s.returned,
        s.moved,
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
    WITH whole AS (
        SELECT id FROM scans WHERE library_id = :library AND folder IS NULL AND state = 'queued'
    ), queued AS (
        INSERT INTO scans (library_id, folder) SELECT :library, CAST(:folder AS text)
         WHERE NOT EXISTS (SELECT FROM whole)
        ON CONFLICT (library_id, folder) WHERE state = 'queued' DO UPDATE SET state = 'queued'
        RETURNING id
    )
    SELECT id, pg_notify('scans', id::text) FROM (TABLE whole UNION ALL TABLE queued) AS waiting
""")


async def request(conn: AsyncConnection, library: int, folder: str | None = None) -> int:
    """Queue a scan of this library or of one folder or file in it, and wake whoever runs scans.

    A scan of the same that waits already is enough, and so is one of the whole library. One that
    runs may be past the folder that changed, so it does not count.
    """
    asked = {"library": library, "folder": folder}
    return int((await conn.execute(REQUEST, asked)).scalars().one())


class Waiting(NamedTuple):
    """A scan that waits: of a library, or of one folder or file in it."""

    library: int
    folder: str | None


# A scan of a whole library sees its folders, too, and so goes first.
QUEUED = text("""
    SELECT library_id, folder FROM scans WHERE state = 'queued' ORDER BY folder IS NOT NULL, id
""")


async def queued(conn: AsyncConnection) -> list[Waiting]:
    """Return what waits to be scanned: whole libraries, then folders, the longest waiting first."""
    return [Waiting(*row) for row in await conn.execute(QUEUED)]


TAKE = text("SELECT pg_try_advisory_lock(:lock, :library)")

# The lock is ours, so whatever still says that it runs was killed.
BURY = text("""
    UPDATE scans SET state = 'interrupted', finished_at = heartbeat_at,
           error = 'It was stopped before its end; the next scan goes on where it was.'
     WHERE library_id = :library AND state = 'running'
""")

ADOPT = text("""
    UPDATE scans SET state = 'running', started_at = now(), heartbeat_at = now()
     WHERE library_id = :library AND folder IS NOT DISTINCT FROM CAST(:folder AS text)
       AND state = 'queued' RETURNING id
""")

BEGIN = text("""
    INSERT INTO scans (library_id, folder, state, started_at, heartbeat_at)
    VALUES (:library, :folder, 'running', now(), now()) RETURNING id
""")


async def begin(conn: AsyncConnection, library: int, folder: str | None = None) -> int | None:
    """Begin a scan and return its id, or None while another scan of the library runs.

    A scan that waits in the queue becomes this one. The lock lasts until `release`, or as long as
    the connection.
    """
    if not await conn.scalar(TAKE, {"lock": LOCK, "library": library}):
        return None
    await conn.execute(BURY, {"library": library})
    asked = {"library": library, "folder": folder}
    scan: int | None = await conn.scalar(ADOPT, asked)
    if scan is None:
        scan = await conn.scalar(BEGIN, asked)
    await conn.commit()
    return scan


RELEASE = text("SELECT pg_advisory_unlock(:lock, :library)")


async def release(conn: AsyncConnection, library: int) -> None:
    """Let the next scan of this library begin at once, not when the connection is gone."""
    await conn.execute(RELEASE, {"lock": LOCK, "library": library})
    await conn.commit()


BEAT = text("""
    UPDATE scans SET heartbeat_at = now(), seen = :seen, added = :added, changed = :changed,
           vanished = :vanished, returned = :returned, moved = :moved, to_read = :to_read,
           read = :read, faulty = :faulty, faults = CAST(:faults AS jsonb)
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


# What waited for a folder when a scan of all began has had its answer by that.
FINISH = text("""
    WITH finished AS (
        UPDATE scans SET state = :state, error = :error, finished_at = now(), heartbeat_at = now()
         WHERE id = :scan RETURNING library_id, folder, state, started_at, finished_at
    ), answered AS (
        UPDATE scans AS s SET state = 'done', started_at = f.started_at, finished_at = now()
          FROM finished AS f
         WHERE s.library_id = f.library_id AND s.state = 'queued' AND s.folder IS NOT NULL
           AND f.state = 'done' AND f.folder IS NULL AND s.requested_at < f.started_at
    )
    UPDATE libraries SET scanned_at = finished_at
      FROM finished AS f WHERE libraries.id = library_id AND f.state = 'done' AND f.folder IS NULL
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
