"""What a request costs on the wire to PostgreSQL, in round trips; all connections are warm."""

import pytest
from falcon.testing import ASGIConductor

from tests.conftest import Shelve
from tests.wire_tap import Tap

WARM = 7  # times that a question is asked until psycopg has surely prepared it

LISTS = [
    "",
    "page=2&per_page=10",
    "page=999&per_page=10&sort=date&direction=desc",
    "per_page=0",
    "filter=unmarked&sort=size",
    "fields=id,name",
    "fault=true",
    "missing=true",
    "filter=unmarked&page=2&per_page=10",
]
PLANNED_ANEW = [
    "series=Saga&year=2012",
    "folder=Saga",
    "search=saga",
    "search=s",
    "series=Saga&filter=unmarked&sort=date&page=2&per_page=10",
    "search=saga&folder=Saga&fault=false&page=9",
]


async def round_trips(wire: Tap, client: ASGIConductor, path: str, query: str = "") -> int:
    """Ask until all is prepared, and count what the last time takes."""
    for _ in range(WARM):
        wire.sent.clear()
        answer = await client.simulate_get(path, query_string=query)
        assert answer.status_code == 200, answer.text
    return wire.round_trips


@pytest.mark.parametrize("count", [0, 1, 500])
async def test_a_list_is_as_many_round_trips_however_many_files(
    wire: Tap, tapped: ASGIConductor, shelve: Shelve, count: int
) -> None:
    await shelve(count, series="Saga", year=2012)
    queries = LISTS + PLANNED_ANEW
    cost = {query: await round_trips(wire, tapped, "/api/files", query) for query in queries}
    assert cost == dict.fromkeys(LISTS, 1) | dict.fromkeys(PLANNED_ANEW, 2)  # one for who asks


async def test_a_page_behind_a_cursor_is_one_round_trip(
    wire: Tap, tapped: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(500)
    first = (await tapped.simulate_get("/api/files", query_string="per_page=10")).json
    query = f"per_page=10&after={first['next']}"
    assert await round_trips(wire, tapped, "/api/files", query) == 1


async def test_an_unchanged_list_is_one_round_trip(
    wire: Tap, tapped: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(500)
    first = await tapped.simulate_get("/api/files")
    known = {"If-None-Match": first.headers["etag"]}
    await tapped.simulate_get("/api/files", headers=known)
    wire.sent.clear()
    assert (await tapped.simulate_get("/api/files", headers=known)).status_code == 304
    assert wire.round_trips == 1


async def test_a_list_that_is_new_to_a_connection_is_prepared_with_one_more(
    wire: Tap, tapped: ASGIConductor
) -> None:
    await tapped.simulate_get("/api/files")
    wire.sent.clear()
    await tapped.simulate_get("/api/files", query_string="sort=date")
    assert wire.round_trips == 2


async def test_no_list_is_wrapped_in_a_transaction(
    wire: Tap, tapped: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(1)
    # It opens the other door, where the question who asks is prepared.
    await tapped.simulate_get("/api/files", query_string=PLANNED_ANEW[0])
    wire.sent.clear()
    for query in LISTS + PLANNED_ANEW:
        await tapped.simulate_get("/api/files", query_string=query)
    verbs = {statement.split(maxsplit=1)[0] for statement in wire.statements}
    assert verbs == {"WITH"}


async def test_all_on_one_page_takes_a_round_trip_for_each_chunk(
    wire: Tap, tapped: ASGIConductor, shelve: Shelve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.list_files.CHUNK", 100)
    await shelve(250)
    assert await round_trips(wire, tapped, "/api/files", "per_page=0") == 3


# To ask who asks is one of them, but where that changes nothing.
COSTS = {
    "/api/batches": 2,
    "/api/batches/1": 2,
    "/api/batches/1/items": 3,
    "/api/events/stats": 2,
    "/api/files/1": 2,
    "/api/facets": 2,
    "/api/folders": 3,
    "/api/libraries": 3,
    "/api/processing-history": 3,
    "/api/scan-unmarked": 2,
    "/api/cache/stats": 3,
    "/api/scans": 2,
    "/api/scans/1": 2,
    "/api/settings": 2,
    "/api/version": 0,
    "/health": 2,
    "/health/live": 0,
    "/health/ready": 1,
    "/openapi.json": 0,
}


@pytest.mark.parametrize("count", [1, 500])
async def test_what_reads_costs_the_same_however_many_files(
    wire: Tap, tapped: ASGIConductor, shelve: Shelve, count: int
) -> None:
    await shelve(count, library="/")
    await tapped.simulate_post("/api/scans")
    await tapped.simulate_post("/api/batches", json={"kind": "process", "filter": {}})
    assert {path: await round_trips(wire, tapped, path) for path in COSTS} == COSTS
