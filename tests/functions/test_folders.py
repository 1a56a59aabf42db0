"""GET /api/folders: the tree, a level at a time."""

import pytest

from tests.conftest import Shelve
from tests.functions.conftest import Ask

PATHS = ["top.cbz", "A/1.cbz", "A/2.cbz", "A/B/3.cbz", "A/B/C/4.cbz", "A-/5.cbz", "É%/6.cbz"]


@pytest.fixture
async def shelf(shelve: Shelve) -> None:
    """Shelve a small tree in one library, and a part of it in another."""
    await shelve(PATHS, library="/a")
    await shelve(["A/B/7.cbz"], library="/b", marked=True, fault="It is bad.")
    await shelve(["Gone/8.cbz"], library="/b", missing=True)


@pytest.mark.usefixtures("shelf")
async def test_a_level_has_its_folders_with_all_that_is_below_them(ask: Ask) -> None:
    assert await ask("/api/folders") == {
        "name": "",
        "path": "",
        "files": 8,
        "unmarked": 7,
        "faulty": 1,
        "folders": [
            {"name": "A", "path": "A", "files": 5, "unmarked": 4, "faulty": 1},
            {"name": "A-", "path": "A-", "files": 1, "unmarked": 1, "faulty": 0},
            {"name": "É%", "path": "É%", "files": 1, "unmarked": 1, "faulty": 0},
        ],
        "next": None,
    }
    below = await ask("/api/folders", path="/A/")
    assert (below["name"], below["files"]) == ("A", 5)
    assert below["folders"] == [
        {"name": "B", "path": "A/B", "files": 3, "unmarked": 2, "faulty": 1}
    ]


@pytest.mark.usefixtures("shelf")
async def test_a_library_has_a_tree_of_its_own(ask: Ask) -> None:
    answer = await ask("/api/folders", library=2)
    assert [folder["name"] for folder in answer["folders"]] == ["A"]
    assert (answer["files"], answer["folders"][0]["files"]) == (1, 1)
    assert (await ask("/api/folders", library=1, path="A/B"))["files"] == 2


@pytest.mark.usefixtures("shelf")
async def test_a_folder_counts_what_a_list_of_it_has(ask: Ask) -> None:
    for path in ("A", "A/B", "A/B/C", "É%", "Gone", "No/Such"):
        answer = await ask("/api/folders", path=path)
        assert answer["files"] == (await ask(folder=path))["total_files"], path


@pytest.mark.usefixtures("shelf")
async def test_a_long_level_comes_in_parts(ask: Ask) -> None:
    names, after = [], ""
    while after is not None:
        answer = await ask("/api/folders", limit=1, after=after)
        names += [folder["name"] for folder in answer["folders"]]
        after = answer["next"]
    assert names == ["A", "A-", "É%"]


async def test_what_is_not_there_has_nothing(ask: Ask) -> None:
    answer = await ask("/api/folders", path="A")
    assert (answer["path"], answer["files"], answer["folders"]) == ("A", 0, [])
