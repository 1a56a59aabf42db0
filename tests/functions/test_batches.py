"""Batches over HTTP: made of some files or of a list, shown, changed and undone."""

from pathlib import Path

import msgspec
import pytest
from falcon.testing import ASGIConductor, Result
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.orders import Orders
from comics.paths import MARK
from db import batch_items, outcomes
from db.outcomes import Outcome
from tests.conftest import Shelve
from tests.functions.conftest import Ask
from tests.functions.following import WORKER, work

COUNTS = ("total", "done", "unchanged", "skipped", "failed")


async def post(client: ASGIConductor, path: str, **body: object) -> Result:
    """Post JSON."""
    return await client.simulate_post(path, json=body)


async def make(client: ASGIConductor, kind: str = "process", **body: object) -> dict[str, object]:
    """Make a batch, of all files if nothing else is said, and return it."""
    answer = await post(client, "/api/batches", **{"kind": kind, "filter": {}, **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json
    return made


async def marked(conn: AsyncConnection) -> list[str]:
    """Return the paths of the files that are marked."""
    rows = await conn.scalars(text("SELECT path FROM files WHERE marked ORDER BY path"))
    return list(rows)


async def test_a_batch_of_some_files_is_told_where_to_look(
    client: ASGIConductor, ask: Ask, shelve: Shelve
) -> None:
    one, _, three = await shelve(3)
    answer = await post(client, "/api/batches", kind="process", files=[three, one])
    assert (answer.status_code, answer.headers["location"]) == (201, "batches/1")
    batch = answer.json
    assert (batch["kind"], batch["title"], batch["state"]) == ("process", "Process", "running")
    assert [batch[count] for count in COUNTS] == [2, 0, 0, 0, 0]
    assert await ask("/api/batches/1") == batch


@pytest.mark.parametrize(
    ("filter_", "paths"),
    [
        ({}, ["Batman/1.cbz", "Saga/1.cbz", "Saga/2.cbz"]),
        ({"folder": "Saga"}, ["Saga/1.cbz", "Saga/2.cbz"]),
        ({"search": "BATM"}, ["Batman/1.cbz"]),
        ({"series": "Nothing"}, []),
        ({"filter": "marked"}, []),
    ],
)
async def test_a_batch_of_a_list_has_all_that_the_list_has(
    client: ASGIConductor,
    shelve: Shelve,
    conn: AsyncConnection,
    filter_: dict[str, object],
    paths: list[str],
) -> None:
    await shelve(["Saga/1.cbz", "Saga/2.cbz", "Batman/1.cbz"])
    batch = await make(client, "mark", filter=filter_)
    assert (batch["state"], batch["total"], batch["done"]) == ("done", len(paths), len(paths))
    assert await marked(conn) == paths


@pytest.mark.parametrize("filter_", [{}, {"folder": "Saga"}, {"search": "saga"}])
async def test_a_batch_of_a_list_leaves_out_the_files_that_are_named(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection, filter_: dict[str, object]
) -> None:
    left_out = (await shelve(["Saga/1.cbz", "Saga/2.cbz", "Saga/3.cbz"]))[1:]
    batch = await make(client, "mark", filter=filter_, **{"except": left_out})
    assert (batch["total"], await marked(conn)) == (1, ["Saga/1.cbz"])


async def test_a_batch_is_done_in_the_order_of_its_list(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["a.cbz", "b.cbz", "c.cbz"])
    await make(client, filter={"sort": "size", "direction": "desc"})
    assert [claimed.path for claimed in await work(conn)] == ["c.cbz", "b.cbz", "a.cbz"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "mark"}, "/files"),
        ({"kind": "mark", "files": [1], "filter": {}}, "/files"),
        ({"kind": "mark", "files": [1], "except": [1]}, "/files"),
        ({"kind": "mark", "files": []}, "/files"),
        ({"kind": "mark", "files": [0]}, "/files/0"),
        ({"kind": "undo", "files": [1]}, "/kind"),
        ({"kind": "fly", "files": [1]}, "/kind"),
        ({"kind": "tags", "files": [1]}, "/edits"),
        ({"kind": "deduplicate", "files": [1]}, "/kind"),
        ({"kind": "mark", "filter": {"sort": "colour"}}, "/filter/sort"),
        ({"kind": "mark", "filter": {"serie": "Saga"}}, "/filter"),
        ({"kind": "mark", "filter": {"series": "a\0b"}}, "/filter/series"),
        ({"kind": "mark", "files": [1], "title": "a\0b"}, "/title"),
        ({"files": [1]}, ""),
    ],
)
async def test_what_makes_no_batch_is_told(
    client: ASGIConductor, ask: Ask, body: dict[str, object], pointer: str
) -> None:
    answer = await client.simulate_post("/api/batches", json=body)
    assert answer.status_code == 400, answer.text
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert (await ask("/api/batches"))["batches"] == []


async def test_duplicates_go_to_the_folder_of_the_settings_or_of_the_environment(
    client: ASGIConductor,
    shelve: Shelve,
    conn: AsyncConnection,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    await shelve(1)
    monkeypatch.setenv("DUPLICATE_DIR", "/dup\udcff")
    await make(client, "deduplicate")
    (claimed,) = await work(conn, state="unchanged")
    orders = msgspec.convert(claimed.orders, Orders)
    assert orders.duplicates_root == f"/dup{MARK}FF"
    answer = await client.simulate_patch("/api/settings", json={"duplicates_root": str(tmp_path)})
    assert answer.status_code == 200, answer.text
    await make(client, "deduplicate")
    (claimed,) = await work(conn)
    assert msgspec.convert(claimed.orders, Orders).duplicates_root == str(tmp_path)


async def test_a_batch_keeps_the_settings_that_there_were_when_it_was_made(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(1)
    await client.simulate_patch("/api/settings", json={"issue_number_padding": 2})
    await make(client)
    await client.simulate_patch("/api/settings", json={"issue_number_padding": 3})
    (claimed,) = await work(conn)
    assert msgspec.convert(claimed.orders, Orders).settings.issue_number_padding == 2


async def test_edits_of_tags_reach_the_worker(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(1)
    edits = {"edits": [{"do": "set", "field": "series", "value": "Saga"}]}
    await make(client, "tags", edits=edits)
    (claimed,) = await work(conn)
    orders = msgspec.convert(claimed.orders, Orders)
    assert orders.edits
    assert orders.edits.fields == {"series"}


async def test_a_request_that_is_sent_again_makes_one_batch(
    client: ASGIConductor, ask: Ask, shelve: Shelve
) -> None:
    await shelve(2)
    headers = {"Idempotency-Key": "c0ffee"}
    asked = {"kind": "process", "files": [1, 2]}
    first, again = [
        await client.simulate_post("/api/batches", json=asked, headers=headers) for _ in range(2)
    ]
    assert first.json == again.json
    other = await client.simulate_post(
        "/api/batches", json={**asked, "files": [1]}, headers=headers
    )
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json["detail"]
    assert len((await ask("/api/batches"))["batches"]) == 1


async def test_a_key_may_not_be_endless(client: ASGIConductor) -> None:
    answer = await client.simulate_post(
        "/api/batches",
        json={"kind": "mark", "filter": {}},
        headers={"Idempotency-Key": "x" * 256},
    )
    assert answer.status_code == 400


async def test_batches_are_listed_page_by_page_the_newest_first(
    client: ASGIConductor, ask: Ask, shelve: Shelve
) -> None:
    await shelve(1)
    for _ in range(5):
        await make(client, "mark")
    first = await ask("/api/batches", limit=2)
    second = await ask("/api/batches", limit=2, before=first["next"])
    third = await ask("/api/batches", limit=2, before=second["next"])
    pages = [[batch["id"] for batch in page["batches"]] for page in (first, second, third)]
    assert pages == [[5, 4], [3, 2], [1]]
    assert third["next"] is None


async def test_what_was_refused_comes_before_what_failed_and_what_is_changed(
    client: ASGIConductor, ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(5)
    await make(client)
    for state in ("done", "unchanged", "failed", "done", "skipped"):
        await work(conn, 1, state=state)
    page = await ask("/api/batches/1/items")
    assert [item["seq"] for item in page["items"]] == [4, 2, 0, 3]
    assert page["next"] is None
    all_of_it = await ask("/api/batches/1/items", state="all")
    assert [item["seq"] for item in all_of_it["items"]] == [0, 1, 2, 3, 4]
    done = await ask("/api/batches/1/items", state="done")
    assert [item["seq"] for item in done["items"]] == [0, 3]


@pytest.mark.parametrize("state", [None, "all", "done"])
async def test_a_page_of_items_leads_to_the_next(
    client: ASGIConductor, ask: Ask, shelve: Shelve, conn: AsyncConnection, state: str | None
) -> None:
    await shelve(5)
    await make(client)
    await work(conn, 3)
    await work(conn, state="failed")
    asked = {"state": state} if state else {}
    whole = (await ask("/api/batches/1/items", **asked))["items"]
    found, after = [], dict[str, object]()
    while True:
        page = await ask("/api/batches/1/items", limit=2, **asked, **after)
        found += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == whole
    assert len(found) == (3 if state == "done" else 5)


@pytest.mark.parametrize(
    ("state", "after"), [("done", "skipped-1"), (None, "todo-1"), ("all", "7")]
)
async def test_a_place_in_another_list_is_told(
    client: ASGIConductor, shelve: Shelve, state: str | None, after: str
) -> None:
    await shelve(1)
    await make(client)
    params = {"after": after} | ({"state": state} if state else {})
    answer = await client.simulate_get("/api/batches/1/items", params=params)
    assert answer.status_code == 400
    assert answer.json["errors"][0]["pointer"] == "/after"


async def test_a_batch_is_paused_resumed_and_cancelled(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(2)
    await make(client)
    assert (await post(client, "/api/batches/1/pause")).json["state"] == "paused"
    assert await work(conn) == []
    assert (await post(client, "/api/batches/1/resume")).json["state"] == "running"
    assert len(await work(conn, 1)) == 1
    assert (await post(client, "/api/batches/1/cancel")).json["state"] == "cancelled"
    assert await work(conn) == []


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel", "start", "retry"])
async def test_what_a_batch_is_in_no_state_for_is_told(
    client: ASGIConductor, shelve: Shelve, verb: str
) -> None:
    await shelve(1)
    await make(client, "mark")
    answer = await post(client, f"/api/batches/1/{verb}")
    assert answer.status_code == 409
    assert answer.json["detail"].startswith("Batch 1 is done; only one ")


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel", "start", "retry", "undo"])
async def test_nothing_is_done_to_a_batch_that_is_not(client: ASGIConductor, verb: str) -> None:
    assert (await post(client, f"/api/batches/1/{verb}")).status_code == 404


@pytest.mark.parametrize(
    ("ticked", "done"),
    [
        ({"except": [1]}, ["a.cbz", "c.cbz"]),
        ({"only": [2]}, ["c.cbz"]),
        ({"only": [1, 2], "except": [1]}, ["c.cbz"]),
    ],
)
async def test_a_preview_is_started_without_what_is_left_out(
    client: ASGIConductor,
    shelve: Shelve,
    conn: AsyncConnection,
    ticked: dict[str, list[int]],
    done: list[str],
) -> None:
    await shelve(["a.cbz", "b.cbz", "c.cbz"])
    assert (await make(client, dry_run=True))["state"] == "previewing"
    await work(conn, after={"path": "x.cbz"}, marked=True)
    assert await marked(conn) == []
    started = await post(client, "/api/batches/1/start", **ticked)
    assert (started.json["state"], started.json["total"]) == ("running", len(done))
    assert [claimed.path for claimed in await work(conn)] == done


async def test_a_preview_of_marks_marks_nothing(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["a.cbz"])
    assert (await make(client, "mark", dry_run=True))["state"] == "previewed"
    assert await marked(conn) == []
    assert (await post(client, "/api/batches/1/start")).json["state"] == "done"
    assert await marked(conn) == ["a.cbz"]


async def test_what_has_failed_is_tried_again(
    client: ASGIConductor, ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(3)
    await make(client)
    await work(conn, 2, state="failed", error="The share is away.")
    await work(conn)
    assert (await ask("/api/batches/1"))["failed"] == 2
    again = (await post(client, "/api/batches/1/retry")).json
    assert (again["state"], again["failed"]) == ("running", 0)
    assert len(await work(conn)) == 2


async def test_marks_are_undone_but_those_that_were_there_before(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["a.cbz"], marked=True)
    await shelve(["b.cbz"])
    await make(client, "mark", title="All of them")
    answer = await post(client, "/api/batches/1/undo")
    assert (answer.status_code, answer.headers["location"]) == (201, "../2")
    assert (answer.json["kind"], answer.json["title"]) == ("unmark", "Undo: All of them")
    assert (answer.json["undoes"], answer.json["done"]) == (1, 1)
    assert await marked(conn) == ["a.cbz"]


async def test_a_batch_is_undone_backwards_and_once(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["a.cbz", "b.cbz"])
    await make(client)
    assert (await post(client, "/api/batches/1/undo")).status_code == 409  # it is running
    await work(conn, before={"path": "a.cbz"}, after={"path": "b.cbz"})
    undoing = await post(client, "/api/batches/1/undo")
    assert (undoing.json["kind"], undoing.json["total"]) == ("undo", 2)
    assert [claimed.path for claimed in await work(conn)] == ["b.cbz", "a.cbz"]
    again = await post(client, "/api/batches/1/undo")
    assert again.status_code == 409
    assert "nothing is left to undo" in again.json["detail"]


async def test_a_cancelled_batch_is_undone_once_its_last_file_has_ended(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(2)
    await make(client)
    (claimed,) = await batch_items.claim(conn, WORKER, 1)
    await post(client, "/api/batches/1/cancel")
    early = await post(client, "/api/batches/1/undo")
    assert (early.status_code, "last files" in early.json["detail"]) == (409, True)
    ended = Outcome(batch=1, seq=claimed.seq, state="done", before={}, after={})
    await outcomes.save(conn, WORKER, [ended])
    assert (await post(client, "/api/batches/1/undo")).json["total"] == 1


async def test_what_was_last_done_to_a_file_is_undone(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    one, two = await shelve(["a.cbz", "b.cbz"])
    for _ in range(2):
        await make(client)
        await work(conn, before={"title": None}, after={"title": "Chapter 1"})
    undoing = (await post(client, f"/api/files/{two}/undo")).json
    assert (undoing["undoes"], undoing["total"]) == (2, 1)
    assert [claimed.file for claimed in await work(conn)] == [two]
    assert (await post(client, f"/api/files/{two}/undo")).json["undoes"] == 1
    assert (await post(client, f"/api/files/{one}/undo", dry_run=True)).json[
        "state"
    ] == "previewing"
    nothing = await post(client, "/api/files/999/undo")
    assert nothing.status_code == 409
