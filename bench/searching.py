"""What a search costs in the database, against a limit in time or a scan of all keys."""

import asyncio
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from msgspec import Struct

from bench.plan import Place, Plan
from bench.table import Figure, at_most
from comics.folding import fold
from db.engine import READ_ONLY, conninfo
from db.listing import Wanted, page

# The collation is out of the trigram index's reach, so that all keys are read.
SCAN = 'SELECT count(*) FROM file_search WHERE search_key COLLATE "POSIX" LIKE %s'
LIMIT = 10  # milliseconds

Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class Needle(Struct, frozen=True):
    """What is searched for, and what kind of needle it is."""

    text: str
    kind: str
    scans: bool = False  # rare and too short for the trigrams: its limit is a sequential scan


NEEDLES = (
    Needle("cbz", "in most files"),
    Needle("harbour", "in one of nine"),
    Needle("quiet", "in one of nine, side by side"),
    Needle("tigers noir 017", "in a few hundred"),
    Needle("tigers noir 017 (1983)", "in a few"),
    Needle("zzzq", "absent"),
    Needle("黒雲書房", "CJK, in one of twelve"),
    Needle("鋼の列車", "CJK, absent"),
    Needle("e", "a letter in most files"),
    Needle("列車", "two letters, in one of nine"),
    Needle("qz", "two letters, absent", scans=True),
    Needle("々", "a letter, absent", scans=True),
)


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Measure the first page of each needle in the large database, by name and by date."""
    return asyncio.run(_measure(plan, place))


async def _measure(plan: Plan, place: Place) -> list[Figure]:
    conn = await psycopg.AsyncConnection.connect(
        conninfo(place.large), autocommit=True, options=READ_ONLY
    )
    async with conn:
        return [await _figure(plan, conn, needle) for needle in NEEDLES]


async def _figure(plan: Plan, conn: Connection, needle: Needle) -> Figure:
    """Measure one needle: the worse of two orders."""
    rounds = [await _round(conn, needle) for _ in range(plan.rounds)]
    by_name, by_date, scan = (median(side) for side in zip(*rounds, strict=True))
    name = f"search for `{needle.text}` ({needle.kind}): by name, by date"
    ours = max(by_name, by_date)
    return Figure(
        name=name,
        measured=f"{by_name:.1f} ms, {by_date:.1f} ms",
        limit=f"{scan:.0f} ms (a scan of all keys)" if needle.scans else f"{LIMIT} ms",
        ratio=ours / (scan if needle.scans else LIMIT),
        goal=at_most(1.2 if needle.scans else 1),
    )


async def _round(conn: Connection, needle: Needle) -> tuple[float, float, float]:
    """Ask for the first page by name and by date, and read all keys; in milliseconds."""
    folded = fold(needle.text)
    by_name, by_date = Wanted(needle=folded), Wanted(needle=folded, sort="date")
    times = [perf_counter()]
    for wanted in (by_name, by_date):
        await page(conn, wanted)
        times.append(perf_counter())
    await conn.execute(SCAN, (f"%{folded}%",))
    times.append(perf_counter())
    first, second, third = ((after - before) * 1000 for before, after in pairwise(times))
    return first, second, third
