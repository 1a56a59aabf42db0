"""What a fresh worker costs: the time until it answers, its first page, and its memory."""

from itertools import cycle
from statistics import median
from time import perf_counter
from typing import NamedTuple

from sqlalchemy import URL

from bench.asking import Connection
from bench.depth import questions
from bench.plan import Place, Plan
from bench.running import memory, running
from bench.table import Figure, at_most

PAGE = "/api/files"
START_LIMIT = 1.5  # seconds
FILLED = 100  # times the requests of a round, before the memory is looked at
KINDS = ("Rss", "Pss")
ROOM = 80  # MB


class Start(NamedTuple):
    """How long a fresh worker takes, in seconds."""

    until_page: float  # from the command on
    first: float  # page, once it is live
    warm: float  # page


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Measure starts on the large library, and the memory on both."""
    starts = [start(place.large, plan.warm) for _ in range(plan.rounds)]
    until_page, first, warm = map(median, zip(*starts, strict=True))
    few_rows, many_rows = f"{plan.small:,} rows", f"{plan.large:,} rows"
    asked = FILLED * plan.requests
    few, many = used(place.small, asked), used(place.large, asked)
    return [
        Figure(
            name="first page of a fresh worker, once it is live",
            measured=f"{first * 1000:.2f} ms",
            limit=f"{warm * 1000:.2f} ms (warm)",
            ratio=median(one.first / one.warm for one in starts),
            goal=at_most(3),
        ),
        Figure(
            name=f"`longbox functions` to its first page, of {many_rows}",
            measured=f"{until_page:.2f} s",
            limit=f"{START_LIMIT} s",
            ratio=until_page / START_LIMIT,
            goal=at_most(1),
        ),
        *(
            Figure(
                name=f"{kind} of a worker after {asked:,} requests, {many_rows}",
                measured=f"{many[kind]:.1f} MB",
                limit=f"{few[kind]:.1f} MB ({few_rows})",
                ratio=many[kind] / few[kind],
                goal=at_most(1.1),
            )
            for kind in KINDS
        ),
        Figure(
            name=f"Rss of a worker after {asked:,} requests",
            measured=f"{many['Rss']:.1f} MB",
            limit=f"{ROOM} MB",
            ratio=many["Rss"] / ROOM,
            goal=at_most(1),
        ),
    ]


def start(url: URL, warm: int) -> Start:
    """Start the functions, ask as soon as one of the workers is live, and go on asking it."""
    began = perf_counter()
    with running(url, workers=2) as fresh, Connection(fresh.port) as connection:
        first = connection.ask(PAGE).seconds
        until_page = perf_counter() - began
        more = [connection.ask(PAGE).seconds for _ in range(2 * warm)]
    return Start(until_page, first, median(more[warm:]))


def used(url: URL, requests: int) -> dict[str, float]:
    """Return the memory of a worker, in MB, after requests of every filter and order."""
    asked = cycle(questions())
    with running(url, workers=1) as one, Connection(one.port) as connection:
        for page in range(requests):
            connection.ask(f"{PAGE}?{next(asked)}&page={page % 100 + 1}")
        return {kind: memory(one.workers()[0], kind) for kind in KINDS}
