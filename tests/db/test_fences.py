"""Fences: pages that are found by them are those that are found without, and none is ever false."""

import asyncio
from itertools import product
from typing import get_args

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, fences
from db.fences import List
from db.list_shapes import Direction, Filter, Sort
from tests.conftest import Shelve
from tests.functions.conftest import Ask, ask

__all__ = ["ask"]  # a fixture

LISTS = [List(chosen, sort) for chosen, sort in product(get_args(Filter), get_args(Sort))]


@pytest.fixture(autouse=True)
def close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put fences close together, and around every list."""
    monkeypatch.setattr(fences, "EVERY", 7)
    monkeypatch.setattr(fences, "WORTHWHILE", 0)


@pytest.fixture
async def shelf(shelve: Shelve) -> None:
    """Shelve comics of few sizes and dates, some with equal names, in all states."""
    for library, marked, duplicate in product(("/a", "/b"), (False, True), (False, True)):
        paths = [f"{marked:d}{duplicate:d}/Saga {n}.cbz" for n in range(15)]
        await shelve(paths, library=library, size=3, mtime_ns=9, marked=marked, duplicate=duplicate)
    await shelve(25, library="/c")
    await shelve(["gone.cbz"], missing=True)


async def make_all(conn: AsyncConnection) -> None:
    """Make all fences that are not true."""
    for stale in await fences.stale(conn):
        await fences.make(conn, stale)


async def pages(ask: Ask, one: List, direction: Direction) -> list[list[int]]:
    """Return the ids of every numbered page of a list."""
    query = {"filter": one.filter, "sort": one.sort, "direction": direction, "per_page": 10}
    last = (await ask(**query))["total_pages"]
    numbered = [await ask(page=page, **query) for page in range(1, last + 2)]
    return [[file["id"] for file in page["files"]] for page in numbered]


@pytest.mark.usefixtures("shelf")
async def test_pages_are_the_same_with_and_without_fences(ask: Ask, conn: AsyncConnection) -> None:
    orders = list(product(LISTS, get_args(Direction)))
    without = [await pages(ask, *order) for order in orders]
    await make_all(conn)
    assert await fences.stale(conn) == {}
    assert [await pages(ask, *order) for order in orders] == without


@pytest.mark.usefixtures("shelf")
async def test_a_page_is_found_by_the_fence_before_it(ask: Ask, conn: AsyncConnection) -> None:
    """A fence that is moved, though its signature says that it is true, moves the page."""
    await make_all(conn)
    before = await ask(page=3, per_page=10)
    await conn.execute(text("UPDATE fences SET ordinal = ordinal + 1 WHERE ordinal > 0"))
    await conn.commit()
    assert (await ask(page=3, per_page=10))["files"] != before["files"]


@pytest.mark.usefixtures("shelf")
async def test_fences_of_a_list_that_has_changed_are_not_used(
    ask: Ask, conn: AsyncConnection
) -> None:
    changes = [
        "UPDATE files SET marked = NOT marked WHERE id % 3 = 0",
        "UPDATE files SET duplicate = NOT duplicate WHERE id % 5 = 0",
        "UPDATE files SET size = size + id % 4, mtime_ns = mtime_ns - id % 3",
        "UPDATE files SET missing_since = now() WHERE id % 7 = 0",
        "UPDATE files SET sort_key = 'a' WHERE id = 99",
        "DELETE FROM files WHERE id % 11 = 0",
        "DELETE FROM libraries WHERE root = '/a'",
    ]
    for change in changes:
        await make_all(conn)
        await conn.execute(text(change))
        await conn.commit()
        for one in LISTS:
            met = await pages(ask, one, "asc")
            query = {"filter": one.filter, "sort": one.sort, "per_page": 500}
            whole = [file["id"] for file in (await ask(**query))["files"]]
            assert [id_ for page in met[:-1] for id_ in page] == whole, (change, one)


@pytest.mark.usefixtures("shelf")
async def test_a_mark_leaves_the_fences_of_all_and_its_undoing_those_of_the_marked(
    conn: AsyncConnection,
) -> None:
    await make_all(conn)
    await conn.execute(text("UPDATE files SET marked = true WHERE id = 1"))
    assert {one.filter for one in await fences.stale(conn)} == {"marked", "unmarked"}
    await conn.execute(text("UPDATE files SET marked = false WHERE id = 1"))
    assert await fences.stale(conn) == {}


async def test_a_short_list_is_not_worth_fences(
    conn: AsyncConnection, shelve: Shelve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fences, "WORTHWHILE", 20)
    await shelve(19)
    assert await fences.stale(conn) == {}
    await shelve(["one.cbz"])
    assert {one.filter for one in await fences.stale(conn)} == {"all", "unmarked"}


@pytest.mark.usefixtures("shelf")
async def test_those_who_make_the_same_fences_at_once_make_them_once(
    url: URL, conn: AsyncConnection
) -> None:
    async def make() -> None:
        async with engine.job(url) as own:
            await make_all(own)

    await asyncio.gather(*(make() for _ in range(4)))
    await make_all(conn)
    assert await fences.stale(conn) == {}
