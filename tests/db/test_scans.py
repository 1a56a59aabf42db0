"""Who may scan, and what becomes of scans that wait or are killed."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, scans
from db.scans import Progress
from tests.conftest import Shelve


@pytest.fixture
async def other(url: URL) -> AsyncIterator[AsyncConnection]:
    """Have a connection like that of another process."""
    async with engine.job(url) as other:
        yield other


@pytest.fixture(autouse=True)
async def _library(shelve: Shelve) -> None:
    await shelve(1)


async def states(conn: AsyncConnection) -> list[str]:
    """Return what is said of each scan, oldest first."""
    told = await conn.scalars(text("SELECT state FROM scans ORDER BY id"))
    await conn.rollback()
    return list(told)


async def test_only_one_scan_of_a_library_begins(
    conn: AsyncConnection, other: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(1, library="/second")
    second = await conn.scalar(text("SELECT max(id) FROM libraries"))
    assert await scans.begin(conn, 1) == 1
    assert await scans.begin(other, 1) is None
    assert await scans.begin(other, second) == 2
    assert await states(other) == ["running", "running"]


async def test_the_lock_goes_with_the_connection(url: URL, conn: AsyncConnection) -> None:
    async with engine.job(url) as dying:
        assert await scans.begin(dying, 1) == 1
        backend = await dying.scalar(text("SELECT pg_backend_pid()"))
        await conn.execute(
            text("SELECT pg_terminate_backend(:backend, 5000)"), {"backend": backend}
        )
        await dying.invalidate()
    assert await scans.begin(conn, 1) == 2
    assert await states(conn) == ["interrupted", "running"]
    buried = await scans.one(conn, 1)
    assert buried
    assert (buried.error or "").startswith("It was stopped")
    assert buried.finished_at


async def test_a_scan_that_waits_becomes_the_one_that_begins(conn: AsyncConnection) -> None:
    waiting = await scans.request(conn, 1)
    assert await scans.queued(conn) == [(1, None)]
    assert await scans.begin(conn, 1) == waiting
    assert await scans.queued(conn) == []


async def test_a_request_is_queued_once(conn: AsyncConnection, other: AsyncConnection) -> None:
    first = await scans.request(conn, 1)
    await conn.commit()
    assert await scans.request(other, 1) == first
    await other.commit()
    assert await states(conn) == ["queued"]


async def test_a_scan_that_runs_does_not_count_as_one_that_waits(conn: AsyncConnection) -> None:
    running = await scans.begin(conn, 1)
    assert await scans.request(conn, 1) != running
    await conn.commit()
    assert await states(conn) == ["running", "queued"]


async def test_the_end_of_a_scan_dates_its_library_only_if_it_is_done(
    conn: AsyncConnection,
) -> None:
    scanned = text("SELECT scanned_at FROM libraries")
    for end in ("failed", "interrupted"):
        scan = await scans.begin(conn, 1)
        assert scan
        await scans.finish(conn, scan, end, "It broke.")
        assert await conn.scalar(scanned) is None
    scan = await scans.begin(conn, 1)
    assert scan
    await scans.finish(conn, scan, "done")
    told = await scans.one(conn, scan)
    assert told
    assert await conn.scalar(scanned) == told.finished_at


async def test_only_so_many_faults_of_a_scan_are_kept(conn: AsyncConnection) -> None:
    scan = await scans.begin(conn, 1)
    assert scan
    faults = [f"Fault {n} in “é”." for n in range(300)]
    await scans.beat(conn, scan, Progress(faulty=300, faults=faults))
    told = await scans.one(conn, scan)
    assert told
    assert (told.faulty, told.faults) == (300, faults[:200])
