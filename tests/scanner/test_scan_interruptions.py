"""Scans while they run, and what stays whole when they are stopped in the middle."""

import asyncio
import os
import signal
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from db import differences, engine, scans
from db.scans import LOCK, Progress, Scan
from tests import processes
from tests.disk import write_comics, write_slow_comics
from tests.scanner.conftest import Shelf, check_whole, until


@pytest.mark.usefixtures("quick_tongue")
async def test_progress_is_told_and_stored_while_the_scan_runs(shelf: Shelf) -> None:
    write_comics(shelf.root, 200)
    told: list[tuple[int, int]] = []
    task = asyncio.create_task(
        shelf.scan(tell=lambda progress: told.append((progress.seen, progress.read)))
    )
    stored: list[Scan] = []
    async with engine.job(shelf.url) as conn:
        while not task.done():
            stored += await scans.newest(conn, 1)
            await conn.commit()
            await asyncio.sleep(0.01)
    running = [one for one in stored if one.state == "running"]
    assert {one.id for one in running} == {1}
    assert any(0 < one.read < one.to_read == 200 for one in running)
    assert [one.read for one in stored] == sorted(one.read for one in stored)
    assert told == sorted(told)
    assert any(0 < read < 200 for _, read in told)
    assert told[-1] == (200, 200)


@pytest.mark.usefixtures("quick_tongue")
async def test_comics_are_listed_by_their_names_before_they_are_read(shelf: Shelf) -> None:
    paths = write_comics(shelf.root, 200)
    task = asyncio.create_task(shelf.scan())
    unread = "SELECT count(*)::int FROM files WHERE read_mtime_ns IS NULL"
    met: set[int] = set()
    async with engine.job(shelf.url) as conn:
        other = shelf._replace(conn=conn)
        while not task.done():
            if await other.present():
                assert await other.present() == paths
                met.update(await other.ask(unread))
    assert max(met) == 200
    assert len(met) > 3


@pytest.mark.usefixtures("quick_tongue")
async def test_a_scan_beats_while_it_runs(shelf: Shelf) -> None:
    write_comics(shelf.root, 100)
    task = asyncio.create_task(shelf.scan())
    beats: set[Any] = set()
    async with engine.job(shelf.url) as conn:
        other = shelf._replace(conn=conn)
        while not task.done():
            beats.update(await other.ask("SELECT heartbeat_at FROM scans"))
            await asyncio.sleep(0.01)
    assert len(beats) > 5


async def test_a_scan_that_nobody_can_be_told_of_ends(shelf: Shelf) -> None:
    """As `longbox scan | head` does, whose output is a closed pipe after some lines."""
    write_comics(shelf.root, 20)

    def tell(_: Progress) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await shelf.scan(tell=tell)
    assert (await shelf.newest()).state == "interrupted"


@pytest.mark.usefixtures("quick_tongue")
async def test_a_cancelled_scan_is_interrupted_and_the_next_goes_on(shelf: Shelf) -> None:
    paths = write_comics(shelf.root, 200)
    task = asyncio.create_task(shelf.scan())
    read = "SELECT count(*)::int FROM files WHERE read_mtime_ns IS NOT NULL"
    async with engine.job(shelf.url) as conn:
        other = shelf._replace(conn=conn)
        await until(lambda: other.ask(f"{read} HAVING count(*) > 20"))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        newest = await other.newest()
        assert (newest.state, newest.error) == ("interrupted", "It was stopped before its end.")
        (done,) = await other.ask(read)
    assert 20 < done < 200
    progress = await shelf.scan()
    assert (progress.added, progress.to_read) == (0, 200 - done)
    await check_whole(shelf, paths)
    assert not processes.below(os.getpid(), "scanner.reader")


@pytest.mark.usefixtures("quick_tongue")
async def test_a_scan_may_be_cancelled_at_any_moment(shelf: Shelf) -> None:
    """In each statement and between any two, until there is one that is not caught in time."""
    paths = write_comics(shelf.root, 60)
    moment = 0.0
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(shelf.scan(), moment)
            break
        await shelf.ask("WITH gone AS (DELETE FROM folders) DELETE FROM files RETURNING id")
        moment += 0.029
    await check_whole(shelf, paths)
    assert set(await shelf.ask("SELECT state FROM scans")) == {"interrupted", "done"}


@pytest.mark.usefixtures("quick_tongue")
async def test_readers_killed_in_the_middle_lose_nothing(shelf: Shelf) -> None:
    paths = write_slow_comics(shelf.root, 600)
    task = asyncio.create_task(shelf.scan(readers=2))
    killed: set[int] = set()
    while not task.done():
        readers = await asyncio.to_thread(processes.below, os.getpid(), "scanner.reader")
        if len(killed) < 4:
            for reader in readers:
                processes.kill(reader.pid, signal.SIGKILL)
                killed.add(reader.pid)
        await asyncio.sleep(0.05)
    assert len(killed) >= 4
    assert (await task).faulty == 0
    await check_whole(shelf, paths)


LATEST = f"""
    SELECT pid, pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = {LOCK})
      FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend'
       AND pid <> pg_backend_pid()
     ORDER BY backend_start DESC LIMIT 2
"""  # noqa: S608  our own number


@pytest.mark.usefixtures("quick_tongue")
@pytest.mark.parametrize("holds_lock", [False, True])
async def test_a_scan_that_loses_a_connection_ends_and_the_next_goes_on(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, *, holds_lock: bool
) -> None:
    monkeypatch.setattr(differences, "CHUNK", 20)
    paths = write_comics(shelf.root, 300)
    task = asyncio.create_task(shelf.scan())
    async with engine.job(shelf.url) as conn:
        other = shelf._replace(conn=conn)
        await until(lambda: other.ask("SELECT 1 FROM files WHERE read_mtime_ns IS NOT NULL"))
        (dropped,) = [pid for pid, holds in await other.ask(LATEST) if holds == holds_lock]
        await other.ask(f"SELECT pg_terminate_backend({dropped})")
    with pytest.raises(OperationalError):
        await task
    progress = await shelf.scan()
    assert (progress.added, progress.seen) == (0, 300)
    await check_whole(shelf, paths)
