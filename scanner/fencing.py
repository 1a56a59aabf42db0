"""Keep the fences true: make those of a list anew once it has come to rest.

While a list changes, as it does under a scan or a batch, fences would be false as soon as they are
made; until they are true again, pages far in take some ten milliseconds longer.
"""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from db import fences
from db.fences import List
from scanner.scan import Connect

LOOK: float = 10.0  # seconds between two looks; a list that is the same at both is at rest


async def run(connect: Connect) -> None:
    """Look until cancelled."""
    seen: dict[List, int] = {}
    while True:
        async with connect() as conn:
            seen = await look(conn, seen)
        await asyncio.sleep(LOOK)


async def make_all(connect: Connect) -> None:
    """Make the fences of all stale lists now, as where no scheduler runs."""
    async with connect() as conn:
        for one in await fences.stale(conn):
            await fences.make(conn, one)


async def look(conn: AsyncConnection, before: dict[List, int]) -> dict[List, int]:
    """Make the fences of stale lists that are as they were before; return the other stale ones."""
    stale = await fences.stale(conn)
    for one in [one for one, signature in stale.items() if before.get(one) == signature]:
        await fences.make(conn, one)
        del stale[one]
    return stale
