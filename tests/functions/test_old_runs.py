"""What ComicMaintainer's clients do to comics by one request, answered at the end or as it goes."""

import asyncio
import re
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from falcon.testing import ASGIConductor, create_scope
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.batch_items import Claimed
from functions import results
from tests.conftest import Shelve
from tests.functions.following import following
from tests.functions.posting import blocks, stream
from tests.functions.stand_in import renamed, working
from tests.scanner.conftest import until


def mixed(claimed: Claimed) -> dict[str, Any]:
    """Rename 1, leave 2 as it is, refuse 3, fail with the others."""
    return {
        "1.cbz": renamed(claimed),
        "2.cbz": {"state": "unchanged", "marked": True},
        "3.cbz": {"state": "skipped", "error": "Another file has this name."},
    }.get(claimed.path.rpartition("/")[2], {"state": "failed", "error": "The disk is full."})


MIXED = [
    {"file": "1 new.cbz", "success": True},
    {"file": "2.cbz", "success": True},
    {"file": "3.cbz", "success": False, "error": "Another file has this name."},
    {"file": "4.cbz", "success": False, "error": "The disk is full."},
]
FOUR = [f"Saga/{number}.cbz" for number in range(1, 5)]


async def made(conn: AsyncConnection) -> list[tuple[str, Any]]:
    """Return the kinds and orders of the batches there are."""
    rows = await conn.execute(text("SELECT kind, orders FROM batches ORDER BY id"))
    await conn.commit()
    return [(kind, orders) for kind, orders in rows]


@pytest.mark.parametrize("kind", ["process", "rename", "normalize"])
async def test_files_that_are_selected_are_answered_by_their_new_names(
    client: ASGIConductor, shelve: Shelve, url: URL, conn: AsyncConnection, kind: str
) -> None:
    await shelve(FOUR)
    async with working(url, mixed):
        answer = await client.simulate_post(f"/api/{kind}-selected", json={"files": FOUR})
    assert answer.status_code == 200
    assert answer.json == {"job_id": answer.json["job_id"], "results": MIXED}
    assert str(UUID(answer.json["job_id"])) == answer.json["job_id"]
    assert [found for found, _ in await made(conn)] == [kind]


async def test_what_is_no_file_is_told_before_the_others(
    client: ASGIConductor, shelve: Shelve, url: URL
) -> None:
    await shelve(FOUR)
    asked = ["../../etc/passwd", "Saga/2.cbz", "Saga/none.cbz", "/comics/Saga/1.cbz"]
    async with working(url, mixed):
        answer = await client.simulate_post("/api/process-selected", json={"files": asked})
    assert answer.json["results"] == [
        {"file": "passwd", "success": False, "error": "File not found"},
        {"file": "none.cbz", "success": False, "error": "File not found"},
        MIXED[1],
        MIXED[0],
    ]


@pytest.mark.parametrize("body", [{}, {"files": []}])
async def test_nothing_selected_is_refused(client: ASGIConductor, body: dict[str, Any]) -> None:
    answer = await client.simulate_post("/api/rename-selected", json=body)
    assert (answer.status_code, answer.json["error"]) == (400, "No files specified")


@pytest.mark.parametrize("kind", ["process", "rename", "normalize"])
async def test_all_are_all_and_unmarked_are_those(
    client: ASGIConductor, shelve: Shelve, url: URL, conn: AsyncConnection, kind: str
) -> None:
    await shelve(FOUR[:2], marked=True)
    await shelve(FOUR[2:])
    await shelve(["gone.cbz"], missing=True)
    async with working(url, mixed):
        answers = [await client.simulate_post(f"/api/{kind}-{of}") for of in ("unmarked", "all")]
    assert [answer.json["results"] for answer in answers] == [MIXED[2:], MIXED]
    assert [found for found, _ in await made(conn)] == [kind, kind]


async def test_a_library_without_comics_is_done_at_once(client: ASGIConductor) -> None:
    assert (await client.simulate_post("/api/process-all")).json["results"] == []
    answer = await stream(client, "/api/process-unmarked")
    assert [told["results"] for told in blocks(answer.content)] == [[]]


async def test_results_are_written_a_page_at_a_time_and_all_of_them(
    client: ASGIConductor, shelve: Shelve, url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "AT_ONCE", 2)
    for number in (4, 5):
        await shelve([f"{number}/{n}.cbz" for n in range(number)])
    async with working(url):
        answer = await client.simulate_post("/api/rename-all")
    told = [result["file"] for result in answer.json["results"]]
    assert told == sorted(
        [*(f"{n} new.cbz" for n in range(4)), *(f"{n} new.cbz" for n in range(5))]
    )


async def test_a_stream_tells_of_each_and_at_last_of_all(
    client: ASGIConductor, shelve: Shelve, url: URL
) -> None:
    await shelve(FOUR)
    asked = {"files": [*FOUR, "none.cbz"]}
    async with working(url, mixed):
        answer = await stream(client, "/api/process-selected", asked)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    *steps, last = blocks(answer.content)
    lost = {"file": "none.cbz", "success": False, "error": "File not found"}
    named = [lost, MIXED[0] | {"file": "1.cbz"}, *MIXED[1:]]
    assert steps == [
        {"current": place, "total": 5, "error": None, **result}
        for place, result in enumerate(named, 1)
    ]
    assert last == {"done": True, "job_id": last["job_id"], "results": named}


async def test_events_carry_numbers_that_older_clients_do_not_see(
    client: ASGIConductor, shelve: Shelve, url: URL
) -> None:
    """Their place is `Content-Location`, where a stream goes on behind a number."""
    await shelve(FOUR)
    async with working(url):
        answer = await stream(client, "/api/rename-all")
    raw = answer.content.decode().split("\n\n")
    numbers = [int(block[4:]) for block in raw if re.fullmatch(r"id: [1-9]\d*", block)]
    assert len(numbers) == 4
    assert numbers == sorted(set(numbers))
    batch = answer.headers["content-location"]
    async with following(client, f"{batch}/events", last=numbers[2]) as again:
        told = await again.until(lambda events: [one for one in events if one.name == "item"])
    assert [event.data["ordinal"] for event in told if event.name == "item"] == [4]


async def test_a_client_that_goes_away_stops_nothing(
    client: ASGIConductor, shelve: Shelve, url: URL, conn: AsyncConnection
) -> None:
    """The work was done by the answer: it ended with a reload of the page, or with a time limit."""
    await shelve(FOUR)
    gone = asyncio.Event()
    heard: list[bytes] = []
    events = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for event in events:
            return event
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(event: Any) -> None:  # noqa: ANN401  as ASGI has it
        heard.append(event.get("body", b""))
        if len(heard) > 1:
            gone.set()

    scope = create_scope(path="/api/process-all", method="POST", query_string="stream=true")
    async with asyncio.timeout(10):
        await client.app(scope, receive, send)
    assert not blocks(b"".join(heard))
    async with working(url):
        await until_state(conn, "done")
    assert await statement(conn, "SELECT bool_and(marked) FROM files")


async def statement(conn: AsyncConnection, sql: str) -> Any:  # noqa: ANN401  whatever it selects
    """Return the value of a statement."""
    value = await conn.scalar(text(sql))
    await conn.commit()
    return value


async def until_state(conn: AsyncConnection, state: str) -> None:
    """Wait until the newest batch is in this state."""

    async def is_there() -> bool:
        return bool(await statement(conn, "SELECT state FROM batches ORDER BY id DESC") == state)

    await until(is_there)


async def test_a_stream_of_a_batch_that_is_cancelled_ends_and_says_so(
    client: ASGIConductor, shelve: Shelve, url: URL, conn: AsyncConnection
) -> None:
    """It was done to the end, though its client was told that it was cancelled."""
    await shelve(FOUR)
    running = asyncio.create_task(stream(client, "/api/rename-all"))
    await until_state(conn, "running")
    key = (await client.simulate_get("/api/jobs")).json["jobs"][0]["job_id"]
    assert (await client.simulate_post(f"/api/jobs/{key}/cancel")).json == {"success": True}
    (last,) = blocks((await running).content)
    assert last == {"done": True, "job_id": key, "error": "The batch was cancelled.", "results": []}
    async with working(url):
        await asyncio.sleep(0.1)
    assert not await statement(conn, "SELECT bool_or(marked) FROM files")


SINGLE = {
    1: (200, None),
    2: (200, None),
    3: (409, "Another file has this name."),
    4: (500, "The disk is full."),
    5: (404, "File not found"),
}


@pytest.mark.parametrize("kind", ["process", "rename", "normalize"])
async def test_one_file_is_answered_when_it_is_done(
    client: ASGIConductor, shelve: Shelve, url: URL, conn: AsyncConnection, kind: str
) -> None:
    await shelve(FOUR)
    async with working(url, mixed):
        for number, told in SINGLE.items():
            path = quote(f"Saga/{number}.cbz", safe="")
            answer = await client.simulate_post(f"/api/{kind}-file/{path}")
            assert (answer.status_code, answer.json.get("error")) == told
            assert (answer.json == {"success": True}) == (answer.status_code == 200)
    assert [found for found, _ in await made(conn)] == [kind] * 4


async def test_one_file_of_a_batch_that_is_cancelled_is_no_success(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["1.cbz"])
    running = asyncio.create_task(client.simulate_post("/api/process-file/1.cbz"))
    await until_state(conn, "running")
    key = (await client.simulate_get("/api/jobs")).json["jobs"][0]["job_id"]
    await client.simulate_post(f"/api/jobs/{key}/cancel")
    assert (await running).status_code == 409


async def test_a_file_that_is_deleted_goes_to_the_trash(
    client: ASGIConductor, shelve: Shelve, url: URL, conn: AsyncConnection
) -> None:
    await shelve(FOUR)
    async with working(url, lambda _: {"state": "done", "gone": True}):
        answer = await client.simulate_delete(f"/api/delete-file/{quote(FOUR[0], safe='')}")
        again = await client.simulate_delete(f"/api/delete-file/{quote(FOUR[0], safe='')}")
    assert (answer.status_code, answer.json) == (200, {"success": True})
    assert (again.status_code, again.json["error"]) == (404, "File not found")
    ((kind, orders),) = await made(conn)
    assert (kind, orders["permanent"]) == ("delete", False)


@pytest.mark.parametrize(
    "path", ["../1.cbz", "/etc/passwd", "Saga/../Saga/1.cbz", "", "Saga", "Saga/1.cbz/..", "."]
)
async def test_no_path_leads_out_of_the_libraries(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection, path: str
) -> None:
    """Files anywhere on the disk were changed and deleted by such paths."""
    await shelve(FOUR)
    quoted = quote(path, safe="")
    for kind in ("process", "rename", "normalize"):
        assert (await client.simulate_post(f"/api/{kind}-file/{quoted}")).status_code == 404
    assert (await client.simulate_delete(f"/api/delete-file/{quoted}")).status_code == 404
    sent = {"title": "Mine"}
    assert (await client.simulate_post(f"/api/file/{quoted}/tags", json=sent)).status_code == 404
    assert not await made(conn)


async def test_batches_that_are_run_at_once_all_end_with_one_worker(
    client: ASGIConductor, shelve: Shelve, url: URL
) -> None:
    """Jobs and what they were made of shared a pool of threads, and waited there for each other."""
    await shelve(FOUR)
    async with working(url), asyncio.timeout(20):
        answers = await asyncio.gather(
            *(client.simulate_post(f"/api/{kind}-all") for kind in ("process", "rename") * 4)
        )
    assert [len(answer.json["results"]) for answer in answers] == [4] * 8


TAGS = {"series": "Saga", "issue": "1", "year": "", "writer": "A, B"}
EDITS = [
    {"do": "set", "field": "series", "value": "Saga"},
    {"do": "set", "field": "number", "value": "1"},
    {"do": "set", "field": "year", "value": ""},
    {"do": "set", "field": "writer", "value": "A, B"},
]


async def test_tags_of_one_file_are_a_batch_of_edits(
    client: ASGIConductor, shelve: Shelve, url: URL, conn: AsyncConnection
) -> None:
    await shelve(FOUR)
    address = f"/api/file/{quote(FOUR[0], safe='')}/tags"
    async with working(url):
        answer = await client.simulate_post(address, json=TAGS)
    assert (answer.status_code, answer.json["success"]) == (200, True)
    ((kind, orders),) = await made(conn)
    assert (kind, orders["edits"]["edits"]) == ("tags", EDITS)
    assert orders["edits"]["keeps_others"] is True


async def test_fields_that_cannot_be_set_are_left_out_and_told(
    client: ASGIConductor, shelve: Shelve, url: URL, conn: AsyncConnection
) -> None:
    """They were left out in silence, with success."""
    await shelve(FOUR)
    sent = TAGS | {"month": "May", "colour": "red", "page_count": 3}
    async with working(url):
        one = await client.simulate_post(f"/api/file/{quote(FOUR[0], safe='')}/tags", json=sent)
        many = await client.simulate_post("/api/files/tags", json={"files": FOUR, "tags": sent})
    for answer in (one, many):
        assert sorted(answer.json["ignored"]) == ["colour", "month", "page_count"]
        assert "from 1 to 12" in answer.json["ignored"]["month"]
    assert [orders["edits"]["edits"] for _, orders in await made(conn)] == [EDITS, EDITS]


@pytest.mark.parametrize("sent", [{}, {"year": "soon"}, {"colour": "red"}, {"page_count": 3}])
async def test_tags_of_which_none_can_be_set_are_refused(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection, sent: dict[str, Any]
) -> None:
    await shelve(FOUR)
    answer = await client.simulate_post(f"/api/file/{quote(FOUR[0], safe='')}/tags", json=sent)
    assert answer.status_code == 400
    assert sent or answer.json["error"] == "No tag updates provided"
    many = await client.simulate_post("/api/files/tags", json={"files": FOUR, "tags": sent})
    assert many.status_code == 400
    assert sent or many.json["error"] == "Files and tags are required"
    assert not await made(conn)


@pytest.mark.parametrize("streamed", [False, True])
async def test_tags_of_many_are_answered_by_the_paths_that_were_sent(
    client: ASGIConductor, shelve: Shelve, url: URL, *, streamed: bool
) -> None:
    await shelve(FOUR)
    asked = ["/comics/Saga/3.cbz", "none/1.cbz", "Saga/1.cbz"]
    sent = {"files": asked, "tags": {"series": "Saga"}}
    async with working(url, mixed):
        if streamed:
            told = blocks((await stream(client, "/api/files/tags", sent)).content)[-1]
        else:
            told = (await client.simulate_post("/api/files/tags", json=sent)).json
    assert told["results"] == [
        {"file": "none/1.cbz", "success": False, "error": "File not found"},
        {"file": "/comics/Saga/3.cbz", "success": False, "error": "Another file has this name."},
        {"file": "Saga/1.cbz", "success": True},
    ]
