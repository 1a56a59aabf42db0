"""GET /api/files by its contract: pages, wrong numbers, order, and what a file shows."""

from itertools import product

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conftest import Shelve
from tests.functions.conftest import Ask

NAMES = ["Saga 1.cbz", "saga 2.cbz", "Saga 10.cbz", "Émile.cbz", "Zot.cbz"]
BY_NAME = ["Émile.cbz", "Saga 1.cbz", "saga 2.cbz", "Saga 10.cbz", "Zot.cbz"]


async def test_an_empty_library_is_one_empty_page(ask: Ask) -> None:
    assert await ask() == {
        "files": [],
        "page": 1,
        "per_page": 100,
        "total_files": 0,
        "total_is_exact": True,
        "total_pages": 1,
        "unmarked_count": 0,
        "cache_rebuilding": False,
        "next": None,
    }


async def test_a_file_shows_what_is_known_of_it(ask: Ask, shelve: Shelve) -> None:
    known = {
        "size": 123_456_789_012,
        "mtime_ns": 1_600_000_000_500_000_000,
        "format": "cbr",
        "page_count": 32,
        "series": 'Saga "of" \\ the\n世界',
        "number": "1½",
        "title": "Œuvre",
        "publisher": "Image",
        "year": 2012,
        "fault": "It ends in the middle.",
    }
    (number,) = await shelve(
        ["Saga/Été '#1.cbr"], library="/my comics", marked=True, duplicate=True, **known
    )
    del known["mtime_ns"]
    assert (await ask())["files"] == [
        {
            "id": number,
            "library": 1,
            "path": "/my comics/Saga/Été '#1.cbr",
            "relative_path": "Saga/Été '#1.cbr",
            "name": "Été '#1.cbr",
            "modified": 1_600_000_000.5,
            "processed": True,
            "duplicate": True,
            "missing": False,
            **known,
        }
    ]


async def test_a_file_of_which_nothing_is_known_shows_nulls(ask: Ask, shelve: Shelve) -> None:
    await shelve(["x.cbz"], library="/")
    (file,) = (await ask())["files"]
    assert file["path"] == "/x.cbz"
    assert (file["processed"], file["duplicate"]) == (False, False)
    told = ("format", "series", "number", "title", "publisher", "year", "page_count", "fault")
    assert [file[name] for name in told] == [None] * len(told)


async def test_per_page_is_held_between_10_and_500(ask: Ask, shelve: Shelve) -> None:
    await shelve(30)
    given = {"25": 25, "1": 10, "9": 10, "501": 500, "99999999999999999999": 500, " +20 ": 20}
    for asked, per_page in given.items():
        answer = await ask(per_page=asked)
        assert answer["per_page"] == per_page
        assert len(answer["files"]) == min(per_page, 30)


async def test_what_is_no_number_is_the_default(ask: Ask, shelve: Shelve) -> None:
    await shelve(3)
    for value in ("", "x", "1.5", "0x10", "9" * 5000):
        answer = await ask(page=value, per_page=value)
        assert (answer["page"], answer["per_page"]) == (1, 100)


async def test_a_number_that_is_sent_twice_is_the_default(client: ASGIConductor) -> None:
    answer = await client.simulate_get("/api/files", query_string="page=2&page=3&per_page=20")
    assert (answer.json["page"], answer.json["per_page"]) == (1, 20)


async def test_an_unknown_word_is_the_default(ask: Ask, shelve: Shelve) -> None:
    await shelve(NAMES)
    for name in ("filter", "sort", "direction"):
        assert await ask(**{name: "sideways"}) == await ask()


async def test_a_page_before_the_first_is_the_first(ask: Ask, shelve: Shelve) -> None:
    await shelve(25)
    for page in ("0", "-3", "-99999999999999999999"):
        assert await ask(page=page, per_page=10) == await ask(page=1, per_page=10)


async def test_a_page_past_the_end_is_the_last(ask: Ask, shelve: Shelve) -> None:
    await shelve(25)
    last = await ask(page=3, per_page=10)
    assert [file["name"] for file in last["files"]] == [f"Saga {n}.cbz" for n in range(21, 26)]
    for page in ("4", "99", "99999999999999999999"):
        assert await ask(page=page, per_page=10) == last


async def test_a_page_past_the_end_of_a_search_is_its_last(ask: Ask, shelve: Shelve) -> None:
    await shelve(25)
    answer = await ask(page=9, per_page=10, search="saga 1")
    assert (answer["page"], answer["total_pages"], answer["total_files"]) == (2, 2, 11)
    assert [file["name"] for file in answer["files"]] == ["Saga 19.cbz"]


async def test_numbered_pages_make_up_the_list_from_either_end(ask: Ask, shelve: Shelve) -> None:
    await shelve(95)
    for sort, direction in product(("name", "date", "size"), ("asc", "desc")):
        order = {"sort": sort, "direction": direction, "per_page": 10}
        pages = [await ask(page=page, **order) for page in range(1, 11)]
        ids = [file["id"] for page in pages for file in page["files"]]
        assert ids == sorted(range(1, 96), reverse=direction == "desc")


@pytest.mark.parametrize(("per_page", "chunk"), [(0, 1), (-1, 7), (0, 20), (-9, 5000)])
async def test_no_limit_is_everything_on_one_page(
    ask: Ask, shelve: Shelve, monkeypatch: pytest.MonkeyPatch, per_page: int, chunk: int
) -> None:
    monkeypatch.setattr("functions.list_files.CHUNK", chunk)
    await shelve(20)
    answer = await ask(per_page=per_page, page=3)
    assert [file["id"] for file in answer["files"]] == list(range(1, 21))
    del answer["files"]
    assert answer == {
        "page": 1,
        "per_page": per_page,
        "total_files": 20,
        "total_is_exact": True,
        "total_pages": 1,
        "unmarked_count": 20,
        "cache_rebuilding": False,
        "next": None,
    }


async def test_everything_of_nothing_is_empty(ask: Ask) -> None:
    assert (await ask(per_page=0))["files"] == []


async def test_names_are_in_natural_order(ask: Ask, shelve: Shelve) -> None:
    await shelve(NAMES)
    assert [file["name"] for file in (await ask())["files"]] == BY_NAME


async def test_descending_is_the_exact_reverse(ask: Ask, shelve: Shelve) -> None:
    await shelve(NAMES, size=7, mtime_ns=7)
    for sort in ("name", "date", "size"):
        ascending = (await ask(sort=sort))["files"]
        assert (await ask(sort=sort, direction="desc"))["files"] == ascending[::-1]


async def test_equal_files_are_in_the_order_of_their_ids(
    ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    for library in ("/a", "/b", "/c"):
        await shelve(["same.cbz"], library=library, size=1, mtime_ns=1)
    await conn.execute(text("UPDATE files SET title = 'moved behind the others' WHERE id = 1"))
    await conn.commit()
    for sort in ("name", "date", "size"):
        assert [file["id"] for file in (await ask(sort=sort))["files"]] == [1, 2, 3]


async def test_unmarked_count_ignores_what_is_asked(ask: Ask, shelve: Shelve) -> None:
    await shelve(["a.cbz", "b.cbz", "c.cbz"])
    await shelve(["m.cbz"], marked=True)
    await shelve(["gone.cbz"], missing=True)
    for query in ({}, {"filter": "marked"}, {"search": "nothing"}, {"missing": True}):
        assert (await ask(**query))["unmarked_count"] == 3


async def test_fields_are_all_that_files_show(ask: Ask, shelve: Shelve) -> None:
    await shelve(["Saga/1.cbz", "Saga/2.cbz"])
    answer = await ask(fields="name, id")
    assert answer["files"] == [{"name": "1.cbz", "id": 1}, {"name": "2.cbz", "id": 2}]


@pytest.mark.parametrize("chunk", [1, 5000])
async def test_fields_are_chosen_where_everything_is_asked_for(
    ask: Ask, shelve: Shelve, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("functions.list_files.CHUNK", chunk)
    await shelve(3)
    assert (await ask(fields="id", per_page=0))["files"] == [{"id": 1}, {"id": 2}, {"id": 3}]
