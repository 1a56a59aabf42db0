"""What facets and folders cost in a large database, against a small one; and what marks cost."""

from statistics import median

import psycopg

from bench.asking import Connection
from bench.depth import Side, compare
from bench.plan import Place, Plan
from bench.running import running
from bench.table import Figure, at_most
from db.engine import conninfo

MARK = "UPDATE files SET marked = NOT marked WHERE id <= %s"
MARKED = 10_000  # files at once
MARK_LIMIT = 40  # microseconds a file

FACETS = {
    "facets of all": "/api/facets",
    "facets of the unmarked": "/api/facets?filter=unmarked",
    "facets of a publisher": "/api/facets?publisher=Marzipan",
    "folders of the root": "/api/folders",
    "folders of a folder": "/api/folders?path=Marzipan&limit=100",
}


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Measure them."""
    with (
        running(place.small, workers=1) as few,
        running(place.large, workers=1) as many,
        Connection(few.port) as smaller,
        Connection(many.port) as larger,
    ):
        pairs = {
            name: compare(path, Side(larger, path), Side(smaller, path), plan)
            for name, path in FACETS.items()
        }
    rows = f"{plan.large:,} rows"
    counted = [
        Figure(
            name=f"{name}, {rows}",
            measured=f"{pair.here:.2f} ms",
            limit=f"{pair.there:.2f} ms ({plan.small:,} rows)",
            ratio=pair.ratio,
        )
        for name, pair in pairs.items()
    ]
    return [*counted, mark(plan, place)]


def mark(plan: Plan, place: Place) -> Figure:
    """Mark files in one statement, which PostgreSQL itself times, and take the marks back."""
    with psycopg.connect(conninfo(place.large), autocommit=True) as conn:
        marked = min(MARKED, plan.large)
        times = []
        for _ in range(2 * ((plan.rounds + 1) // 2)):
            told = conn.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + MARK, (marked,)).fetchone()
            times.append(told[0][0]["Execution Time"] * 1000 / marked if told else 0)
    spent = median(times)
    return Figure(
        name=f"a mark, {marked:,} at once, {plan.large:,} rows",
        measured=f"{spent:.0f} microseconds",
        limit=f"{MARK_LIMIT} microseconds",
        ratio=spent / MARK_LIMIT,
        goal=at_most(1),
    )
