"""What a page costs in a large library, against the same page of a small one, or against page 1.

One client and one worker; the two sides take turns with each request, so that noise meets both.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import product
from statistics import median
from typing import NamedTuple, get_args
from urllib.parse import urlencode

from msgspec import Struct

from bench.asking import Connection
from bench.plan import Place, Plan
from bench.running import running
from bench.table import Figure, Goal, at_most
from db.engine import job
from db.list_shapes import Direction, Filter, Sort
from scanner import fencing

DEEP = 10_000  # a page
WITHOUT_FENCES = 100  # milliseconds


class Side(Struct, frozen=True):
    """A page of one of the libraries."""

    connection: Connection
    path: str

    def seconds(self) -> float:
        """Ask for it, and return how long the answer took."""
        return self.connection.ask(self.path).seconds


class Pair(NamedTuple):
    """What a page took here and there, in milliseconds, and how many times longer here."""

    question: str
    here: float
    there: float
    ratio: float


def compare(question: str, here: Side, there: Side, plan: Plan) -> Pair:
    """Measure two sides in turn; the best of a round is what other work on the machine left."""
    turns(here, there, plan.warm)
    rounds = [turns(here, there, plan.requests) for _ in range(plan.rounds)]
    bests = [[min(side) for side in zip(*one, strict=True)] for one in rounds]
    ours, theirs = (median(side) * 1000 for side in zip(*bests, strict=True))
    return Pair(question, ours, theirs, median(our / their for our, their in bests))


def turns(here: Side, there: Side, number: int) -> list[tuple[float, float]]:
    """Ask both sides in turn, and return what each answer took."""
    return [(here.seconds(), there.seconds()) for _ in range(number)]


def questions() -> Iterator[str]:
    """Yield the query string of every filter, sort and direction."""
    for chosen in product(get_args(Filter), get_args(Sort), get_args(Direction)):
        yield urlencode(dict(zip(("filter", "sort", "direction"), chosen, strict=True)))


def walk(connection: Connection, question: str, pages: int) -> None:
    """Follow the cursors through so many pages, as whoever comes to the last one has.

    PostgreSQL decides by a statement's first parameters whether it plans it anew each time.
    """
    path = f"/api/files?{question}"
    for _ in range(pages):
        after = json.loads(connection.ask(path).body)["next"]
        path = f"/api/files?{question}&after={after}" if after else f"/api/files?{question}"


def deep_pages(connection: Connection, question: str) -> tuple[str, str, str]:
    """Return page 10,000 or the last before it, the last by cursor, and the middle one.

    The middle has no nearer end.
    """
    first = f"/api/files?{question}"
    pages = json.loads(connection.ask(first).body)["total_pages"]
    before = json.loads(connection.ask(f"{first}&page={pages - 1}").body)["next"]
    by_cursor = f"{first}&after={before}" if before else first
    return f"{first}&page={min(pages, DEEP)}", by_cursor, f"{first}&page={(pages + 1) // 2}"


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Measure the first, a deep, the last and the middle page of every filter and order.

    There are no fences at first; then they are made, as a scheduler does.
    """
    with (
        running(place.small, workers=1) as few,
        running(place.large, workers=1) as many,
        Connection(few.port) as smaller,
        Connection(many.port) as larger,
    ):
        pairs: dict[str, list[Pair]] = defaultdict(list)
        deep = {question: deep_pages(larger, question) for question in questions()}
        for question, (by_number, by_cursor, middle) in deep.items():
            first = Side(larger, f"/api/files?{question}")
            in_small = Side(smaller, first.path)
            pairs["growth"].append(compare(question, first, in_small, plan))
            walk(larger, question, plan.warm)
            pairs["cursor"].append(compare(question, Side(larger, by_cursor), first, plan))
            pairs["stale"].append(compare(question, Side(larger, by_number), first, plan))
            pairs["stale"].append(compare(question, Side(larger, middle), first, plan))
        asyncio.run(fencing.make_all(partial(job, place.large)))
        for question, (by_number, _, middle) in deep.items():
            first = Side(larger, f"/api/files?{question}")
            pairs["fresh"].append(compare(question, Side(larger, by_number), first, plan))
            pairs["fresh"].append(compare(question, Side(larger, middle), first, plan))
    return figures(plan, pairs)


def figures(plan: Plan, pairs: dict[str, list[Pair]]) -> list[Figure]:
    """Take the worst of each kind."""
    few_rows, many_rows = f"{plan.small:,} rows", f"{plan.large:,} rows"
    slowest = max(pairs["stale"], key=lambda pair: pair.here)
    return [
        worst(f"page 1 of {many_rows}", pairs["growth"], f"of {few_rows}", at_most(1.3)),
        worst(f"last page of {many_rows}, by cursor", pairs["cursor"], "page 1", at_most(1.3)),
        worst(
            f"page {DEEP:,} or the middle of {many_rows}, with fences",
            pairs["fresh"],
            "page 1",
            at_most(1.5),
        ),
        Figure(
            name="the same without fences, the slowest",
            measured=f"{slowest.here:.2f} ms",
            limit=f"{WITHOUT_FENCES} ms",
            ratio=slowest.here / WITHOUT_FENCES,
            goal=at_most(1),
            which=slowest.question,
        ),
    ]


def worst(name: str, pairs: list[Pair], limit: str, goal: Goal | None) -> Figure:
    """Take the filter and order that comes off worst."""
    pair = max(pairs, key=lambda pair: pair.ratio)
    return Figure(
        name=f"{name}: the worst of {len(pairs)} filters and orders",
        measured=f"{pair.here:.2f} ms",
        limit=f"{pair.there:.2f} ms ({limit})",
        ratio=pair.ratio,
        goal=goal,
        which=pair.question,
    )
