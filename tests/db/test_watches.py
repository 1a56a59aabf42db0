"""Who watches a library, and what is known of what has changed there."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, libraries, watches
from tests.conftest import Shelve


@pytest.fixture
async def library(conn: AsyncConnection, shelve: Shelve) -> int:
    """Have a library that is to be watched."""
    await shelve(["Batman/1.cbz", "Batman Beyond/2.cbz", "3.cbz"])
    await shelve(["Gone/4.cbz"], missing=True)
    (known,) = await libraries.every(conn)
    await libraries.change(conn, known.id, {"watch": True})
    await conn.commit()
    return known.id


async def state(conn: AsyncConnection) -> str:
    (library,) = await libraries.every(conn)
    await conn.commit()
    return library.watching


async def test_one_alone_watches_a_library(conn: AsyncConnection, library: int) -> None:
    assert await state(conn) == "off"
    async with engine.job(conn.engine.url) as other:
        assert await watches.begin(other, library)
        assert await state(conn) == "on"
        assert not await watches.begin(conn, library)
        await watches.end(other, library)
        assert await state(conn) == "off"
        assert await watches.begin(conn, library)


async def test_why_it_is_not_watched_is_told_until_it_is(
    conn: AsyncConnection, library: int
) -> None:
    assert await watches.fail(conn, library, "no disk")
    assert not await watches.fail(conn, library, "no disk")
    assert await state(conn) == "unavailable: no disk"
    assert await watches.begin(conn, library)
    await watches.end(conn, library)
    assert await state(conn) == "off"


async def test_what_is_not_to_be_watched_is_off_whatever_went_before(
    conn: AsyncConnection, library: int
) -> None:
    await watches.fail(conn, library, "no disk")
    await libraries.change(conn, library, {"watch": False})
    assert await state(conn) == "off"


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("Batman/1.cbz", True),
        ("Batman", True),
        ("Bat", False),
        ("Batman Beyon", False),
        ("3.cbz", True),
        ("Gone", False),
        ("Gone/4.cbz", False),
        ("Batman%", False),
    ],
)
async def test_a_path_is_known_if_it_or_what_is_in_it_is_listed(
    conn: AsyncConnection, library: int, path: str, *, known: bool
) -> None:
    assert await watches.knows(conn, library, path) == known


async def test_to_know_a_path_costs_the_same_however_many_files_there_are(
    conn: AsyncConnection, library: int, shelve: Shelve
) -> None:
    await shelve(2_000)
    await conn.execute(text("ANALYZE files"))
    explain = text(f"EXPLAIN (COSTS off) {watches.KNOWS.text}")
    plan = "\n".join(await conn.scalars(explain, {"library": library, "path": "Batman"}))
    assert plan.count("Index Cond: ((path") == 2
    assert "Filter" not in plan
