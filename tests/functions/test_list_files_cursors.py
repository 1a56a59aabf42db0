"""Walking a list by cursor: nothing is left out or comes twice, whatever happens meanwhile."""

import base64
import json
from collections.abc import Awaitable, Callable
from itertools import count, product
from typing import Any

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conftest import Shelve
from tests.functions.conftest import Ask

ORDERS = list(product(("name", "date", "size"), ("asc", "desc")))
FILTERS = ("all", "marked", "unmarked", "duplicates")


def cursor(*parts: object) -> str:
    """Forge a cursor."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


async def walk(
    ask: Ask, query: dict[str, object], between: Callable[[], Awaitable[object]] | None = None
) -> list[int]:
    """Return the ids of a whole list, a page of ten at a time."""
    answer = await ask(per_page=10, **query)
    ids = [file["id"] for file in answer["files"]]
    while answer["next"]:
        if between:
            await between()
        answer = await ask(per_page=10, after=answer["next"], **query)
        ids += [file["id"] for file in answer["files"]]
    return ids


@pytest.fixture
async def shelf(shelve: Shelve) -> None:
    """Shelve many comics of few sizes and dates, some of them with equal names and marks."""
    for library, marked in (("/a", True), ("/b", False), ("/c", False)):
        names = [f"Saga {n}.cbz" for n in range(1, 18)]
        await shelve(names, library=library, size=1, mtime_ns=5, marked=marked, duplicate=marked)
        await shelve(["2 fast.cbz", "10 slow.cbz"], library=library, size=2, mtime_ns=3)


@pytest.mark.usefixtures("shelf")
async def test_a_walk_is_the_whole_list_in_every_order(ask: Ask) -> None:
    for (sort, direction), filter_ in product(ORDERS, FILTERS):
        query: dict[str, object] = {"sort": sort, "direction": direction, "filter": filter_}
        whole = [file["id"] for file in (await ask(per_page=500, **query))["files"]]
        assert await walk(ask, query) == whole, query


@pytest.mark.usefixtures("shelf")
async def test_a_walk_of_a_search_is_the_whole_search(ask: Ask) -> None:
    query: dict[str, object] = {"search": "saga 1", "sort": "size", "filter": "marked"}
    whole = [file["id"] for file in (await ask(per_page=500, **query))["files"]]
    assert len(whole) == 9
    assert await walk(ask, query) == whole


async def test_a_walk_meets_each_old_file_once_while_others_come_and_change(
    ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    old = await shelve(60)
    new = count(1)

    async def disturb() -> None:
        await shelve([f"Aaa {next(new)}.cbz", f"Saga/Saga {next(new)}½.cbz", f"Z {next(new)}.cbz"])
        await conn.execute(text("UPDATE files SET marked = NOT marked WHERE id % 3 = 0"))
        await conn.commit()

    for sort, direction in ORDERS:
        met = await walk(ask, {"sort": sort, "direction": direction}, disturb)
        assert [id_ for id_ in met if id_ in old] == sorted(old, reverse=direction == "desc")
        assert len(set(met)) == len(met)


async def test_the_last_page_leads_nowhere(ask: Ask, shelve: Shelve) -> None:
    await shelve(20)
    assert (await ask(per_page=20))["next"] is None
    second = await ask(per_page=10, page=2)
    assert (len(second["files"]), second["next"]) == (10, None)


async def test_a_numbered_page_leads_to_the_next(ask: Ask, shelve: Shelve) -> None:
    await shelve(30)
    second = await ask(per_page=10, page=2)
    third = await ask(per_page=10, after=second["next"])
    assert third["files"] == (await ask(per_page=10, page=3))["files"]
    assert (third["total_files"], third["unmarked_count"]) == (30, 30)


async def test_everything_behind_a_cursor_is_one_page(ask: Ask, shelve: Shelve) -> None:
    await shelve(30)
    first = await ask(per_page=10)
    rest = await ask(per_page=0, after=first["next"])
    assert [file["id"] for file in rest["files"]] == list(range(11, 31))


WRONG: list[Any] = [
    "x",
    "é",
    "=",
    cursor(),
    cursor("name", "asc", "k"),
    cursor("name", "asc", "k", 1, 1),
    cursor("title", "asc", "k", 1),
    cursor("name", "asc", 5, 1),
    cursor("name", "asc", "\0", 1),
    cursor("name", "asc", "k", 0),
    cursor("name", "asc", "k", 2**31),
    cursor("name", "desc", "k", 1),
    cursor("size", "asc", 5, 1),
]


async def test_a_wrong_cursor_is_refused(client: ASGIConductor) -> None:
    for after in WRONG:
        answer = await client.simulate_get("/api/files", params={"after": after})
        assert answer.status_code == 400, after
        assert answer.json["errors"][0]["pointer"] == "/after"


async def test_a_cursor_by_size_needs_a_number_that_postgresql_has(client: ASGIConductor) -> None:
    for key in ("abc", "5", 2**63, 10**30, None):
        query = {"sort": "size", "after": cursor("size", "asc", key, 1)}
        assert (await client.simulate_get("/api/files", params=query)).status_code == 400
