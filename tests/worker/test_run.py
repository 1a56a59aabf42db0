"""A worker keeps what it promises while batches are cancelled and workers are stopped or killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec import json

from comics.archives.reading import read
from comics.tags.comicinfo import parse
from comics.writing.snapshots import take
from db import batch_items, batch_states, engine
from tests.disk import write_comic
from tests.scanner.conftest import Shelf
from tests.worker.conftest import Batched, ended, work_off, work_until, working
from worker import run as running
from worker.desk import Desk
from worker.journal import Journal
from worker.steps import Move

ROOT = Path(__file__).parents[2]
COMICS = 150

TAKEN_OVER = "UPDATE batch_items SET worker = 'another' WHERE worker <> '' RETURNING seq"
GIVEN_UP = "UPDATE batch_items SET lease = now() WHERE worker = 'another' RETURNING seq"
AT_WORK = "(SELECT FROM batch_items WHERE state = 'running')"


@pytest.fixture
async def full_shelf(shelf: Shelf) -> Shelf:
    """Have a library of comics that a batch takes a while to process."""
    for number in range(COMICS):
        write_comic(shelf.root / f"Saga {number // 50}/{number}.cbz", "x", Number=str(number))
    await shelf.scan()
    return shelf


async def until(shelf: Shelf, statement: str) -> None:
    """Wait until this returns a row."""
    async with asyncio.timeout(60):
        while not await shelf.ask(statement):  # noqa: ASYNC110  the database tells of no such event
            await asyncio.sleep(0.01)


def processed(root: Path) -> int:
    """Count the comics on the disk that have their name, and check that their tags go with it."""
    comics = list(root.rglob("* - Chapter *.cbz"))
    for comic in comics:
        told = parse(read(comic).documents["ComicInfo"])
        assert f"{int(told.number):04}" in comic.name
        assert told.title == f"Chapter {told.number}"
    return len(comics)


@asynccontextmanager
async def process(shelf: Shelf) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Have a worker in a process of its own while the block lasts."""
    worker = subprocess.Popen(  # noqa: ASYNC220  it is waited for in a thread
        [sys.executable, "-m", "cli", "worker", "--alone"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": engine.conninfo(shelf.url), "LOG_LEVEL": "error"},
    )
    try:
        yield worker
    finally:
        worker.kill()
        await asyncio.to_thread(worker.wait, 10)


async def test_a_worker_that_waits_is_woken_by_a_batch(
    shelf: Shelf, make_batch: Batched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "IDLE", 600.0)
    write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    async with working(shelf):
        for kind in ("process", "delete"):
            await ended(shelf, await make_batch(kind))
            await asyncio.sleep(0.2)  # so that it waits again
    assert await shelf.present() == []


async def test_a_cancel_ends_a_batch_between_two_comics(
    full_shelf: Shelf, make_batch: Batched
) -> None:
    batch = await make_batch("process")
    async with working(full_shelf, 2):
        await until(full_shelf, "SELECT 1 FROM batches WHERE done > 5")
        await batch_states.cancel(full_shelf.conn, batch.id)
        await full_shelf.conn.commit()
        began = time.monotonic()
        await until(full_shelf, "SELECT 1 WHERE NOT EXISTS " + AT_WORK)
        assert time.monotonic() - began < 5
    (after,) = await ended(full_shelf, batch)
    assert after.state == "cancelled"
    assert 5 < after.done == processed(full_shelf.root) < COMICS


async def test_a_cancel_is_heeded_in_the_middle_of_what_was_claimed(
    full_shelf: Shelf, make_batch: Batched
) -> None:
    batch = await make_batch("process")
    async with engine.working(full_shelf.url) as conn, engine.working(full_shelf.url) as pulse:
        claimed = await batch_items.claim(conn, "worker", 8)
        desk = Desk("worker", conn, pulse, patience=60, hand=ThreadPoolExecutor(1))
        desk.mine = {one.key for one in claimed}
        beating = asyncio.create_task(running.beat(desk))
        todo = desk.watch(claimed)
        assert next(todo) is claimed[0]
        await batch_states.cancel(full_shelf.conn, batch.id)
        await full_shelf.conn.commit()
        async with asyncio.timeout(30):
            while not desk.stopped:  # noqa: ASYNC110  a desk tells of no such event
                await asyncio.sleep(0.01)
        assert len(claimed) > 1
        assert list(todo) == []
        await running.cancel([beating])


async def test_a_batch_that_is_paused_waits_and_goes_on(
    full_shelf: Shelf, make_batch: Batched
) -> None:
    batch = await make_batch("process")
    async with working(full_shelf):
        await until(full_shelf, "SELECT 1 FROM batches WHERE done > 5")
        assert await batch_states.pause(full_shelf.conn, batch.id)
        await full_shelf.conn.commit()
        await asyncio.sleep(1.2)  # what was being claimed at that moment is begun, and left off
        await until(full_shelf, "SELECT 1 WHERE NOT EXISTS " + AT_WORK)
        (done,) = await full_shelf.ask("SELECT done FROM batches")
        await asyncio.sleep(1.2)  # longer than a worker waits to look again
        assert await full_shelf.ask("SELECT done FROM batches") == [done]
        await batch_states.resume(full_shelf.conn, batch.id)
        await full_shelf.conn.commit()
        (after,) = await ended(full_shelf, batch)
    assert after.done == processed(full_shelf.root) == COMICS


async def test_a_worker_that_is_told_to_end_hands_back_the_rest(
    full_shelf: Shelf, make_batch: Batched
) -> None:
    batch = await make_batch("process")
    async with process(full_shelf) as worker:
        await until(full_shelf, "SELECT 1 FROM batches WHERE done > 5")
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, 5) == 0
    assert not await full_shelf.ask(
        "SELECT 1 FROM batch_items WHERE worker <> '' AND ended_at IS NULL"
    )
    (after,) = await work_off(full_shelf, batch)
    assert (after.done, after.failed) == (COMICS, 0)
    assert await full_shelf.ask("SELECT DISTINCT deaths FROM batch_items") == [0]


async def test_what_a_killed_worker_had_begun_the_next_one_ends(
    full_shelf: Shelf, make_batch: Batched
) -> None:
    batch = await make_batch("process")
    async with process(full_shelf):
        await until(full_shelf, "SELECT 1 FROM batches WHERE done > 5")
    await full_shelf.ask("UPDATE batch_items SET lease = now() WHERE worker <> '' RETURNING seq")
    (after,) = await work_off(full_shelf, batch)
    assert (after.done, after.failed) == (COMICS, 0)
    assert processed(full_shelf.root) == COMICS
    paths = await full_shelf.ask("SELECT path FROM files WHERE missing_since IS NULL")
    assert len(paths) == COMICS
    assert all((full_shelf.root / path).exists() for path in paths)
    assert await full_shelf.ask("SELECT count(DISTINCT ordinal)::int FROM batch_items") == [COMICS]


async def test_what_a_dead_worker_has_renamed_but_not_saved_is_done(
    shelf: Shelf, make_batch: Batched
) -> None:
    comic = write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    was = take(comic)
    await make_batch("rename")
    path = {"path": "Saga/b.cbz"}
    left = Journal(
        [Move("Saga/a.cbz", "Saga/b.cbz", was)], before={"path": "Saga/a.cbz"}, after=path
    )
    plan = json.encode(left).decode().replace(":", r"\:")
    await shelf.ask(f"""
        UPDATE batch_items SET state = 'running', worker = 'dead', lease = now(), plan = '{plan}'
        RETURNING seq
    """)  # noqa: S608  our own plan
    comic.rename(shelf.root / "Saga/b.cbz")
    await work_until(shelf, "SELECT 1 FROM batches WHERE state = 'done'")
    assert await shelf.ask("SELECT state, deaths FROM batch_items") == [("done", 1)]
    assert await shelf.present() == ["Saga/b.cbz"]


async def test_a_worker_that_was_taken_over_changes_nothing_more(
    full_shelf: Shelf, make_batch: Batched
) -> None:
    batch = await make_batch("process")
    async with working(full_shelf):
        await until(full_shelf, "SELECT 1 FROM batches WHERE done > 5")
        await full_shelf.ask(
            "UPDATE batch_items SET worker = 'another' WHERE worker <> '' RETURNING 1"
        )
        await until(full_shelf, "SELECT 1 FROM batch_items WHERE worker LIKE 'worker%'")
        await full_shelf.ask(
            "UPDATE batch_items SET lease = now() WHERE worker = 'another' RETURNING 1"
        )
        (after,) = await ended(full_shelf, batch)
    assert (after.done, after.failed) == (COMICS, 0)
    assert processed(full_shelf.root) == COMICS


async def test_a_comic_that_takes_too_long_ends_the_worker_and_is_left_to_the_next(
    shelf: Shelf, make_batch: Batched
) -> None:
    """In a process of its own, where looking at a comic takes a minute."""
    write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    await make_batch("process")
    code = (
        "import asyncio, time\n"
        "from db import engine\n"
        "from worker import doing, run\n"
        "doing.consider = lambda claimed: time.sleep(60)\n"
        "asyncio.run(run.run(engine.working, 'slow', patience=0.1))\n"
    )
    told = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": engine.conninfo(shelf.url)},
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert told.returncode == os.EX_TEMPFAIL
    assert b"comic took too long" in told.stdout + told.stderr
    assert await shelf.ask("SELECT worker FROM batch_items") == ["slow"]
