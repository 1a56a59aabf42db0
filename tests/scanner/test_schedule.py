"""The scheduler, on real libraries: when it scans, and what it goes on after."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
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


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


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


NOW = datetime(2026, 5, 2, 10, tzinfo=UTC)


async def is_due(conn: AsyncConnection, minutes: int = 60, now: datetime = NOW) -> bool:
    """Tell whether the only library is due at a moment."""
    due = schedule.due(await libraries.every(conn), minutes, now)
    await conn.commit()
    return bool(due)


@pytest.mark.parametrize(
    ("planned", "began", "expected"),
    [
        (None, "2026-05-02T08:59Z", True),
        (None, "2026-05-02T09:01Z", False),
        ("never", "2020-01-01T00:00Z", False),
        ("0 9 * * *", "2026-05-02T09:01Z", False),
        ("0 9 * * *", "2026-05-02T08:59Z", True),
        ("0 9 * * *", "2026-03-01T09:00Z", True),  # the machine was off since
        ("0 11 * * *", "2026-05-02T08:59Z", False),
    ],
)
async def test_a_library_is_due_by_its_own_schedule(
    conn: AsyncConnection,
    library: int,
    planned: str | None,
    began: str,
    *,
    expected: bool,
) -> None:
    await libraries.change(conn, library, {"schedule": planned})
    await begin_at(conn, library, began)
    await conn.execute(text("UPDATE libraries SET scheduled_at = '2020-01-01T00:00Z'"))
    assert await is_due(conn) == expected


async def begin_at(conn: AsyncConnection, library: int, moment: str, folder: str = "") -> None:
    """Have a scan have begun then."""
    await conn.execute(
        text("""
            INSERT INTO scans (library_id, folder, state, started_at)
            VALUES (:library, nullif(:folder, ''), 'done', CAST(:moment AS timestamptz))
        """),
        {"library": library, "folder": folder, "moment": moment},
    )


async def test_a_schedule_makes_nothing_due_that_was_before_it(
    conn: AsyncConnection, library: int
) -> None:
    await libraries.change(conn, library, {"schedule": "0 9 * * *"})
    await begin_at(conn, library, "2026-04-01T00:00Z")
    await conn.execute(text("UPDATE libraries SET scheduled_at = '2026-05-02T09:30Z'"))
    assert not await is_due(conn)
    assert await is_due(conn, now=NOW + timedelta(days=1))


async def test_a_scan_of_a_folder_does_not_stand_for_one_of_the_library(
    conn: AsyncConnection, library: int
) -> None:
    await begin_at(conn, library, "2026-05-02T08:00Z")
    await begin_at(conn, library, "2026-05-02T09:59Z", folder="Saga")
    assert await is_due(conn)


async def test_at_the_start_what_has_a_schedule_of_its_own_waits_for_it(
    start: Start, conn: AsyncConnection, library: int, tmp_path: Path
) -> None:
    """A start at noon must not wake disks that are scanned at night. What is watched catches up."""
    own = await know(conn, write_comic(tmp_path / "own" / "b.cbz").parent)
    watched = await know(conn, write_comic(tmp_path / "watched" / "c.cbz").parent)
    await libraries.change(conn, own, {"schedule": "0 3 * * *"})
    await libraries.change(conn, watched, {"schedule": "never", "watch": True})
    await conn.commit()
    start()
    assert [one.library for one in await ended(conn, 2)] == [library, watched]
    await asyncio.sleep(0.3)
    assert len(await scans.newest(conn, 9)) == 2


async def test_the_rows_of_a_removed_library_go_and_its_comics_stay(
    start: Start, conn: AsyncConnection, library: int, comics: Path, client: ASGIConductor
) -> None:
    start()
    await ended(conn, 1)
    await client.simulate_delete(f"/api/libraries/{library}?confirm=comics")
    async with asyncio.timeout(5):
        while await conn.scalar(text("SELECT count(*) FROM libraries")):
            await conn.commit()
            await asyncio.sleep(0.02)
    assert await conn.scalar(text("SELECT count(*) FROM files")) == 0
    assert (comics / "a.cbz").exists()


async def test_a_library_that_is_gone_is_scanned_no_more(
    start: Start, conn: AsyncConnection, library: int
) -> None:
    async with engine.job(conn.engine.url) as other:
        assert await scans.begin(other, library)  # so that its rows cannot go yet
        await scans.request(conn, library)
        await libraries.leave(conn, library)
        await conn.commit()
        start()
        await asyncio.sleep(0.3)
        assert [one.state for one in await scans.newest(conn, 9)] == ["queued", "running"]


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
    assert any(dropped)  # a scan that has just ended may still be leaving, too
    async with asyncio.timeout(5):
        with pytest.raises(psycopg.OperationalError):
            await task
