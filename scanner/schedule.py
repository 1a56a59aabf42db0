"""Run scans: one of each library at the start, then what is asked for and what is due."""

from datetime import UTC, datetime

import structlog
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.schedules import next_scan
from db import libraries, notices, scans, settings
from db.libraries import Library
from db.scans import Waiting
from scanner.scan import Connect, Orders, ScanError, scan

LOOK: float = 30.0  # seconds between two looks at what is due, where nobody asks for a scan

log = structlog.get_logger()


async def run(connect: Connect, orders: Orders) -> None:
    """Scan until cancelled. A scan that stops with an error is told of, and the next goes on."""
    async with connect() as conn:
        await notices.listen(conn, "scans")
        await scan_all(connect, conn, first(await libraries.every(conn)), orders)
        while True:
            await remove(connect, conn)
            await scan_all(connect, conn, await wanted(conn, datetime.now(UTC)), orders)
            await notices.wait(conn, LOOK)


def first(known: list[Library]) -> list[Waiting]:
    """Choose what to scan at the start: not what has a schedule of its own, unless it is watched.

    What changed while nobody watched, nobody has told of.
    """
    return [Waiting(one.id, None) for one in known if one.schedule is None or one.watch]


async def wanted(conn: AsyncConnection, now: datetime) -> list[Waiting]:
    """Return the scans that were asked for, then those that are due."""
    asked = await scans.queued(conn)
    minutes = (await settings.current(conn, settings.Settings)).scan_every_minutes
    late = due(await libraries.every(conn), minutes, now)
    await conn.commit()
    return [*asked, *(one for one in late if one not in asked)]


def due(known: list[Library], minutes: int, now: datetime) -> list[Waiting]:
    """Choose the libraries whose time has come, once however often it has."""
    times = (
        (one, next_scan(one.schedule, minutes, begun=one.begun_at, since=one.scheduled_at))
        for one in known
    )
    return [Waiting(one.id, None) for one, time in times if time and time <= now]


async def remove(connect: Connect, conn: AsyncConnection) -> None:
    """Remove what is left of libraries that are no more, but not under a scan that still runs."""
    left = await libraries.leaving(conn)
    await conn.commit()
    for library in left:
        async with connect() as own:  # as the lock lasts as long as that
            if await libraries.remove(own, library):
                log.info("library removed", library=library)


async def scan_all(
    connect: Connect, conn: AsyncConnection, chosen: list[Waiting], orders: Orders
) -> None:
    """Run these scans one after another, so that the disk is never asked for two at once."""
    known = {library.id: library for library in await libraries.every(conn)}
    await conn.commit()
    for number, folder in chosen:
        if not (library := known.get(number)):
            continue
        try:
            progress = await scan(connect, library, replace(orders, folder=folder), lambda _: None)
        except ScanError as error:
            log.warning("scan stopped", library=library.root, why=str(error))
        else:
            log.info("scanned", library=library.root, seen=progress.seen, read=progress.read)
