"""GET /api/duplicates: groups of files that may be the same comic, and which one to keep."""

from typing import Any

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy.ext.asyncio import AsyncConnection

from db import duplicates, overlaps
from tests.conftest import Shelve
from tests.copies import reread
from tests.functions.conftest import Ask
from tests.wire_tap import Tap

PATH = "/api/duplicates"
KINDS = ["pages", "issue", "overlap"]
SAGA: dict[str, Any] = {"series": "Saga", "number": "7", "volume": 1, "year": 2012}


def ids(answer: dict[str, Any]) -> list[list[int]]:
    """Return the files of each group."""
    return [[file["id"] for file in group["files"]] for group in answer["groups"]]


async def test_those_with_the_same_pages_are_a_group_whatever_they_are_called(
    conn: AsyncConnection, shelve: Shelve, ask: Ask
) -> None:
    one, other, alone = await shelve(["Saga/7.cbz", "New/x.cbr", "Saga/8.cbz"])
    await reread(conn, [one], [1, 2, 3], **SAGA)
    await reread(conn, [other], [3, 2, 1])
    await reread(conn, [alone], [1, 2, 4], **SAGA)
    assert ids(await ask(PATH)) == [[one, other]]


SAME: list[dict[str, Any]] = [
    {"series": "SAGA"},
    {"series": " Sägâ "},
    {"number": "007"},
    {"number": "#7.0"},
    {"title": "Another", "publisher": "Image"},
]
OTHERS: list[dict[str, Any]] = [
    {"series": "Saga Omnibus"},
    {"number": "7A"},
    {"number": "-7"},
    {"volume": 2},
    {"volume": None},
    {"year": 2013},
    {"year": None},
    {"format": "Annual"},
    {"number": ""},
    {"series": ""},
]


@pytest.mark.parametrize("more", SAME)
async def test_those_of_one_issue_are_a_group_however_that_is_written(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, more: dict[str, Any]
) -> None:
    one, other = await shelve(["a.cbz", "b.cbz"])
    await reread(conn, [one], range(3), **SAGA)
    await reread(conn, [other], range(50, 60), **{**SAGA, **more})
    assert ids(await ask(PATH, by="issue")) == [[one, other]]


@pytest.mark.parametrize("more", OTHERS)
async def test_another_series_number_volume_year_or_format_is_another_issue(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, more: dict[str, Any]
) -> None:
    for file in await shelve(["a.cbz", "b.cbz"]):
        await reread(conn, [file], range(3), **{**SAGA, **(more if file > 1 else {})})
    assert ids(await ask(PATH, by="issue")) == []


async def test_what_is_neither_series_nor_number_is_no_issue(
    conn: AsyncConnection, shelve: Shelve, ask: Ask
) -> None:
    await reread(conn, await shelve(3), year=2012)
    assert ids(await ask(PATH, by="issue")) == []


async def test_those_that_share_half_of_their_pages_are_a_group(
    conn: AsyncConnection, shelve: Shelve, ask: Ask
) -> None:
    one, other, _ = await shelve(3)
    await reread(conn, [one], range(20))
    await reread(conn, [other], range(1, 26))
    assert ids(await ask(PATH, by="overlap")) == [[one, other]]
    assert ids(await ask(PATH, by="pages")) == []


async def test_what_a_crowd_shares_is_no_group(
    conn: AsyncConnection, shelve: Shelve, ask: Ask
) -> None:
    await reread(conn, await shelve(overlaps.CROWD), range(4))
    assert (await ask(PATH, by="overlap"))["total_groups"] == 1
    await reread(conn, await shelve(["One more.cbz"]), range(4))
    answer = await ask(PATH, by="overlap")
    assert (answer["groups"], answer["total_groups"]) == ([], 0)
    assert (await ask(PATH, by="pages"))["total_groups"] == 1


@pytest.mark.parametrize("by", KINDS)
async def test_what_is_missing_does_not_count(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, by: str
) -> None:
    there = await shelve(["a.cbz"])
    gone = await shelve(["b.cbz"], missing=True)
    await reread(conn, there + gone, range(9), **SAGA)
    answer = await ask(PATH, by=by)
    assert (answer["groups"], answer["total_groups"]) == ([], 0)
    more = await shelve(["c.cbz"])
    await reread(conn, more, range(9), **SAGA)
    answer = await ask(PATH, by=by)
    assert (ids(answer), answer["total_groups"]) == ([there + more], 1)


@pytest.mark.parametrize("by", KINDS)
async def test_of_a_library_only_copies_in_it_count(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, by: str
) -> None:
    here = await shelve(["a.cbz", "b.cbz"], library="/a")
    there = await shelve(["a.cbz"], library="/b")
    await reread(conn, here + there, range(9), **SAGA)
    groups = {library: await ask(PATH, by=by, library=library) for library in (1, 2)}
    assert ids(await ask(PATH, by=by)) == [[here[0], there[0], here[1]]]
    assert (ids(groups[1]), groups[1]["total_groups"]) == ([here], 1)
    assert (ids(groups[2]), groups[2]["total_groups"]) == ([], 0)


@pytest.mark.parametrize("by", KINDS)
async def test_cursors_lead_through_all_groups_once_and_to_an_end(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, by: str
) -> None:
    for place in range(7):
        pages = range(place * 100, place * 100 + 9)
        copies = await shelve([f"{place}.cbz", f"{place} b.cbz"])
        await reread(conn, copies, pages, series="Saga", number=str(place))
    seen, after = [], ""
    for _ in range(3):
        answer = await ask(PATH, by=by, limit=3, after=after)
        assert (answer["total_groups"], answer["total_is_exact"]) == (7, True)
        seen += ids(answer)
        after = answer["next"]
    assert after is None
    assert sorted(map(sorted, seen)) == [[place, place + 1] for place in range(1, 15, 2)]


async def test_issues_come_in_their_natural_order(
    conn: AsyncConnection, shelve: Shelve, ask: Ask
) -> None:
    wanted = [("Bone", "10"), ("Saga", "2"), ("Bone", "2"), ("Saga", "½"), ("Bone", "2A")]
    for series, number in wanted:
        files = await shelve([f"{series} {number}.cbz", f"{series} {number} b.cbz"])
        await reread(conn, files, series=series, number=number)
    groups = (await ask(PATH, by="issue"))["groups"]
    found = [(group["files"][0]["series"], group["files"][0]["number"]) for group in groups]
    assert found == [("Bone", "2"), ("Bone", "2A"), ("Bone", "10"), ("Saga", "½"), ("Saga", "2")]


async def test_one_is_proposed_to_be_kept_and_nothing_is_done(
    conn: AsyncConnection, shelve: Shelve, ask: Ask
) -> None:
    worse, better = await shelve(["Saga/7.cbr", "Saga/7.cbz"], size=9_000_000, marked=True)
    await reread(conn, [worse], range(3), **SAGA)
    await reread(conn, [better], range(3), **SAGA, writer="B. K. Vaughan")
    (group,) = (await ask(PATH))["groups"]
    assert group["keep"] == better
    assert group["reasons"] == ["It is a CBZ, which every reader opens, unlike one other (cbr)."]
    assert group["file_count"] == 2
    assert {file["id"]: file["tags"] for file in group["files"]} == {worse: 4, better: 5}
    for file in group["files"]:
        shown = await ask(f"/api/files/{file['id']}")
        assert {name: shown[name] for name in file if name not in {"tags", "volume"}} == {
            name: value for name, value in file.items() if name not in {"tags", "volume"}
        }
        assert (shown["processed"], shown["duplicate"], file["volume"]) == (True, False, 1)


async def test_of_a_large_group_the_first_files_by_name_are_shown(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "SHOWN", 3)
    files = await shelve(12)
    await reread(conn, files, range(3))
    (group,) = (await ask(PATH))["groups"]
    assert ([file["id"] for file in group["files"]], group["file_count"]) == (files[:3], 12)


async def test_a_total_beyond_the_bound_says_so(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "BOUND", 2)
    for place, exact in enumerate([True, True, False]):
        await reread(conn, await shelve([f"{place}.cbz", f"{place} b.cbz"]), [place])
        answer = await ask(PATH, limit=1)
        assert (answer["total_groups"], answer["total_is_exact"]) == (min(place + 1, 2), exact)


@pytest.mark.parametrize("after", ["x", "é", "_w==", duplicates.encode("a\0")])
async def test_what_is_no_cursor_is_refused(client: ASGIConductor, after: str) -> None:
    answer = await client.simulate_get(PATH, params={"after": after})
    assert answer.status_code == 400
    assert answer.json["errors"][0]["pointer"] == "/after"


@pytest.mark.parametrize("query", ["by=size", "limit=0", "limit=101", "library=0", "library=x"])
async def test_what_cannot_be_asked_for_is_refused(client: ASGIConductor, query: str) -> None:
    assert (await client.simulate_get(PATH, query_string=query)).status_code == 400


@pytest.mark.parametrize("count", [0, 1, 30])
async def test_they_cost_three_round_trips_however_many_groups(
    conn: AsyncConnection, shelve: Shelve, wire: Tap, tapped: ASGIConductor, count: int
) -> None:
    for place in range(count):
        await reread(conn, await shelve([f"{place}.cbz", f"{place} b.cbz"]), [place])
    for _ in range(7):
        wire.sent.clear()
        await tapped.simulate_get(PATH)
    assert wire.round_trips == 3  # the first asks who it is
