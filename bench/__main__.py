"""Measure what Longbox promises, and print it as a table: `python -m bench`.

All happens on a private server of its own, in a folder that goes away. README.md says what the
figures mean and how good they are.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from bench import (
    batches,
    comics,
    comparing,
    counting,
    covers,
    depth,
    disk,
    duplicates,
    logins,
    processing,
    scanning,
    searching,
    starting,
    streams,
    throughput,
)
from bench.checking import ratios, worse
from bench.plan import ROOT, Place, Plan
from bench.shelves import fill
from bench.table import Figure, table
from db import embedded
from db.engine import conninfo

RESULTS = ROOT / "bench" / "results.md"
PARTS: dict[str, Callable[[Plan, Place], list[Figure]]] = {
    "throughput": throughput.measure,
    "depth": depth.measure,
    "searching": searching.measure,
    "counting": counting.measure,
    "duplicates": duplicates.measure,
    "batches": batches.measure,
    "processing": processing.measure,
    "starting": starting.measure,
    "scanning": scanning.measure,
    "disk": disk.measure,
    "streams": streams.measure,
    "logins": logins.measure,
    "covers": covers.measure,
    "comparing": comparing.measure,
    "comics": comics.measure,
}


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--rows", default="10300,100000", help="in the small and large database")
    parser.add_argument("--comics", type=int, default=10_300, help="on the disk")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=20, help="of one client, a round and side")
    parser.add_argument("--seconds", type=float, default=3, help="of many, a round and side")
    parser.add_argument("--check", action="store_true", help="fail if a figure has got worse")
    parser.add_argument("--write", action="store_true", help="keep the table in bench/results.md")
    return parser.parse_args()


@contextmanager
def prepared(plan: Plan) -> Iterator[Place]:
    """Have a server with both databases filled, and an empty one."""
    with tempfile.TemporaryDirectory(prefix="longbox-bench-") as name:
        folder = Path(name)
        postgres = folder / "postgres"
        folder.chmod(0o755)  # the account that runs PostgreSQL reads in it
        with embedded.server(postgres) as url:
            server = make_url(url)
            yield Place(
                folder,
                postgres,
                small=fill(fresh_database(server, "small"), plan.small),
                large=fill(fresh_database(server, "large"), plan.large),
                empty=fresh_database(server, "empty"),
                disk=fresh_database(server, "disk"),
                busy=fresh_database(server, "busy"),
            )


def fresh_database(server: URL, name: str) -> URL:
    """Make an empty database."""
    with psycopg.connect(conninfo(server), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    return server.set(database=name)


def main() -> None:
    """Measure, and print the table."""
    chosen = arguments()
    small, large = map(int, chosen.rows.split(","))
    plan = Plan(small, large, chosen.comics, chosen.rounds, chosen.requests, chosen.seconds)
    with prepared(plan) as place:
        parts = {part: measure(part, plan, place) for part in chosen.parts or PARTS}
        figures = list(chain.from_iterable(parts.values()))
        print(table(figures), end="")
        if chosen.check:
            check(parts, plan, place)
    if chosen.write:
        RESULTS.write_text(table(figures))


def measure(part: str, plan: Plan, place: Place) -> list[Figure]:
    """Measure a part."""
    print(f"Measuring {part} ...", file=sys.stderr)
    return PARTS[part](plan, place)


def check(parts: dict[str, list[Figure]], plan: Plan, place: Place) -> None:
    """Exit with the figures that have got worse than the committed ones, both of two times."""
    known = ratios(RESULTS.read_text())
    told = []
    for part, figures in parts.items():
        if first := worse(figures, known):
            again = worse(measure(part, plan, place), known)
            told += [f"{name}: {again[name]}" for name in first if name in again]
    if told:
        sys.exit("Worse than it was:\n" + "\n".join(told))


if __name__ == "__main__":
    main()
