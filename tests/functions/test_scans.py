"""Asking for scans and hearing of them; the scans themselves are in tests/scanner."""

import asyncio

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import notices, scans
from db.scans import Progress
from tests.conftest import Shelve
from tests.functions.conftest import Ask


async def test_a_request_is_queued_once_and_tells_where_to_look(
    client: ASGIConductor, ask: Ask, shelve: Shelve
) -> None:
    await shelve(1)
    first = await client.simulate_post("/api/scans", json={"library": 1})
    assert (first.status_code, first.headers["location"]) == (202, "scans/1")
    (queued,) = first.json["scans"]
    assert (queued["library"], queued["state"]) == (1, "queued")
    again = await client.simulate_post("/api/scans", json={"library": 1})
    assert again.json == first.json
    assert await ask("/api/scans/1") == queued
    assert await ask("/api/scans") == {"scans": [queued]}


async def test_without_a_body_every_library_is_queued(
    client: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(1, library="/a")
    await shelve(1, library="/b")
    answer = await client.simulate_post("/api/scans")
    assert [scan["library"] for scan in answer.json["scans"]] == [1, 2]
    assert "location" not in answer.headers


async def test_without_libraries_nothing_is_queued(client: ASGIConductor, ask: Ask) -> None:
    assert (await client.simulate_post("/api/scans")).json == {"scans": []}
    assert await ask("/api/scans") == {"scans": []}


async def test_an_unknown_library_is_not_found(client: ASGIConductor) -> None:
    answer = await client.simulate_post("/api/scans", json={"library": 7})
    assert answer.status_code == 404
    assert answer.json["detail"] == "There is no library 7."


async def test_a_request_wakes_whoever_waits(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(1)
    await notices.listen(conn, "scans")
    waiting = asyncio.create_task(notices.wait(conn, 30))
    await client.simulate_post("/api/scans")
    await asyncio.wait_for(waiting, 5)


async def test_a_scan_tells_how_far_it_is(ask: Ask, shelve: Shelve, conn: AsyncConnection) -> None:
    await shelve(1)
    scan = await scans.begin(conn, 1)
    assert scan
    await scans.beat(conn, scan, Progress(seen=9, to_read=8, read=3, faulty=1, faults=["No."]))
    told = await ask("/api/scans/1")
    assert (told["state"], told["seen"], told["to_read"], told["read"]) == ("running", 9, 8, 3)
    assert (told["faulty"], told["faults"]) == (1, ["No."])


async def test_a_silent_scan_is_told_as_interrupted(
    ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(1)
    await scans.begin(conn, 1)
    await conn.execute(text("UPDATE scans SET heartbeat_at = now() - interval '31 seconds'"))
    await conn.commit()
    assert (await ask("/api/scans/1"))["state"] == "interrupted"
    assert (await ask("/api/cache/stats"))["enriched_file_cache"]["rebuild_in_progress"] is False
    assert (await ask())["cache_rebuilding"] is False


async def test_the_newest_scans_come_first(
    client: ASGIConductor, ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    for library in ("/a", "/b"):
        await shelve(1, library=library)
    await scans.begin(conn, 2)
    await client.simulate_post("/api/scans")
    told = (await ask("/api/scans"))["scans"]
    assert [(scan["id"], scan["library"]) for scan in told] == [(3, 2), (2, 1), (1, 2)]
    assert [scan["id"] for scan in (await ask("/api/scans", limit=1))["scans"]] == [3]
    assert [scan["id"] for scan in (await ask("/api/scans", library=2))["scans"]] == [3, 1]


async def test_a_list_says_that_the_very_first_scan_runs(
    ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    """While a scan is queued, or runs for the second time, the list is not being rebuilt."""
    await shelve(1)
    rebuilding = []

    async def look() -> None:
        rebuilding.append((await ask())["cache_rebuilding"])

    await scans.request(conn, 1)
    await conn.commit()
    await look()
    for end in ("failed", "done", "done"):
        scan = await scans.begin(conn, 1)
        await look()
        assert scan
        await scans.finish(conn, scan, end)
        await look()
    assert rebuilding == [False, True, False, True, False, False, False]


async def test_a_folder_of_a_library_is_queued_beside_others_of_it(
    client: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(1)
    queued = []
    for folder in ("Marvel/Saga/", "Marvel/Saga", "Marvel/Saga/1.cbz"):
        body = {"library": 1, "folder": folder}
        answer = await client.simulate_post("/api/scans", json=body)
        queued += answer.json["scans"]
    assert [scan["folder"] for scan in queued] == ["Marvel/Saga"] * 2 + ["Marvel/Saga/1.cbz"]
    assert queued[0] == queued[1]


@pytest.mark.parametrize(
    "body",
    [
        {"folder": "Marvel"},
        {"library": 1, "folder": "Marvel/../.."},
        {"library": 1, "folder": "Marvel//Saga"},
        {"library": 1, "folder": "a\0b"},
    ],
)
async def test_a_folder_has_to_be_one_below_a_library(
    client: ASGIConductor, shelve: Shelve, body: dict[str, object]
) -> None:
    await shelve(1)
    answer = await client.simulate_post("/api/scans", json=body)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (400, "/folder")
