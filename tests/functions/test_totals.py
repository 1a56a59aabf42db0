"""How long a list is: exact where it is kept, and else up to a bound, beyond which it says so."""

import re
from itertools import product
from typing import Any, get_args

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import listing
from db.list_shapes import Direction, Sort
from tests.conftest import Shelve
from tests.functions.conftest import Ask

Query = dict[str, Any]

BOUND = 25
LOOKED_FOR: list[Query] = [
    {"search": "saga"},
    {"search": "s"},
    {"search": "s", "filter": "unmarked"},
    {"search": "saga", "series": "Saga"},
    {"search": "even", "filter": "unmarked"},
    {"search": "saga", "filter": "unmarked", "library": 1},
    {"series": "Saga", "year": 2012},
    {"folder": "Saga", "format": "cbz", "fault": False},
    {"publisher": "Image", "missing": True},
]


@pytest.fixture(autouse=True)
def bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for few files, and walk a few."""
    monkeypatch.setattr(listing, "BOUND", BOUND)
    monkeypatch.setattr(listing, "REACH", dict.fromkeys(listing.REACH, 15))


async def shelve_both(shelve: Shelve, number: int) -> None:
    """Shelve so many files that all questions mean, each second one between others; or gone."""
    known = {"series": "Saga", "year": 2012, "format": "cbz", "publisher": "Image"}
    for n in range(number):
        await shelve([f"Saga/Saga {n}.cbz"], **known)
        await shelve([f"Other/Other {n}.cbr"], format="cbr")
        await shelve([f"Gone/Gone {n}.cbz"], missing=True, **known)
    for marked in (False, True):  # each file between two of the other kind
        await shelve([f"Even/{n}, {marked:d}.cbz" for n in range(number)], marked=marked)


@pytest.mark.parametrize(
    ("number", "total", "exact"),
    [(BOUND - 1, BOUND - 1, True), (BOUND, BOUND, True), (BOUND + 9, BOUND + 1, False)],
)
async def test_a_total_is_exact_up_to_the_bound(
    ask: Ask, shelve: Shelve, number: int, total: int, *, exact: bool
) -> None:
    await shelve_both(shelve, number)
    for query in LOOKED_FOR:
        answer = await ask(per_page=10, **query)
        assert (answer["total_files"], answer["total_is_exact"]) == (total, exact), query
        assert answer["total_pages"] == -(-total // 10)
        assert len(answer["files"]) == 10


async def test_whoever_follows_the_pages_of_an_inexact_total_meets_everything(
    ask: Ask, shelve: Shelve
) -> None:
    """By number until the page is the last one told of, by cursor until there is none."""
    await shelve_both(shelve, 64)
    for query, sort, direction in product(LOOKED_FOR, get_args(Sort), get_args(Direction)):
        order = {"sort": sort, "direction": direction, "per_page": 10, **query}
        whole = [file["id"] for file in (await ask(**{**order, "per_page": 100}))["files"]]
        assert len(whole) == 64
        answer = await ask(**order)
        numbered = [file["id"] for file in answer["files"]]
        while answer["page"] < answer["total_pages"]:
            answer = await ask(page=answer["page"] + 1, **order)
            numbered += [file["id"] for file in answer["files"]]
        assert numbered == whole, order
        assert (answer["total_files"], answer["total_is_exact"]) == (64, True)
        answer = await ask(**order)
        walked = [file["id"] for file in answer["files"]]
        while answer["next"]:
            answer = await ask(after=answer["next"], **order)
            walked += [file["id"] for file in answer["files"]]
        assert walked == whole, order


async def test_a_page_past_the_end_of_an_inexact_total_is_the_last(
    ask: Ask, shelve: Shelve
) -> None:
    await shelve_both(shelve, 64)
    answer = await ask(search="saga", per_page=10, page=99)
    assert (answer["page"], answer["total_files"], answer["total_is_exact"]) == (7, 64, True)
    assert [file["name"] for file in answer["files"]] == [f"Saga {n}.cbz" for n in range(60, 64)]


async def test_only_an_exact_total_has_a_last_page_to_link_to(
    client: ASGIConductor, shelve: Shelve
) -> None:
    await shelve_both(shelve, 64)
    for query, relations in (
        ("search=saga&page=2", {"first", "prev", "next"}),
        ("series=Saga&page=2", {"first", "prev", "next", "last"}),
    ):
        answer = await client.simulate_get("/api/files", query_string=f"per_page=10&{query}")
        assert set(re.findall(r'rel="(\w+)"', answer.headers["link"])) == relations


async def test_everything_on_one_page_has_an_exact_total(
    ask: Ask, shelve: Shelve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.list_files.CHUNK", 10)
    await shelve_both(shelve, 64)
    answer = await ask(search="saga", per_page=0)
    assert len(answer["files"]) == answer["total_files"] == 64
    assert answer["total_is_exact"]


KEPT: list[Query] = [
    *({name: value} for name, value in {"series": "Saga", "publisher": "Image"}.items()),
    *({name: value} for name, value in {"year": 2012, "format": "cbz", "folder": "Saga"}.items()),
    {"folder": "Saga/Deep"},
    {"folder": "Deep"},
    {"series": "Bone"},
    {},
]


async def test_the_total_of_one_value_or_folder_is_exact_however_many(
    ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    known = {"series": "Saga", "publisher": "Image", "year": 2012, "format": "cbz"}
    for library in ("/a", "/b"):
        await shelve(40, library=library, **known)
        await shelve([f"Saga/Deep/{n}.cbz" for n in range(7)], library=library, fault="It is bad.")
        await shelve(["Saga/Saga.cbr"], library=library, missing=True, **known)
    await conn.execute(
        text("UPDATE files SET marked = id % 3 = 0, duplicate = id % 4 = 0, size = id % 5")
    )
    await conn.commit()
    choices = ("all", "marked", "unmarked", "duplicates")
    places: list[Query] = [{}, {"library": 2}]
    faults: list[Query] = [{}, {"fault": True}, {"fault": False}]
    for query, chosen, place, fault in product(KEPT, choices, places, faults):
        asked = {"filter": chosen, **query, **place, **fault}
        answer = await ask(per_page=500, sort="size", **asked)
        if chosen == "all" or not fault:
            assert answer["total_is_exact"], asked
            assert answer["total_files"] == len(answer["files"]), asked
