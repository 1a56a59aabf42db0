"""What groups of duplicates cost in a large database: against reading all of a narrow table."""

import asyncio
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import get_args

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.plan import Place, Plan
from bench.table import Figure, at_most
from db import duplicates
from db.duplicates import By, Wanted
from db.engine import job

MOST = 4  # times what reading all of that table takes

# The sum keeps an index from being enough.
SCAN = text("SELECT count(file_id + 0) FROM likenesses")


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Measure the first page of each kind of groups, with their number, and one behind a cursor."""
    return asyncio.run(_measure(plan, place))


async def _measure(plan: Plan, place: Place) -> list[Figure]:
    async with job(place.large) as conn:
        await conn.execution_options(isolation_level="AUTOCOMMIT")
        return [await _figure(plan, conn, by) for by in get_args(By)]


async def _figure(plan: Plan, conn: AsyncConnection, by: By) -> Figure:
    groups = await duplicates.page(conn, Wanted(by=by))
    after = duplicates.decode(groups.next or "")
    rounds = [await _round(conn, by, after) for _ in range(plan.rounds)]
    first, behind, scan = (median(side) for side in zip(*rounds, strict=True))
    return Figure(
        name=f"groups by {by}, {plan.large:,} rows: first page, the next",
        measured=f"{first:.1f} ms, {behind:.1f} ms ({groups.total:,} groups)",
        limit=f"{scan:.1f} ms (a scan of `likenesses`)",
        ratio=max(first, behind) / scan,
        goal=at_most(MOST),
    )


async def _round(conn: AsyncConnection, by: By, after: str) -> tuple[float, float, float]:
    """Ask for two pages, and read the whole table; in milliseconds."""
    times = [perf_counter()]
    for behind in ("", after):
        await duplicates.page(conn, Wanted(by=by, after=behind))
        times.append(perf_counter())
    await conn.execute(SCAN)
    times.append(perf_counter())
    first, second, third = ((end - begin) * 1000 for begin, end in pairwise(times))
    return first, second, third
