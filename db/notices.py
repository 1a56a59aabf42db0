"""What PostgreSQL tells those who wait: `NOTIFY` on a channel wakes them."""

from typing import Any, Literal, cast

from psycopg import AsyncConnection as DriverConnection
from psycopg import OperationalError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Channel = Literal["scans", "libraries", "batches"]
"""Scans that are asked for, libraries that are kept differently, and batches that have changed."""


async def listen(conn: AsyncConnection, channel: Channel) -> None:
    """Have `wait` hear of this from now on."""
    await conn.execute(text(f"LISTEN {channel}"))
    await conn.commit()


async def wait(conn: AsyncConnection, seconds: float) -> None:
    """Wait until a channel that is listened to tells something, or for so many seconds."""
    driver = cast("DriverConnection[Any]", (await conn.get_raw_connection()).driver_connection)
    try:
        async for _ in driver.notifies(timeout=seconds, stop_after=1):
            pass
    except OperationalError:
        await conn.invalidate()  # it is lost, and there is nothing to roll back
        raise
