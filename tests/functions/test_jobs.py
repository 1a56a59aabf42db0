"""Jobs, and which of them is active, as ComicMaintainer's page asks for them."""

import asyncio
import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from falcon.testing import ASGIConductor, Result
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import batch_items, engine
from db.batch_items import Claimed
from functions import results
from tests.conftest import Shelve
from tests.functions.conftest import Ask
from tests.functions.stand_in import renamed, working
from tests.scanner.conftest import until

NUL = "No text in PostgreSQL has a NUL character"
NONE = {"job_id": None, "job_title": None}


def odd_fail(claimed: Claimed) -> dict[str, Any]:
    """Fail with every other file."""
    return {"state": "failed", "error": "It is odd."} if claimed.seq % 2 else renamed(claimed)


async def start(client: ASGIConductor, path: str = "process-all", **sent: object) -> str:
    """Start a job, and return its id."""
    answer = await client.simulate_post(f"/api/jobs/{path}", json=sent or None)
    assert answer.status_code == 200, answer.text
    return str(answer.json["job_id"])


async def until_ended(ask: Ask, key: str) -> Any:  # noqa: ANN401  JSON
    """Wait until a job has ended, as the page did, and return it."""

    async def has_ended() -> bool:
        return (await ask(f"/api/jobs/{key}"))["status"] not in {"queued", "processing"}

    await until(has_ended)
    return await ask(f"/api/jobs/{key}")


ROUTES = {
    "process-all": ("Processing Files...", "process", 3),
    "process-unmarked": ("Processing Unmarked Files...", "process", 2),
    "rename-unmarked": ("Renaming Unmarked Files...", "rename", 2),
    "normalize-unmarked": ("Normalizing Unmarked Files...", "normalize", 2),
}


@pytest.mark.parametrize("path", ROUTES)
async def test_a_job_is_made_and_active_before_it_is_answered(
    client: ASGIConductor, ask: Ask, shelve: Shelve, conn: AsyncConnection, path: str
) -> None:
    """It was answered first: what then went wrong was told to nobody, and nothing ran."""
    title, kind, total = ROUTES[path]
    await shelve(["1.cbz"], marked=True)
    await shelve(["2.cbz", "3.cbz"])
    answer = await client.simulate_post(f"/api/jobs/{path}")
    key = answer.json["job_id"]
    assert answer.json == {"job_id": str(UUID(key)), "total_items": total}
    assert await ask("/api/active-job") == {"job_id": key, "job_title": title}
    rows = await conn.execute(text("SELECT kind, total, state FROM batches"))
    assert rows.all() == [(kind, total, "running")]


async def test_a_job_of_selected_files_leaves_out_what_is_none(
    client: ASGIConductor, ask: Ask, shelve: Shelve
) -> None:
    await shelve(["1.cbz", "2.cbz"])
    await shelve(["3.cbz"], missing=True)
    sent = {"files": ["2.cbz", "3.cbz", "/etc/passwd"]}
    answer = await client.simulate_post("/api/jobs/process-selected", json=sent)
    assert answer.json["total_items"] == 1
    assert (await ask("/api/active-job"))["job_title"] == "Processing Selected Files..."


@pytest.mark.parametrize(
    ("path", "sent", "why"),
    [
        ("process-all", None, "No files to process"),
        ("process-selected", {}, "No files specified"),
        ("process-selected", {"files": ["1.cbz"]}, "No valid files to process"),
        ("process-unmarked", None, "No unmarked files to process"),
        ("rename-unmarked", None, "No unmarked files to rename"),
        ("normalize-unmarked", None, "No unmarked files to normalize"),
    ],
)
async def test_a_job_of_nothing_is_refused_and_leaves_nothing(
    client: ASGIConductor, ask: Ask, path: str, sent: object, why: str
) -> None:
    answer = await client.simulate_post(f"/api/jobs/{path}", json=sent)
    assert (answer.status_code, answer.json["error"]) == (400, why)
    assert await ask("/api/jobs") == {"jobs": []}
    assert await ask("/api/active-job") == NONE


async def test_a_job_shows_how_far_it_is_and_what_has_become_of_its_files(
    client: ASGIConductor, ask: Ask, shelve: Shelve, url: URL
) -> None:
    await shelve(["Saga/1.cbz", "Saga/2.cbz"])
    key = await start(client)
    before = await ask(f"/api/jobs/{key}")
    assert before == {
        "job_id": key,
        "status": "processing",
        "total_items": 2,
        "processed_items": 0,
        "progress": 0.0,
        "error": None,
        "results": [],
        "completed_at": None,
        **{name: before[name] for name in ("created_at", "started_at")},
    }
    assert abs(before["created_at"] - time.time()) < 60
    async with working(url, odd_fail):
        after = await until_ended(ask, key)
    assert (after["status"], after["processed_items"], after["progress"]) == ("completed", 2, 1.0)
    assert after["created_at"] <= after["completed_at"]
    details = {"original": "/comics/Saga/1.cbz", "final": "/comics/Saga/1 new.cbz"}
    assert after["results"] == [
        {"item": "1.cbz", "success": True, "error": None, "details": details, "seq": 0},
        {
            "item": "2.cbz",
            "success": False,
            "error": "It is odd.",
            "seq": 1,
            "details": dict.fromkeys(("original", "final"), "/comics/Saga/2.cbz"),
        },
    ]


async def test_all_results_are_shown_unless_a_page_is_asked_for(
    client: ASGIConductor, ask: Ask, shelve: Shelve, url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "AT_ONCE", 3)
    await shelve([f"{number}.cbz" for number in range(8)])
    key = await start(client)
    async with working(url):
        job = await until_ended(ask, key)
    assert [result["seq"] for result in job["results"]] == list(range(8))
    for limit, after, shown in ((0, -1, []), (3, -1, [0, 1, 2]), (4, 2, [3, 4, 5, 6]), (9, 6, [7])):
        page = await ask(f"/api/jobs/{key}", limit=limit, after=after)
        assert [result["seq"] for result in page["results"]] == shown
        assert page["processed_items"] == 8


async def test_jobs_are_listed_newest_first(
    client: ASGIConductor, ask: Ask, shelve: Shelve, url: URL
) -> None:
    await shelve(2)
    first, second = await start(client), await start(client, "process-unmarked")
    listed = (await ask("/api/jobs"))["jobs"]
    assert [job["job_id"] for job in listed] == [second, first]
    assert {name for job in listed for name in job} == {
        *("job_id", "status", "total_items", "processed_items"),
        *("created_at", "started_at", "completed_at"),
    }
    assert [job["job_id"] for job in (await ask("/api/jobs", limit=1))["jobs"]] == [second]
    async with working(url):
        await until_ended(ask, first)
        await until_ended(ask, second)
    assert {job["status"] for job in (await ask("/api/jobs"))["jobs"]} == {"completed"}


async def test_a_job_is_known_to_every_process(
    client: ASGIConductor, shelve: Shelve, url: URL
) -> None:
    """Each process knew its own jobs, and the others answered that there was none such."""
    from functions.app import create_app  # noqa: PLC0415

    await shelve(2)
    key = await start(client)
    async with ASGIConductor(create_app(url)) as other:
        assert (await other.simulate_get(f"/api/jobs/{key}")).json["job_id"] == key
        assert (await other.simulate_get("/api/active-job")).json["job_id"] == key


async def test_what_can_be_no_job_is_none(client: ASGIConductor) -> None:
    """Any word was taken for a job's id, and looked for until the log was full."""
    for key in ("process-selected", "1", str(uuid4()), "x" * 5_000):
        for answer in (
            await client.simulate_get(f"/api/jobs/{key}x"),
            await client.simulate_delete(f"/api/jobs/{key}x"),
            await client.simulate_post(f"/api/jobs/{key}x/cancel"),
        ):
            assert (answer.status_code, answer.json["error"]) == (404, "Job not found")


async def test_a_job_whose_worker_has_died_is_brought_to_its_end_by_the_next(
    client: ASGIConductor, ask: Ask, shelve: Shelve, url: URL
) -> None:
    """It was `processing` for ever, and each page that was loaded took it up again."""
    await shelve(3)
    key = await start(client)
    async with engine.job(url) as dead:
        assert await batch_items.claim(dead, "dead", 2, lease=0.0)
    async with working(url):
        job = await until_ended(ask, key)
    assert (job["status"], [result["success"] for result in job["results"]]) == (
        "completed",
        [True, True, True],
    )


async def test_a_job_that_is_cancelled_is_done_no_further_and_stays_so(
    client: ASGIConductor, ask: Ask, shelve: Shelve, url: URL, conn: AsyncConnection
) -> None:
    """All of it was done all the same, and then it was completed."""
    await shelve(4)
    key = await start(client)
    assert (await client.simulate_post(f"/api/jobs/{key}/cancel")).json == {"success": True}
    async with working(url):
        await asyncio.sleep(0.1)
    job = await ask(f"/api/jobs/{key}")
    assert (job["status"], job["processed_items"], job["results"]) == ("cancelled", 0, [])
    assert not await conn.scalar(text("SELECT count(*) FROM files WHERE marked"))
    for gone in (key, str(uuid4())):
        again = await client.simulate_post(f"/api/jobs/{gone}/cancel")
        told = (again.status_code, again.json["error"])
        assert told == (400, "Job not found or already completed")


async def test_a_job_that_is_deleted_is_found_no_more_and_done_no_further(
    client: ASGIConductor, ask: Ask, shelve: Shelve, url: URL, conn: AsyncConnection
) -> None:
    """Its results stayed where nobody could reach them."""
    await shelve(4)
    key = await start(client)
    assert (await client.simulate_delete(f"/api/jobs/{key}")).json == {"success": True}
    assert await ask("/api/jobs") == {"jobs": []}
    again: list[Result] = [
        await client.simulate_get(f"/api/jobs/{key}"),
        await client.simulate_delete(f"/api/jobs/{key}"),
    ]
    assert [answer.status_code for answer in again] == [404, 404]
    assert await ask("/api/active-job") == NONE
    async with working(url):
        await asyncio.sleep(0.1)
    assert not await conn.scalar(text("SELECT count(*) FROM files WHERE marked"))


async def test_files_that_have_gone_are_in_no_job(
    client: ASGIConductor, ask: Ask, shelve: Shelve, url: URL
) -> None:
    """Each of them was an error, again with every run."""
    await shelve(["1.cbz"])
    await shelve(["2.cbz", "3.cbz"], missing=True)
    key = await start(client, "process-unmarked")
    async with working(url):
        job = await until_ended(ask, key)
    assert [(result["item"], result["success"]) for result in job["results"]] == [("1.cbz", True)]


async def test_what_was_done_is_marked_and_what_failed_is_not(
    client: ASGIConductor, ask: Ask, shelve: Shelve, url: URL
) -> None:
    await shelve(["1.cbz", "2.cbz", "3.cbz"])
    key = await start(client, "rename-unmarked")
    async with working(url, odd_fail):
        await until_ended(ask, key)
    listed = (await ask())["files"]
    assert {file["name"]: file["processed"] for file in listed} == {
        "1.cbz": True,
        "2.cbz": False,
        "3.cbz": True,
    }


async def test_no_job_is_active_once_it_has_ended(
    client: ASGIConductor, ask: Ask, shelve: Shelve, url: URL
) -> None:
    """It stayed active for ever if its process had died, and each page waited for it anew."""
    await shelve(2)
    assert await ask("/api/active-job") == NONE
    key = await start(client)
    assert (await ask("/api/active-job"))["job_id"] == key
    async with working(url):
        await until_ended(ask, key)
    assert await ask("/api/active-job") == NONE


async def test_a_page_may_choose_the_active_job(
    client: ASGIConductor, ask: Ask, shelve: Shelve
) -> None:
    await shelve(2)
    first, second = await start(client), await start(client, "rename-unmarked")
    assert (await ask("/api/active-job"))["job_id"] == second
    chosen = await client.simulate_post("/api/active-job", json={"job_id": first})
    assert chosen.json == {"success": True, "message": "Active job set"}
    assert await ask("/api/active-job") == {"job_id": first, "job_title": "Processing..."}
    await client.simulate_post("/api/active-job", json={"job_id": first, "job_title": "Mine"})
    assert await ask("/api/active-job") == {"job_id": first, "job_title": "Mine"}
    cleared = await client.simulate_delete("/api/active-job")
    assert cleared.json == {"success": True, "message": "Active job cleared"}
    assert await ask("/api/active-job") == NONE
    assert (await ask(f"/api/jobs/{first}"))["status"] == "processing"


@pytest.mark.parametrize(
    ("sent", "status", "why"),
    [
        ({}, 400, "job_id is required"),
        ({"job_id": ""}, 400, "job_id is required"),
        ({"job_id": "process-all"}, 400, "Invalid job_id format (must be UUID)"),
        ({"job_id": str(uuid4())}, 404, "Job not found"),
        (
            {"job_id": str(uuid4()), "job_title": "\0"},
            400,
            "No text in PostgreSQL has a NUL character",
        ),
    ],
)
async def test_what_is_no_job_cannot_be_active(
    client: ASGIConductor, ask: Ask, sent: dict[str, str], status: int, why: str
) -> None:
    answer = await client.simulate_post("/api/active-job", json=sent)
    assert (answer.status_code, answer.json["error"]) == (status, why)
    assert await ask("/api/active-job") == NONE
