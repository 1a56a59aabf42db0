"""What batches cost beside the work on comics, what two workers gain, and what pages pay for it.

The bare work is what a worker has done to a comic, call by call, without a database. Comics have
their usual sizes, and are put back between rounds, by an undo on our side.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from lzma import FILTER_LZMA2
from pathlib import Path
from shutil import copyfile
from statistics import median
from time import perf_counter, process_time
from unittest.mock import patch
from zipfile import ZipFile

import py7zr
from msgspec import Struct, to_builtins
from sqlalchemy import URL, text

from bench import disk
from bench.asking import Connection, slowest, timed
from bench.plan import ROOT, Place, Plan
from bench.running import cpu, postmaster, running
from bench.scanning import add_library
from bench.table import Figure, Goal, at_least, at_most
from comics import telling
from comics.archives.reading import read
from comics.orders import Kind, Orders, Subject
from comics.orders import Plan as Change
from comics.orders import plan as make_plan
from comics.tags.editing import edit
from comics.tags.metadata import Metadata, own
from comics.writing import snapshots
from comics.writing.moving import move
from comics.writing.rewriting import rewrite
from db import batches, notices, schema
from db.batches import Batch, New
from db.engine import conninfo, job

SIZES = 4 * (20, 30, 40, 40, 50, 60)  # MB, at the usual scale
PAGES = 24
PACKED = 16  # comics of another format
PACKED_SIZE = 4 * 2**20  # bytes of pages in each
BUSY = 10_000  # comics of the batch beside which pages are asked for
WORKERS = 2
ROUNDS = 3  # at most
FILES = "/api/files"

PROCESS = Orders(kind="process")
IDS = text("""
    SELECT f.id FROM files AS f JOIN libraries AS l ON l.id = f.library_id
     WHERE l.root = :root AND missing_since IS NULL ORDER BY sort_key
""")


class Spent(Struct, frozen=True):
    """Seconds on the clock, and of the processor."""

    wall: float
    cpu: float


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Measure them, in libraries of their own."""
    rounds = min(plan.rounds, ROUNDS)
    schema.migrate(place.busy)
    return [
        *overhead(place, plan.scale, rounds),
        two_workers(place, plan.scale, rounds),
        beside_a_batch(plan, place),
    ]


def overhead(place: Place, scale: float, rounds: int) -> list[Figure]:
    """Process the same comics by a batch and barely, in turns."""
    ours, bare = place.folder / "ours", place.folder / "bare"
    write_comics(ours, scale)
    write_comics(bare, scale)
    asyncio.run(add_library(place.busy, ours))
    with at_work(place.busy, 1) as workers:
        process_by_batch(place, ours, workers)  # whatever a worker does first is done
        taken = [
            (
                process_by_batch(place, ours, workers),
                process_barely(bare),
                process_without_sync(bare),
            )
            for _ in range(rounds)
        ]
    batched, barely, unsynced = zip(*taken, strict=True)
    name = f"{len(SIZES)} comics of {SIZES[0]} to {SIZES[-1]} MB are processed"
    return [
        against(f"{name} by a batch, on the clock", "wall", batched, barely, at_most(1.1)),
        against(f"{name} by a batch, CPU of all", "cpu", batched, barely, at_most(1.1)),
        against(f"{name} barely, without fsync", "wall", unsynced, barely, None),
    ]


def against(
    name: str, kind: str, ours: Sequence[Spent], bare: Sequence[Spent], goal: Goal | None
) -> Figure:
    """Compare what comics have taken with the bare work."""
    pairs = [(getattr(o, kind), getattr(b, kind)) for o, b in zip(ours, bare, strict=True)]
    one, other = (median(side) * 1000 / len(SIZES) for side in zip(*pairs, strict=True))
    return Figure(
        name=name,
        measured=f"{one:.1f} ms a comic",
        limit=f"{other:.1f} ms (the bare work)",
        ratio=median(one / other for one, other in pairs),
        goal=goal,
    )


def write_comics(root: Path, scale: float) -> None:
    """Write comics of the usual sizes, or smaller ones, whose tags and names are to change."""
    (root / "Saga").mkdir(parents=True)
    for number, size in enumerate(SIZES):
        with ZipFile(root / "Saga" / f"{number}.cbz", "w") as archive:
            tags = f"<Number>{number}</Number><Summary>What happens.</Summary>"
            archive.writestr("ComicInfo.xml", f"<ComicInfo>{tags}</ComicInfo>")
            for page in range(PAGES):
                archive.writestr(f"{page:03}.jpg", os.urandom(int(size * scale * 2**20) // PAGES))


def process_barely(root: Path) -> Spent:
    """Do to each comic what a worker does, and then put it back, which is not measured."""
    subjects = [tell(root, comic) for comic in sorted(root.rglob("*.cbz"))]
    wall, processor = perf_counter(), process_time()
    done = [carry_out(root, subject) for subject in subjects]
    spent = Spent(perf_counter() - wall, process_time() - processor)
    for subject, (path, comic_info) in zip(subjects, done, strict=True):
        put_back(path, root / subject.path, comic_info)
    return spent


def process_without_sync(root: Path) -> Spent:
    """Do the same, and wait for no disk."""
    with patch("os.fsync"), patch("os.fdatasync"):
        return process_barely(root)


def tell(root: Path, comic: Path) -> Subject:
    """Say what an index knows of a comic."""
    path = comic.relative_to(root).as_posix()
    told = telling.read(str(comic), path)
    held = own(Metadata(told.tags, told.provenance))
    return Subject(
        path=path,
        tags=held.tags,
        root=str(root),
        root_name=root.name,
        content=told.format,
        provenance=held.provenance,
    )


def carry_out(root: Path, subject: Subject) -> tuple[Path, bytes]:
    """Look, plan, see what is about to change, move, write, and read what it is then.

    Returns where the comic is, and the ComicInfo.xml that it had.
    """
    comic = root / subject.path
    here, change = snapshots.take(comic), make_plan(PROCESS, subject)
    assert isinstance(change, Change)  # noqa: S101  ours have something to be done
    assert change.path  # noqa: S101
    comic_info = read(comic).documents["ComicInfo"]
    edit(comic_info, change.changes)
    path = root / change.path
    move(comic, path)
    rewrite(path, lambda xml: edit(xml, change.changes), expected=here)
    snapshots.take(path)
    telling.read(str(path), change.path)
    return path, comic_info


def put_back(path: Path, comic: Path, comic_info: bytes) -> None:
    """Give a comic the name and the tags that it had."""
    move(path, comic)
    rewrite(comic, lambda _: comic_info)


def process_by_batch(place: Place, root: Path, workers: Sequence[int]) -> Spent:
    """Process a library's comics by a batch, and then undo that, which is not measured."""
    everybody = [*workers, postmaster(place.postgres)]
    wall, processor = perf_counter(), sum(map(cpu, everybody))
    batch = asyncio.run(run_batch(place.busy, root, "process"))
    spent = Spent(perf_counter() - wall, (sum(map(cpu, everybody)) - processor) / 1000)
    asyncio.run(undo(place.busy, batch))
    return spent


@contextmanager
def at_work(url: URL, number: int) -> Iterator[list[int]]:
    """Have so many workers at work, and tell which processes they are."""
    with ExitStack() as stack:
        pids = []
        for _ in range(number):
            worker = subprocess.Popen(
                [sys.executable, "-m", "cli", "worker", "--alone"],
                cwd=ROOT,
                env=os.environ | {"DATABASE_URL": conninfo(url), "LOG_LEVEL": "error"},
            )
            stack.callback(worker.wait)
            stack.callback(worker.terminate)
            pids.append(worker.pid)
        yield pids


async def run_batch(url: URL, root: Path, kind: Kind) -> Batch:
    """Make a batch of a library's comics, and wait until it has ended."""
    async with job(url) as conn:
        ids = list(await conn.scalars(IDS, {"root": str(root)}))
        orders = to_builtins(Orders(kind=kind))
        return await wait(url, New(kind=kind, title="", chosen=ids, orders=orders))


async def undo(url: URL, batch: Batch) -> None:
    """Undo a batch, and wait until that is done."""
    await wait(url, batches.undoing(batch, ""))


async def wait(url: URL, new: New) -> Batch:
    """Make a batch, and wait until it has ended."""
    async with job(url) as conn:
        await notices.listen(conn, "batches")
        batch = await batches.make(conn, new)
        await conn.commit()
        while not batch.has_ended:
            await notices.wait(conn, 1)
            batch = await batches.known(conn, batch.id)
            await conn.commit()
    if batch.done < batch.total:
        raise SystemExit(f"Some of it was not done: {batch}")
    return batch


def two_workers(place: Place, scale: float, rounds: int) -> Figure:
    """Convert comics by one worker and by two, in turns."""
    root = place.folder / "packed"
    pack_comics(root, int(PACKED_SIZE * scale))
    asyncio.run(add_library(place.busy, root))
    pairs = [(convert(place, root, 1), convert(place, root, WORKERS)) for _ in range(rounds)]
    one, two = (median(side) for side in zip(*pairs, strict=True))
    return Figure(
        name=f"{PACKED} comics are unpacked from 7z and packed anew by {WORKERS} workers",
        measured=f"{PACKED / two:.1f} comics/s",
        limit=f"{PACKED / one:.1f} comics/s (by one)",
        ratio=median(alone / both for alone, both in pairs),
        goal=at_least(1.7),
    )


def pack_comics(root: Path, size: int) -> None:
    """Write comics alike, of pages that take a while to unpack."""
    first = root / "Saga" / "0.cb7"
    first.parent.mkdir(parents=True)
    with py7zr.SevenZipFile(first, "w", filters=[{"id": FILTER_LZMA2, "preset": 1}]) as archive:
        archive.writestr(os.urandom(size // 2).hex(), "1.jpg")
    for number in range(1, PACKED):
        copyfile(first, first.with_name(f"{number}.cb7"))


def convert(place: Place, root: Path, workers: int) -> float:
    """Convert the comics, and return the seconds that this takes; then put them back."""
    with at_work(place.busy, workers):
        asyncio.run(undo(place.busy, asyncio.run(run_batch(place.busy, root, "convert"))))
        began = perf_counter()
        batch = asyncio.run(run_batch(place.busy, root, "convert"))
        took = perf_counter() - began
        asyncio.run(undo(place.busy, batch))
        return took


def beside_a_batch(plan: Plan, place: Place) -> Figure:
    """Ask for page 1 before a large batch, and while it runs."""
    root, number = place.folder / "numerous", min(BUSY, plan.comics)
    disk.write_comics(root, number)
    asyncio.run(add_library(place.busy, root))
    with running(place.busy, workers=WORKERS) as functions, Connection(functions.port) as asking:
        timed(asking, FILES, plan.seconds)  # warms everything up
        calm = timed(asking, FILES, plan.seconds)
        with at_work(place.busy, WORKERS), ThreadPoolExecutor(1) as other:
            batch = other.submit(lambda: asyncio.run(run_batch(place.busy, root, "process")))
            busy = []
            while not batch.done():
                busy.append(asking.ask(FILES).seconds * 1000)
            batch.result()
    slow, slow_alone = slowest(busy), slowest(calm)
    return Figure(
        name=f"page 1 while a batch of {number:,} runs, 99th percentile",
        measured=f"{slow:.2f} ms (median {median(busy):.2f})",
        limit=f"{slow_alone:.2f} ms (median {median(calm):.2f}) before",
        ratio=slow / slow_alone,
        goal=at_most(2),
    )
