"""Run scans: one of each library at the start, then what is asked for and what is due."""

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from db import libraries, scans, settings
from scanner.scan import Connect, Orders, ScanError, scan

LOOK: float = 30.0  # seconds between two looks at what is due, where nobody asks for a scan

log = structlog.get_logger()


async def run(connect: Connect, orders: Orders) -> None:
    """Scan until cancelled. A scan that stops with an error is told of, and the next goes on."""
    async with connect() as conn:
        await scans.listen(conn)
        await scan_all(
            connect, conn, [library.id for library in await libraries.every(conn)], orders
        )
        while True:
            await scan_all(connect, conn, await wanted(conn), orders)
            await scans.wait(conn, LOOK)


async def wanted(conn: AsyncConnection) -> list[int]:
    """Return the libraries for which a scan was asked, then those that are due for one."""
    asked = await scans.queued(conn)
    minutes = (await settings.current(conn)).scan_every_minutes
    due = await scans.due(conn, minutes) if minutes else []
    await conn.commit()
    return [*asked, *(library for library in due if library not in asked)]


async def scan_all(
    connect: Connect, conn: AsyncConnection, chosen: list[int], orders: Orders
) -> None:
    """Scan these libraries one after another, so that the disk is never asked for two at once."""
    known = {library.id: library for library in await libraries.every(conn)}
    await conn.commit()
    for library in (known[number] for number in chosen if number in known):
        try:
            progress = await scan(connect, library, orders, lambda _: None)
        except ScanError as error:
            log.warning("scan stopped", library=library.root, why=str(error))
        else:
            log.info("scanned", library=library.root, seen=progress.seen, read=progress.read)
