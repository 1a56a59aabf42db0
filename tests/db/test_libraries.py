"""Removing a library: in slices, after an attempt that was cut off, and never under a scan."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, libraries, scans
from tests.conftest import Shelve

LEFT = """
    SELECT (SELECT count(*) FROM files)::int, (SELECT count(*) FROM file_tags)::int,
           (SELECT count(*) FROM file_search)::int
"""


@pytest.fixture
async def two(conn: AsyncConnection, shelve: Shelve) -> tuple[int, int]:
    """Have two libraries, of 30 and of 5 comics."""
    await shelve(15, library="/a", marked=True)
    await shelve(5, library="/b")
    await shelve([f"more {n}.cbz" for n in range(15)], library="/a", missing=True)
    first, second = await libraries.every(conn)
    await conn.commit()
    return first.id, second.id


async def test_a_library_is_removed_in_slices_and_the_other_stays(
    conn: AsyncConnection, two: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "SLICE", 4)
    assert await libraries.leave(conn, two[0])
    assert await libraries.remove(conn, two[0])
    assert (await conn.execute(text(LEFT))).one() == (5, 5, 5)
    (other,) = await libraries.every(conn)
    assert (other.id, other.files) == (two[1], 5)
    assert await libraries.leaving(conn) == []


async def test_a_removal_that_was_cut_off_is_begun_again(
    conn: AsyncConnection, two: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "SLICE", 4)
    await libraries.leave(conn, two[0])
    await conn.execute(libraries.REMOVE, {"library": two[0], "after": 0, "slice": 4})
    await conn.commit()
    assert await libraries.leaving(conn) == [two[0]]
    assert await libraries.remove(conn, two[0])
    assert await libraries.leaving(conn) == []


async def test_nothing_is_removed_of_a_library_that_stays(
    conn: AsyncConnection, two: tuple[int, int]
) -> None:
    assert not await libraries.leave(conn, 99)
    assert not await libraries.leaving(conn)
    assert len(await libraries.every(conn)) == len(two)


async def test_nothing_is_removed_under_a_scan(conn: AsyncConnection, two: tuple[int, int]) -> None:
    async with engine.job(conn.engine.url) as other:
        assert await scans.begin(other, two[0])
        await libraries.leave(conn, two[0])
        await conn.commit()
        assert not await libraries.remove(conn, two[0])
        assert await libraries.leaving(conn) == [two[0]]


async def test_a_library_leaves_once(conn: AsyncConnection, two: tuple[int, int]) -> None:
    assert await libraries.leave(conn, two[0])
    assert not await libraries.leave(conn, two[0])
