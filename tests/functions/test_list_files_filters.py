"""Which files GET /api/files lists: by mark, tag, library, folder, fault and absence."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from tests.conftest import Shelve
from tests.functions.conftest import Ask

Query = dict[str, Any]

FILTERS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "all": lambda _file: True,
    "marked": lambda file: file["processed"],
    "unmarked": lambda file: not file["processed"],
    "duplicates": lambda file: file["duplicate"],
}


async def names(ask: Ask, **query: object) -> list[str]:
    """Return the relative paths of a list, which has to say how many there are."""
    answer = await ask(**query)
    assert answer["total_files"] == len(answer["files"])
    return [file["relative_path"] for file in answer["files"]]


@pytest.fixture
async def mixture(shelve: Shelve) -> None:
    """Shelve a comic for each mixture of marks, fault and absence, in two libraries."""
    for marked, duplicate, fault, missing, library in product(*[(False, True)] * 4, ("/a", "/b")):
        await shelve(
            [f"{marked:d}{duplicate:d}{fault:d}{missing:d}.cbz"],
            library=library,
            marked=marked,
            duplicate=duplicate,
            fault=f"It is {'locked' if duplicate else 'empty'}." if fault else None,
            missing=missing,
            series="Saga" if library == "/a" else "Bone",
        )


def belongs(file: dict[str, Any], query: Query) -> bool:
    """Tell in Python what the statement has to tell in SQL."""
    return (
        FILTERS[query["filter"]](file)
        and file["missing"] is query["missing"]
        and query.get("fault") in {None, file["fault"] is not None}
        and query.get("reason") in {None, file["fault"]}
        and query.get("library") in {None, file["library"]}
        and query.get("series") in {None, file["series"]}
    )


@pytest.mark.usefixtures("mixture")
async def test_filters_work_alone_and_together(ask: Ask) -> None:
    everything = (await ask(missing=False))["files"] + (await ask(missing=True))["files"]
    assert len(everything) == 32
    faults: list[Query] = [{}, {"fault": True}, {"fault": False}, {"reason": "It is empty."}]
    places: list[Query] = [{}, {"library": 2}, {"series": "Bone"}]
    for chosen, missing, fault, place in product(FILTERS, (False, True), faults, places):
        query = {"filter": chosen, "missing": missing, **fault, **place}
        answer = await ask(**query)
        expected = {file["id"] for file in everything if belongs(file, query)}
        assert {file["id"] for file in answer["files"]} == expected, query
        assert answer["total_files"] == len(expected), query


@pytest.mark.usefixtures("mixture")
@pytest.mark.parametrize("sort", ["name", "size"])
async def test_a_reason_narrows_searches_and_values(ask: Ask, sort: str) -> None:
    reason: Query = {"reason": "It is empty.", "sort": sort}
    found = (await ask(**reason))["files"]
    assert len(found) == 4
    assert {file["fault"] for file in found} == {"It is empty."}
    assert [file["id"] for file in (await ask(**reason, search="10"))["files"]] == [
        file["id"] for file in found if "10" in file["name"]
    ]
    assert len(await names(ask, **reason, search="10", series="Saga")) == 2
    assert len(await names(ask, **reason, search="0", format="cbr")) == 0


async def test_missing_files_say_so_and_are_not_listed_with_the_rest(
    ask: Ask, shelve: Shelve
) -> None:
    await shelve(["gone.cbz"], missing=True)
    await shelve(["here.cbz"])
    assert await names(ask) == ["here.cbz"]
    (gone,) = (await ask(missing="true"))["files"]
    assert (gone["name"], gone["missing"]) == ("gone.cbz", True)


async def test_a_tag_is_matched_exactly(ask: Ask, shelve: Shelve) -> None:
    here = {"series": "Saga", "publisher": "Image", "year": 2012, "format": "cbz"}
    there = {"series": "saga", "publisher": "Image Comics", "year": 2013, "format": "cbr"}
    await shelve(["here.cbz"], **here)
    await shelve(["there.cbz"], **there)
    await shelve(["neither.cbz"])
    for field, value in here.items():
        assert await names(ask, **{field: value}) == ["here.cbz"]
        assert await names(ask, **{field: there[field]}) == ["there.cbz"]
        assert await names(ask, **{field: ""}) == ["here.cbz", "neither.cbz", "there.cbz"]


async def test_tags_are_matched_together(ask: Ask, shelve: Shelve) -> None:
    await shelve(["1.cbz"], series="Saga", year=2012, publisher="Image", format="cbz")
    await shelve(["2.cbz"], series="Saga", year=2013, publisher="Image", format="cbz")
    saga = {"series": "Saga", "publisher": "Image", "format": "cbz"}
    assert await names(ask, **saga) == ["1.cbz", "2.cbz"]
    assert await names(ask, **saga, year=2013, search="2", folder="") == ["2.cbz"]


async def test_a_long_series_is_found_by_its_whole_name(ask: Ask, shelve: Shelve) -> None:
    """Indexed texts are cut to what an index row holds, so the question is cut alike."""
    await shelve(["long.cbz"], series="あ" * 200)
    assert await names(ask, series="あ" * 300) == ["long.cbz"]


async def test_a_library_is_chosen_by_its_id(ask: Ask, shelve: Shelve) -> None:
    await shelve(["same.cbz"], library="/a")
    await shelve(["same.cbz"], library="/b")
    assert [f["path"] for f in (await ask(library=2))["files"]] == ["/b/same.cbz"]
    assert await names(ask, library=3) == []


FOLDERS = ["Saga/1.cbz", "Saga/Deep/er/2.cbz", "Saga 2/3.cbz", "Saga.cbz", "Other/Saga/4.cbz"]


async def test_a_folder_is_itself_and_all_below_it(ask: Ask, shelve: Shelve) -> None:
    await shelve(FOLDERS)
    saga = ["Saga/1.cbz", "Saga/Deep/er/2.cbz"]
    inside = {
        "Saga": saga,
        "/Saga/": saga,
        "Saga/Deep": ["Saga/Deep/er/2.cbz"],
        **{nowhere: [] for nowhere in ("Sag", "Deep", "saga", "Saga%")},
    }
    assert {folder: await names(ask, folder=folder) for folder in inside} == inside
    assert len(await names(ask, folder="/")) == len(FOLDERS)


async def test_a_folder_whose_name_is_no_utf8_is_found_as_it_is_shown(
    ask: Ask, shelve: Shelve
) -> None:
    await shelve(["caf\N{REPLACEMENT CHARACTER}E9/1.cbz", "café/2.cbz"])
    odd = "caf\N{REPLACEMENT CHARACTER}E9"
    assert await names(ask, folder=odd) == [f"{odd}/1.cbz"]
    assert await names(ask, folder="café") == ["café/2.cbz"]
