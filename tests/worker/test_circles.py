"""Comics of one batch that want each other's names get them, near or far, and all or none."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from comics.archives.reading import read
from comics.rules import Settings
from comics.tags.comicinfo import parse
from db import batch_items, batch_states, engine
from tests.disk import write_comic
from tests.scanner.conftest import Shelf
from tests.worker.conftest import Batched, work_off, work_until
from worker import recording
from worker.circles import moves_of
from worker.desk import Desk
from worker.doing import together
from worker.gathering import gather
from worker.planning import Intention

ORDERS = Settings(filename_format="Saga {issue_no_pad}")
BY_SERIES = Settings(filename_format="{series} {issue_no_pad}")
ROWS = "SELECT path, duplicate FROM files WHERE missing_since IS NULL ORDER BY id"


def write_circle(root: Path, length: int, *, closed: bool = True) -> None:
    """Write comics each of which has the number of the next, and the last that of the first."""
    for place in range(length):
        number = place + 1 if place + 1 < length or not closed else 0
        write_comic(root / f"Saga/Saga {place}.cbz", "x", Number=str(number))


def numbers(root: Path) -> dict[str, str]:
    """Return which comic, by its number, has which name."""
    comics = {path.name: read(path) for path in root.rglob("*.cbz")}
    return {name: parse(one.documents["ComicInfo"]).number for name, one in comics.items()}


def right(*numbers: int) -> dict[str, str]:
    """Return which names comics are to have."""
    return {f"Saga {number}.cbz": str(number) for number in numbers}


@asynccontextmanager
async def begin(shelf: Shelf) -> AsyncIterator[list[Intention]]:
    """Have a worker that is about to turn a circle, and is dead in the end."""
    async with engine.working(shelf.url) as conn:
        desk = Desk("dead", conn, conn, patience=60, hand=ThreadPoolExecutor(1))
        claimed = await batch_items.claim(conn, desk.name, 8)
        desk.mine = {one.key for one in claimed}
        prepared = await gather(desk, claimed)
        await recording.journal(desk, prepared)
        (circle,) = together(prepared.intentions)
        yield circle
        desk.hand.shutdown()
    await shelf.ask("UPDATE batch_items SET lease = now() WHERE worker = 'dead' RETURNING seq")


@pytest.mark.parametrize("length", [2, 3])
async def test_comics_in_a_circle_change_names_and_change_back(
    shelf: Shelf, make_batch: Batched, undo: Batched, length: int
) -> None:
    write_circle(shelf.root, length)
    before = numbers(shelf.root)
    await shelf.scan()
    rows = await shelf.ask(ROWS)
    (batch,) = await work_off(shelf, await make_batch("rename", settings=ORDERS))
    assert (batch.done, batch.skipped, batch.failed) == (length, 0, 0)
    assert numbers(shelf.root) == right(*range(length))
    assert [path for path, _ in await shelf.ask(ROWS)] == [
        f"Saga/Saga {(place + 1) % length}.cbz" for place in range(length)
    ]
    (undone,) = await work_off(shelf, await undo(batch))
    assert undone.done == length
    assert (numbers(shelf.root), await shelf.ask(ROWS)) == (before, rows)
    scanned = await shelf.scan()
    assert (scanned.added, scanned.vanished, scanned.to_read) == (0, 0, 0)


async def test_names_that_differ_in_case_alone_are_changed_too(
    shelf: Shelf, make_batch: Batched
) -> None:
    for name, series in (("saga 1", "Saga"), ("Saga 1", "saga")):
        write_comic(shelf.root / f"{name}.cbz", series, Series=series, Number="1")
    await shelf.scan()
    (batch,) = await work_off(shelf, await make_batch("rename", settings=BY_SERIES))
    assert (batch.done, batch.skipped) == (2, 0)
    for series in ("saga", "Saga"):
        told = parse(read(shelf.root / f"{series} 1.cbz").documents["ComicInfo"])
        assert told.series == series


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("closed", [False, True])
async def test_a_chain_that_no_worker_claims_at_once_is_done_from_its_end(
    shelf: Shelf, make_batch: Batched, *, workers: int, closed: bool
) -> None:
    """A worker claims eight at first, of which each but the last waits for the next."""
    write_circle(shelf.root, 30, closed=closed)
    await shelf.scan()
    batch = await make_batch("rename", settings=ORDERS)
    (batch,) = await work_off(shelf, batch, workers=workers)
    assert (batch.done, batch.skipped, batch.failed) == (30, 0, 0)
    assert numbers(shelf.root) == right(*range(0 if closed else 1, 30 if closed else 31))


async def test_a_preview_knows_who_leaves(shelf: Shelf, make_batch: Batched) -> None:
    write_circle(shelf.root, 30)
    await shelf.scan()
    batch = await make_batch("rename", settings=ORDERS, preview=True)
    (batch,) = await work_off(shelf, batch, workers=2)
    assert (batch.done, batch.skipped) == (30, 0)
    assert await shelf.ask("SELECT count(DISTINCT after ->> 'path')::int FROM batch_items") == [30]


@pytest.mark.parametrize("moves", range(5))
async def test_a_circle_whose_worker_has_died_is_ended_by_the_next(
    shelf: Shelf, make_batch: Batched, moves: int
) -> None:
    write_circle(shelf.root, 3)
    await shelf.scan()
    batch = await make_batch("process", settings=ORDERS)
    async with begin(shelf) as circle:
        first, *others = moves_of(circle)
        steps = [first.step_aside, *(one.perform for one in others), first.perform]
        for step in steps[:moves]:
            step(str(shelf.root))
    (batch,) = await work_off(shelf, batch, workers=2)
    assert (batch.done, batch.skipped, batch.failed) == (3, 0, 0)
    assert numbers(shelf.root) == right(0, 1, 2)
    assert sorted(path for path, _ in await shelf.ask(ROWS)) == [
        f"Saga/{name}" for name in right(0, 1, 2)
    ]


async def test_a_circle_that_was_begun_is_ended_though_its_batch_is_cancelled(
    shelf: Shelf, make_batch: Batched
) -> None:
    write_circle(shelf.root, 3)
    await shelf.scan()
    batch = await make_batch("rename", settings=ORDERS)
    async with begin(shelf) as circle:
        first, *_ = moves_of(circle)
        first.step_aside(str(shelf.root))
    await batch_states.cancel(shelf.conn, batch.id)
    await shelf.conn.commit()
    await work_until(shelf, "SELECT 1 FROM batches WHERE done = 3")
    assert numbers(shelf.root) == right(0, 1, 2)


async def test_where_somebody_takes_its_name_meanwhile_a_comic_is_known_where_it_is(
    shelf: Shelf, make_batch: Batched
) -> None:
    write_circle(shelf.root, 3)
    await shelf.scan()
    batch = await make_batch("rename", settings=ORDERS)
    async with begin(shelf) as circle:
        first, *_ = moves_of(circle)
        first.step_aside(str(shelf.root))
        other = write_comic(shelf.root / first.old, "somebody's")
    (batch,) = await work_off(shelf, batch)
    assert (batch.done, batch.skipped) == (0, 3)
    assert parse(read(other).documents["ComicInfo"]).title == "somebody's"
    assert first.aside
    assert first.aside in [path for path, _ in await shelf.ask(ROWS)]
    assert (shelf.root / first.aside).exists()


async def test_where_one_is_not_what_it_was_the_others_begin_anew(
    shelf: Shelf, make_batch: Batched
) -> None:
    write_circle(shelf.root, 3)
    await shelf.scan()
    batch = await make_batch("rename", settings=ORDERS)
    async with begin(shelf) as circle:
        first, second, _ = moves_of(circle)
        first.step_aside(str(shelf.root))
        (shelf.root / second.old).unlink()
        write_comic(shelf.root / second.old, "another", Number="7")
    (batch,) = await work_off(shelf, batch)
    assert (batch.done, batch.failed, batch.skipped) == (3, 0, 0)
    assert len(numbers(shelf.root)) == 3
    assert await shelf.ask("SELECT max(tries)::int FROM batch_items") == [1]
