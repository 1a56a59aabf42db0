"""What batches cost in the database: to make one, to mark files, and to work off what is nothing.

The work on comics themselves is no part of it. Marks are committed, and taken back by the next.
"""

import asyncio
import multiprocessing
from itertools import cycle, islice
from multiprocessing.synchronize import Barrier
from statistics import median
from time import perf_counter

import psycopg
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.plan import Place, Plan
from bench.table import Figure, at_least, at_most
from db import batch_items, batch_states, batches, notices, outcomes
from db.batches import New
from db.engine import conninfo, job, working
from db.listing import Wanted
from db.outcomes import Outcome
from db.tables import BatchKind

MAKING = 0.5  # microseconds a file
MARKED = (1_000, 10_000, 100_000, 1_000_000)  # files at once
ALONE = 300  # files that are marked one by one
WORKERS = 2
SAVED = 50  # outcomes at once
AT_FIRST = 8  # files that a worker claims at first
ENOUGH = 2_000  # items a second
WORKED_OFF = 10_000  # items

PLAIN = "UPDATE files SET marked = %s WHERE id = ANY(%s) AND marked <> %s"
IDS = "SELECT id FROM files WHERE marked = %s ORDER BY sort_key, id LIMIT %s"


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Measure them."""
    sizes = [size for size in MARKED if size <= plan.large]
    marks = [figure for size in sizes for figure in mark(plan, place.large, size)]
    return [make(plan, place), *marks, work_off(plan, place.large)]


def make(plan: Plan, place: Place) -> Figure:
    """Make batches of every file there is."""
    milliseconds = asyncio.run(make_all(place.large, plan.rounds))
    limit = plan.large * MAKING / 1000
    return Figure(
        name=f"a batch of {plan.large:,} files is made",
        measured=f"{milliseconds:.0f} ms",
        limit=f"{limit:.0f} ms",
        ratio=milliseconds / limit,
        goal=at_most(1),
    )


async def make_all(url: URL, rounds: int) -> float:
    """Return the milliseconds that a batch takes to be made and committed."""
    times = []
    async with job(url) as conn:
        for _ in range(rounds):
            began = perf_counter()
            made = await batches.make(conn, New(kind="process", title="", chosen=Wanted()))
            await conn.commit()
            times.append((perf_counter() - began) * 1000)
            await batch_states.cancel(conn, made.id)
            await conn.commit()
    return median(times)


def mark(plan: Plan, url: URL, size: int) -> list[Figure]:
    """Mark so many files by a batch and by the bare statement, in turns; and some one by one."""
    with psycopg.connect(conninfo(url), autocommit=True) as conn:
        ids = [row[0] for row in conn.execute(IDS, (False, size))]
        bare, ours = [], []
        for marked in islice(cycle((True, False)), 2 * ((plan.rounds + 1) // 2)):
            bare.append(mark_bare(conn, ids, marked=marked))
            ours.append(asyncio.run(mark_by_batch(url, ids, "unmark" if marked else "mark")))
            asyncio.run(mark_by_batch(url, ids, "mark" if marked else "unmark"))
        alone = mark_one_by_one(conn, ids[:ALONE])
        conn.execute("VACUUM files")
    each = median(ours) / len(ids)
    name = f"{len(ids):,} files of {plan.large:,} are marked"
    figures = [
        Figure(
            name=name,
            measured=f"{each * 1e6:.0f} microseconds a file",
            limit=f"{median(bare) / len(ids) * 1e6:.0f} microseconds (the same UPDATE)",
            ratio=median(ours) / median(bare),
            goal=at_most(1.3),
        )
    ]
    return [*figures, faster(name, alone / each)] if size == MARKED[1] else figures


def faster(name: str, ratio: float) -> Figure:
    """Say how many times faster it is than to mark one file after the other."""
    return Figure(
        name=f"{name}, against one commit a file",
        measured=f"{ratio:.0f} times faster",
        limit="1",
        ratio=ratio,
        goal=at_least(20),
    )


def mark_bare(conn: psycopg.Connection, ids: list[int], *, marked: bool) -> float:
    """Return the seconds that the statement takes which a batch is held against."""
    began = perf_counter()
    conn.execute(PLAIN, (marked, ids, marked))
    return perf_counter() - began


async def mark_by_batch(url: URL, ids: list[int], kind: BatchKind) -> float:
    """Return the seconds that a batch takes to do so."""
    async with job(url) as conn:
        await conn.commit()
        began = perf_counter()
        await batches.make(conn, New(kind=kind, title="", chosen=ids))
        await conn.commit()
        return perf_counter() - began


def mark_one_by_one(conn: psycopg.Connection, ids: list[int]) -> float:
    """Return the seconds that a file takes which is marked and committed alone."""
    began = perf_counter()
    for number in ids:
        conn.execute("UPDATE files SET marked = NOT marked WHERE id = %s", (number,))
    took = perf_counter() - began
    conn.execute("UPDATE files SET marked = NOT marked WHERE id = ANY(%s)", (ids,))
    return took / len(ids)


def work_off(plan: Plan, url: URL) -> Figure:
    """Have workers find of each file that there is nothing to do."""
    speeds = [work_off_once(url, WORKED_OFF) for _ in range(min(plan.rounds, 3))]
    return Figure(
        name=f"{WORKERS} workers with nothing to do but to say so",
        measured=f"{median(speeds):,.0f} items/s",
        limit=f"{ENOUGH:,} items/s",
        ratio=median(speeds) / ENOUGH,
        goal=at_least(1),
    )


def work_off_once(url: URL, items: int) -> float:
    """Return how many items a second are claimed and saved, once the workers are ready."""
    asyncio.run(order(url, items))
    spawning = multiprocessing.get_context("spawn")
    ready = spawning.Barrier(WORKERS + 1)
    workers = [
        spawning.Process(target=start_worker, args=(url, f"bench:{number}", ready))
        for number in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    ready.wait()
    began = perf_counter()
    for worker in workers:
        worker.join()
    return items / (perf_counter() - began)


async def order(url: URL, items: int) -> None:
    """Make a batch of so many files."""
    with psycopg.connect(conninfo(url)) as conn:
        ids = [row[0] for row in conn.execute(IDS, (False, items))]
    async with job(url) as conn:
        await batches.make(conn, New(kind="process", title="", chosen=ids))
        await conn.commit()


def start_worker(url: URL, name: str, ready: Barrier) -> None:
    """Be a worker process."""
    asyncio.run(labour(url, name, ready))


async def labour(url: URL, name: str, ready: Barrier) -> None:
    """Claim and save until there is nothing left."""
    async with working(url) as conn:
        ready.wait()
        while claimed := await batch_items.claim(conn, name, 100):
            for start in range(0, len(claimed), SAVED):
                await save(conn, name, claimed[start : start + SAVED])


def attend(url: URL) -> None:
    """Be a worker process that goes on, and says of each file that it is well as it is."""
    asyncio.run(labour_on(url))


async def labour_on(url: URL) -> None:
    """Claim and save, and wait where there is nothing."""
    async with working(url) as conn:
        await notices.listen(conn, "batches")
        while True:
            if claimed := await batch_items.claim(conn, "bench", AT_FIRST):
                await save(conn, "bench", claimed)
            else:
                await notices.wait(conn, 1)


async def save(conn: AsyncConnection, name: str, claimed: list[batch_items.Claimed]) -> None:
    """Say of each that it is well as it is."""
    outcome = [Outcome(batch=one.batch, seq=one.seq, state="unchanged") for one in claimed]
    await outcomes.save(conn, name, outcome)
