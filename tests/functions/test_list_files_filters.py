"""Which files GET /api/files lists: by mark, tag, library, folder, fault and absence."""

from itertools import product
from typing import Any

import pytest
from tests.conftest import Shelve
from tests.functions.conftest import Ask

FILTERS = {
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
            fault="It is empty." if fault else None,
            missing=missing,
            series="Saga" if library == "/a" else "Bone",
        )


@pytest.mark.usefixtures("mixture")
@pytest.mark.parametrize("chosen", FILTERS)
@pytest.mark.parametrize("fault", [None, "true", "false"])
@pytest.mark.parametrize("missing", ["true", "false"])
async def test_filters_work_alone_and_together(
    ask: Ask, chosen: str, fault: str | None, missing: str
) -> None:
    everything = (await ask(missing=False))["files"] + (await ask(missing=True))["files"]
    assert len(everything) == 32
    given = {"filter": chosen, "missing": missing, **({"fault": fault} if fault else {})}

    def wanted(file: dict[str, Any]) -> bool:
        faulty = "true" if file["fault"] else "false"
        there = file["missing"] is (missing == "true")
        return FILTERS[chosen](file) and there and fault in {None, faulty}

    for more, place in (({}, None), ({"library": 2}, 2), ({"series": "Bone"}, 2)):
        answer = await ask(**given, **more)
        expected = [f for f in everything if wanted(f) and place in {None, f["library"]}]
        assert sorted(f["id"] for f in answer["files"]) == sorted(f["id"] for f in expected)
        assert answer["total_files"] == len(expected)


async def test_missing_files_say_so_and_are_not_listed_with_the_rest(
    ask: Ask, shelve: Shelve
) -> None:
    await shelve(["gone.cbz"], missing=True)
    await shelve(["here.cbz"])
    assert await names(ask) == ["here.cbz"]
    (gone,) = (await ask(missing="true"))["files"]
    assert (gone["name"], gone["missing"]) == ("gone.cbz", True)


@pytest.mark.parametrize(
    ("field", "here", "there"),
    [
        ("series", "Saga", "saga"),
        ("publisher", "Image", "Dark Horse"),
        ("year", 2012, 2013),
        ("format", "cbz", "cbr"),
    ],
)
async def test_a_tag_is_matched_exactly(
    ask: Ask, shelve: Shelve, field: str, here: object, there: object
) -> None:
    await shelve(["here.cbz"], **{field: here})
    await shelve(["there.cbz"], **{field: there})
    await shelve(["neither.cbz"])
    assert await names(ask, **{field: here}) == ["here.cbz"]
    assert await names(ask, **{field: there}) == ["there.cbz"]
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


@pytest.mark.parametrize(
    ("folder", "inside"),
    [
        ("Saga", ["Saga/1.cbz", "Saga/Deep/er/2.cbz"]),
        ("/Saga/", ["Saga/1.cbz", "Saga/Deep/er/2.cbz"]),
        ("Saga/Deep", ["Saga/Deep/er/2.cbz"]),
        ("Sag", []),
        ("Deep", []),
        ("saga", []),
        ("Saga%", []),
    ],
)
async def test_a_folder_is_itself_and_all_below_it(
    ask: Ask, shelve: Shelve, folder: str, inside: list[str]
) -> None:
    await shelve(FOLDERS)
    assert await names(ask, folder=folder) == inside


async def test_the_root_folder_is_everything(ask: Ask, shelve: Shelve) -> None:
    await shelve(FOLDERS)
    assert len(await names(ask, folder="/")) == len(FOLDERS)


async def test_a_folder_whose_name_is_no_utf8_is_found_as_it_is_shown(
    ask: Ask, shelve: Shelve
) -> None:
    await shelve(["caf\N{REPLACEMENT CHARACTER}E9/1.cbz", "café/2.cbz"])
    odd = "caf\N{REPLACEMENT CHARACTER}E9"
    assert await names(ask, folder=odd) == [f"{odd}/1.cbz"]
    assert await names(ask, folder="café") == ["café/2.cbz"]
