"""GET /api/facets: what is counted is what listing would find, whoever has counted."""

import random
from collections import Counter
from typing import Any

import pytest

from db import facets
from tests.conftest import Shelve
from tests.functions.conftest import Ask

CHOICES: dict[str, list[Any]] = {
    "series": [None, "Saga", "Bone", "Ōoku"],
    "publisher": [None, "Image", "黒雲書房"],
    "year": [None, 1999, 2012],
    "format": ["cbz", "cbr"],
    "fault": [None, None, "It is bad."],
}
FOLDERS = ["", "A/", "A/B/", "A/Bé/", "A-/", "C/D/E/"]
NARROWED: dict[str, list[Any]] = {
    "filter": ["all", "marked", "unmarked", "duplicates"],
    "library": [1, 2],
    "series": ["Saga", "Bone"],
    "year": [2012],
    "format": ["cbr"],
    "fault": [True, False],
    "folder": ["A", "A/B", "C", "No"],
    "search": ["a", "cbz", "nothing"],
    "missing": [True],
}


@pytest.fixture
async def shelf(shelve: Shelve) -> None:
    """Shelve a random mixture of everything, the same each time."""
    chance = random.Random(7)  # noqa: S311  no secret
    for number in range(120):
        await shelve(
            [f"{chance.choice(FOLDERS)}{number}.cbz"],
            library=chance.choice(["/a", "/b"]),
            marked=chance.random() < 0.4,
            duplicate=chance.random() < 0.2,
            missing=chance.random() < 0.1,
            **{name: chance.choice(values) for name, values in CHOICES.items()},
        )


def count(files: list[dict[str, Any]], folder: str) -> dict[str, dict[Any, int]]:
    """Count the files of a list in Python."""
    below = f"{folder}/" if folder else ""
    counted: dict[str, Counter[Any]] = {
        name: Counter(file[name] for file in files if file[name] is not None)
        for name in ("series", "publisher", "year", "format")
    }
    inside = [file["relative_path"].removeprefix(below) for file in files]
    folders = [path.partition("/")[0] for path in inside if "/" in path]
    counted["folder"] = Counter(f"{below}{name}" for name in folders)
    counted["fault"] = Counter(file["fault"] is not None for file in files)
    return {name: dict(counter) for name, counter in counted.items()}


@pytest.mark.usefixtures("shelf")
async def test_facets_are_what_counting_a_list_finds(ask: Ask) -> None:
    chance = random.Random(11)  # noqa: S311  no secret
    questions: list[dict[str, Any]] = [{}, {"library": 2}, {"filter": "unmarked"}]
    for _ in range(60):
        chosen = chance.sample(sorted(NARROWED), chance.randint(1, 3))
        questions.append({name: chance.choice(NARROWED[name]) for name in chosen})
    for query in questions:
        answer = await ask("/api/facets", limit=1000, **query)
        files = (await ask(per_page=500, **query))["files"]
        told = {
            name: {item["value"]: item["files"] for item in answer[name]}
            for name in ("series", "publisher", "year", "format", "folder", "fault")
        }
        assert told == count(files, query.get("folder", "")), query
        assert (answer["total_files"], answer["is_exact"]) == (len(files), True), query


@pytest.mark.usefixtures("shelf")
async def test_the_commonest_values_come_first_and_no_more_than_asked_for(ask: Ask) -> None:
    for query in ({}, {"search": "cbz"}):
        whole = await ask("/api/facets", limit=1000, **query)
        some = await ask("/api/facets", limit=2, **query)
        for name in ("series", "publisher", "folder"):
            numbers = [item["files"] for item in whole[name]]
            assert numbers == sorted(numbers, reverse=True)
            assert some[name] == whole[name][:2]


@pytest.mark.usefixtures("shelf")
async def test_a_value_is_what_the_parameter_of_its_name_takes(ask: Ask) -> None:
    answer = await ask("/api/facets", filter="unmarked", limit=1000)
    for name in ("series", "publisher", "year", "format", "folder", "fault"):
        for item in answer[name]:
            query = {name: item["value"], "filter": "unmarked"}
            assert (await ask(**query))["total_files"] == item["files"], query


@pytest.mark.usefixtures("shelf")
async def test_counts_beyond_the_bound_are_of_what_was_looked_at_and_say_so(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "BOUND", 20)
    answer = await ask("/api/facets", search="cbz")
    assert (answer["total_files"], answer["is_exact"]) == (21, False)
    assert sum(item["files"] for item in answer["fault"]) == 21
    assert (await ask("/api/facets"))["is_exact"], "nothing is looked at"


async def test_facets_of_nothing_are_empty(ask: Ask) -> None:
    for query in ({}, {"search": "x"}):
        answer = await ask("/api/facets", **query)
        assert answer == {
            "series": [],
            "publisher": [],
            "year": [],
            "format": [],
            "folder": [],
            "fault": [],
            "total_files": 0,
            "is_exact": True,
        }
