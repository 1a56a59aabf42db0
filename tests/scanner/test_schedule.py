"""The scheduler, on real libraries: when it scans, and what it goes on after."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import psycopg
import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, libraries, scans, settings
from db.scans import Scan
from scanner import schedule
from scanner.scan import Orders
from tests.disk import write_comic

Start = Callable[[], "asyncio.Task[None]"]


@pytest.fixture
async def start(url: URL) -> AsyncIterator[Start]:
    """Return a function that starts a scheduler, which ends with the test."""
    started: list[asyncio.Task[None]] = []

    def start() -> asyncio.Task[None]:
        started.append(asyncio.create_task(schedule.run(partial(engine.job, url), Orders(1))))
        return started[-1]

    yield start
    for task in started:
        task.cancel()
    await asyncio.gather(*started, return_exceptions=True)


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    """Have a library of one comic."""
    return write_comic(tmp_path / "comics" / "a.cbz").parent


@pytest.fixture
async def library(comics: Path, conn: AsyncConnection) -> int:
    """Have that library in the database, and return its id."""
    return await know(conn, comics)


async def know(conn: AsyncConnection, root: Path) -> int:
    number = await libraries.ensure(conn, str(root), root.name)
    await conn.commit()
    return number


async def ended(conn: AsyncConnection, count: int, seconds: float = 10) -> list[Scan]:
    """Wait until so many scans have ended, and return them, the oldest first."""
    async with asyncio.timeout(seconds):
        while True:
            known = await scans.newest(conn, 99)
            await conn.commit()
            if len([one for one in known if one.finished_at]) >= count:
                return known[::-1]
            await asyncio.sleep(0.02)


async def test_every_library_is_scanned_at_the_start(
    start: Start, conn: AsyncConnection, library: int, tmp_path: Path
) -> None:
    write_comic(tmp_path / "more" / "b.cbz")
    more = await know(conn, tmp_path / "more")
    start()
    done = await ended(conn, 2)
    assert [(one.library, one.state, one.seen) for one in done] == [
        (library, "done", 1),
        (more, "done", 1),
    ]


async def test_a_request_starts_a_scan_at_once(
    start: Start, conn: AsyncConnection, library: int, comics: Path, client: ASGIConductor
) -> None:
    start()
    await ended(conn, 1)
    write_comic(comics / "b.cbz")
    answer = await client.simulate_post("/api/scans", json={"library": library})
    assert answer.status_code == 202
    (queued,) = answer.json["scans"]
    assert queued["state"] == "queued"
    first, second = await ended(conn, 2, seconds=3)
    assert (second.id, second.state, second.seen, second.added) == (queued["id"], "done", 2, 1)
    assert first.state == "done"


async def test_a_request_made_while_a_scan_runs_is_not_lost(
    start: Start, conn: AsyncConnection, library: int
) -> None:
    """It may be past the folder that has changed."""
    async with engine.job(conn.engine.url) as other:
        assert await scans.begin(other, library)
        await scans.request(conn, library)
        await conn.commit()
        start()
        await asyncio.sleep(0.3)
        assert [one.state for one in await scans.newest(conn, 9)] == ["queued", "running"]
    await conn.commit()
    await scans.request(conn, library)
    await conn.commit()
    buried, done = await ended(conn, 2, seconds=3)
    assert (buried.state, done.state) == ("interrupted", "done")


async def test_a_library_that_is_due_is_scanned_and_then_is_not(
    start: Start, conn: AsyncConnection, library: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "LOOK", 0.05)
    start()
    await ended(conn, 1)
    await conn.execute(text("UPDATE scans SET started_at = now() - interval '61 minutes'"))
    await conn.commit()
    assert [one.library for one in await ended(conn, 2)] == [library] * 2
    await asyncio.sleep(0.3)
    assert len(await scans.newest(conn, 9)) == 2


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(("minutes", "scanned"), [(0, 1), (1, 2)])
async def test_nothing_is_due_where_the_interval_is_nought(
    start: Start,
    conn: AsyncConnection,
    monkeypatch: pytest.MonkeyPatch,
    minutes: int,
    scanned: int,
) -> None:
    monkeypatch.setattr(schedule, "LOOK", 0.05)
    await settings.change(conn, {"scan_every_minutes": minutes})
    await conn.commit()
    start()
    await ended(conn, 1)
    await conn.execute(text("UPDATE scans SET started_at = now() - interval '1 week'"))
    await conn.commit()
    await asyncio.sleep(0.6)
    assert len(await scans.newest(conn, 9)) == scanned


async def test_a_library_whose_folder_is_missing_does_not_stop_the_others(
    start: Start, conn: AsyncConnection, comics: Path, tmp_path: Path
) -> None:
    missing = await know(conn, tmp_path / "nowhere")
    there = await know(conn, comics)
    start()
    failed, done = await ended(conn, 2)
    assert (failed.library, failed.state) == (missing, "failed")
    assert "is not there" in str(failed.error)
    assert (done.library, done.state) == (there, "done")
    await scans.request(conn, missing)
    await scans.request(conn, there)
    await conn.commit()
    assert [one.state for one in await ended(conn, 4)] == ["failed", "done"] * 2


async def test_a_library_that_somebody_else_scans_is_left_to_them(
    start: Start, conn: AsyncConnection, library: int, tmp_path: Path
) -> None:
    write_comic(tmp_path / "more" / "b.cbz")
    more = await know(conn, tmp_path / "more")
    async with engine.job(conn.engine.url) as other:
        assert await scans.begin(other, library)
        start()
        async with asyncio.timeout(5):
            while not any(one.finished_at for one in await scans.newest(conn, 9, more)):
                await conn.commit()
                await asyncio.sleep(0.02)
        assert [one.state for one in await scans.newest(conn, 9, library)] == ["running"]


@pytest.mark.usefixtures("library")
async def test_a_scheduler_that_loses_the_database_ends_rather_than_hang(
    start: Start, conn: AsyncConnection
) -> None:
    """The process tree starts it again."""
    task = start()
    await ended(conn, 1)
    await asyncio.sleep(0.1)
    dropped = await conn.scalars(
        text("""
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()
        """)
    )
    assert list(dropped) == [True]
    async with asyncio.timeout(5):
        with pytest.raises(psycopg.OperationalError):
            await task
