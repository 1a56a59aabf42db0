"""The history of what was done to comics, as ComicMaintainer's clients know it, and more."""

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conftest import Shelve
from tests.functions.conftest import Ask
from tests.functions.following import work

HISTORY = "/api/processing-history"

BEFORE = {"path": "Saga/1.cbz", "title": None, "number": None, "year": 2011, "genre": "Drama"}
AFTER = {
    "path": "Saga/Saga 1.cbz",
    "title": "Chapter 1",
    "number": "1",
    "year": 2012,
    "genre": None,
}


async def process(
    client: ASGIConductor, conn: AsyncConnection, times: int, **outcome: object
) -> None:
    """Process all files again and again, each with this outcome."""
    for _ in range(times):
        made = await client.simulate_post("/api/batches", json={"kind": "process", "filter": {}})
        assert made.status_code == 201
        await work(conn, **{"before": BEFORE, "after": AFTER, **outcome})


async def test_an_entry_has_the_values_before_and_after(
    client: ASGIConductor, ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    (file,) = await shelve(["Saga/1.cbz"])
    await process(client, conn, 1)
    answer = await ask(HISTORY)
    (entry,) = answer["history"]
    assert {name: answer[name] for name in ("total", "limit", "offset", "next")} == {
        "total": 1,
        "limit": 100,
        "offset": 0,
        "next": None,
    }
    assert entry["filepath"] == "/comics/Saga/Saga 1.cbz"
    assert entry["operation_type"] == "process"
    assert isinstance(entry["timestamp"], float)
    told = {
        "filename": ("1.cbz", "Saga 1.cbz"),
        "title": (None, "Chapter 1"),
        "series": (None, None),
        "issue": (None, "1"),
        "publisher": (None, None),
        "year": (2011, 2012),
        "volume": (None, None),
    }
    assert {name: (entry[f"before_{name}"], entry[f"after_{name}"]) for name in told} == told
    assert (entry["file"], entry["batch"], entry["undone"]) == (file, 1, False)
    assert (entry["before"], entry["after"]) == (BEFORE, AFTER)


@pytest.mark.parametrize("outcome", [{"state": "unchanged"}, {"state": "failed"}, {"before": None}])
async def test_what_has_not_changed_is_no_history(
    client: ASGIConductor,
    ask: Ask,
    shelve: Shelve,
    conn: AsyncConnection,
    outcome: dict[str, object],
) -> None:
    await shelve(1)
    await process(client, conn, 1, **outcome)
    assert (await ask(HISTORY))["history"] == []


async def test_pages_follow_one_another_by_offset_and_by_event(
    client: ASGIConductor, ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(1)
    await process(client, conn, 5)
    whole = [entry["id"] for entry in (await ask(HISTORY))["history"]]
    assert whole == sorted(whole, reverse=True)
    first = await ask(HISTORY, limit=2)
    by_offset = await ask(HISTORY, limit=2, offset=2)
    by_event = await ask(HISTORY, limit=2, before=first["next"])
    last = await ask(HISTORY, limit=2, before=by_event["next"])
    assert by_event["history"] == by_offset["history"]
    pages = [[entry["id"] for entry in page["history"]] for page in (first, by_event, last)]
    assert pages == [whole[:2], whole[2:4], whole[4:]]
    assert (first["total"], last["next"]) == (5, None)


async def test_one_comic_has_a_history_of_its_own(
    client: ASGIConductor, ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    files = await shelve(2)
    await process(client, conn, 2)
    answer = await ask(HISTORY, file=files[0])
    assert {entry["file"] for entry in answer["history"]} == {files[0]}
    assert answer["total"] == 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"limit": 0}, (100, 0)),
        ({"limit": 1001}, (100, 0)),
        ({"limit": 1000}, (1000, 0)),
        ({"offset": -5}, (100, 0)),
        ({"offset": 10**12}, (100, 2**31 - 1)),
    ],
)
async def test_a_limit_out_of_bounds_is_the_default(
    ask: Ask, asked: dict[str, int], told: tuple[int, int]
) -> None:
    answer = await ask(HISTORY, **asked)
    assert (answer["limit"], answer["offset"]) == told


async def test_a_limit_that_is_no_number_is_told(client: ASGIConductor) -> None:
    answer = await client.simulate_get(HISTORY, params={"limit": "many"})
    assert answer.status_code == 400


async def test_history_outlives_its_comic(
    client: ASGIConductor, ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["Saga/1.cbz"])
    await process(client, conn, 1)
    await conn.execute(text("DELETE FROM files"))
    await conn.commit()
    (entry,) = (await ask(HISTORY))["history"]
    assert entry["filepath"] == "Saga/Saga 1.cbz"
