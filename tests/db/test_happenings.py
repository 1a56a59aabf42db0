"""What is told of batches: events after an event, pages of items, and history."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import batch_items, batch_pages, batch_states, batches, happenings, history, notices
from db.batch_pages import REMARKABLE, Place
from db.engine import job
from db.happenings import Changed, Item
from db.tables import ItemState
from tests.batches import column, ended, make, make_undo, one, work
from tests.conftest import Shelve


async def test_all_that_happens_is_told_once_and_in_its_order(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    start = await happenings.newest(conn)
    made = await make(conn, await shelve(3), kind="process")
    (begun,) = await happenings.after(conn, start)
    assert begun == Changed(made.event, made.id, made)
    await work(conn, most=2)
    told = await happenings.after(conn, begun.event)
    assert [type(one) for one in told] == [Item, Item, Item, Changed]
    assert [one.event for one in told] == sorted(one.event for one in told)
    last = told[-1]
    assert isinstance(last, Changed)
    assert last.now == await one(conn, made)
    assert await happenings.after(conn, last.event) == []
    assert await happenings.newest(conn) == last.event


async def test_an_item_is_told_with_all_that_a_stream_says(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    (file,) = await shelve(["a/1.cbz"])
    made = await make(conn, [file], kind="process")
    await work(conn, lambda item: ended(item, error="Odd."))
    item = (await happenings.after(conn, made.event))[0]
    assert isinstance(item, Item)
    assert (item.batch, item.key, item.kind, item.total) == (made.id, made.key, "process", 1)
    assert (item.seq, item.ordinal, item.file, item.root) == (0, 1, file, "/comics")
    assert (item.path, item.state, item.preview, item.error) == ("a/1.cbz", "done", False, "Odd.")
    assert item.before == {"path": "a/1.cbz", "title": ""}
    assert item.ended_at


async def test_what_is_told_of_one_batch_is_its_own(conn: AsyncConnection, shelve: Shelve) -> None:
    ids = await shelve(4)
    first, second = await make(conn, ids[:2]), await make(conn, ids[2:])
    await work(conn)
    told = await happenings.after(conn, 0, second.id)
    assert {one.batch for one in told} == {second.id}
    assert len(told) == 3
    assert len(await happenings.after(conn, 0)) == 6
    assert first.id != second.id


async def test_much_that_has_happened_is_told_in_parts(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(30)
    for start in range(0, 30, 10):
        await make(conn, ids[start : start + 10])
    await work(conn, most=7)
    whole = await happenings.after(conn, 0)
    parts, event = [], 0
    while part := await happenings.after(conn, event, limit=4):
        parts += part
        event = part[-1].event
    assert parts == whole
    assert len(whole) == 33


async def test_who_waits_is_woken_by_whatever_happens_to_a_batch(
    conn: AsyncConnection, shelve: Shelve, url: URL
) -> None:
    ids = await shelve(1)
    async with job(url) as listener:
        await notices.listen(listener, "batches")

        async def heard(what: Any) -> bool:  # noqa: ANN401  a coroutine
            waiting = asyncio.create_task(notices.wait(listener, 20))
            await what
            await conn.commit()
            await asyncio.wait_for(waiting, 10)
            return True

        assert await heard(make(conn, ids))
        (batch,) = await batches.newest(conn, 1)
        assert await heard(batch_states.pause(conn, batch.id))
        assert await heard(batch_states.resume(conn, batch.id))
        assert await heard(work(conn))


async def test_a_batch_is_quiet_when_nothing_of_it_is_at_work(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(1))
    assert await happenings.is_quiet(conn, made.id)
    await batch_items.claim(conn, "here:1", 1)
    assert not await happenings.is_quiet(conn, made.id)


STATES: list[ItemState] = ["unchanged", "done", "failed", "skipped", "done", "failed", "skipped"]


@pytest.mark.parametrize(
    ("states", "seqs"),
    [
        ((), [0, 1, 2, 3, 4, 5, 6]),
        (REMARKABLE, [3, 6, 2, 5, 1, 4]),
        (("failed",), [2, 5]),
        (("unchanged",), [0]),
        (("todo", "running"), []),
    ],
)
async def test_items_are_paged_in_the_order_of_the_states_asked_for(
    conn: AsyncConnection, shelve: Shelve, states: tuple[ItemState, ...], seqs: list[int]
) -> None:
    made = await make(conn, await shelve(len(STATES)))
    await work(conn, lambda item: ended(item, STATES[item.seq]))
    found: list[Item] = []
    while page := await batch_pages.page(
        conn, made.id, states, Place(found[-1].state, found[-1].seq) if found else None, 2
    ):
        found += page
    assert [item.seq for item in found] == seqs
    assert all(item.state == STATES[item.seq] for item in found)


async def test_what_was_done_is_history_the_newest_first(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(["1.cbz", "2.cbz", "3.cbz"])
    made = await make(conn, ids)
    await work(conn, lambda item: ended(item, "done" if item.seq < 2 else "skipped"))
    preview = await make(conn, ids, preview=True)
    await work(conn)
    await batch_states.cancel(conn, preview.id)
    entries = await history.page(conn, 10)
    assert [(entry.path, entry.batch, entry.undone) for entry in entries] == [
        ("2.cbz", made.id, False),
        ("1.cbz", made.id, False),
    ]
    assert entries[0].after == {"path": "2.cbz", "title": "Chapter 1"}
    assert await history.page(conn, 10, before=entries[0].event) == entries[1:]
    assert await history.page(conn, 1, offset=1) == entries[1:]
    assert await history.page(conn, 10, file=ids[0]) == entries[1:]
    assert (await history.total(conn), await history.total(conn, ids[0])) == (2, 1)


async def test_history_outlives_its_file_and_tells_what_was_undone(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    first, second = await shelve(["1.cbz", "2.cbz"])
    made = await make(conn, [first, second])
    await work(conn)
    assert await history.last_undoable(conn, first) == made.id
    await make_undo(conn, made, first)
    await work(conn)
    assert await history.last_undoable(conn, first) is None
    assert await history.last_undoable(conn, second) == made.id
    await conn.execute(text("DELETE FROM files WHERE id = :id"), {"id": first})
    known = [(entry.kind, entry.root, entry.undone) for entry in await history.page(conn, 10)]
    assert known == [("undo", None, False), ("rename", "/comics", False), ("rename", None, True)]


async def test_what_another_program_did_is_history_that_cannot_be_undone(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    (file,) = await shelve(1)
    made = await make(conn, [file], orders={"imported": True})
    await work(conn)
    assert await history.total(conn) == 1
    assert await history.last_undoable(conn, file) is None
    assert (await make_undo(conn, made)).total == 0


MANY = text("""
    WITH made AS (
        INSERT INTO batches (kind, title, orders, state, undoes)
        SELECT 'rename', '', '{}', 'done', CASE WHEN n % 5 = 0 THEN 1 END
          FROM generate_series(1, 20) AS n RETURNING id
    )
    INSERT INTO batch_items (batch_id, seq, file_id, path, state, before, event, ordinal)
    SELECT id, seq, seq, '', CASE WHEN seq % 20 = 0 THEN 'done' ELSE 'unchanged' END, '{}',
           nextval('events'), seq
      FROM made CROSS JOIN generate_series(1, 1000) AS seq
""")


async def test_each_question_is_answered_along_its_index(conn: AsyncConnection) -> None:
    """Whatever else has been done, as in years there are millions of items."""
    await conn.execute(MANY)
    await conn.execute(text("ANALYZE batches, batch_items"))
    lately = {"event": await happenings.newest(conn) - 1, "batch": None, "limit": 9}
    newest = {"before": history.LAST, "limit": 9, "offset": 0}
    page = {"batch": 9, "after": 0, "limit": 9}
    for query, asked, index in (
        (history.ALL, newest, "batch_items_history_idx"),
        (history.OF_ONE, {**newest, "file": 7}, "batch_items_file_idx"),
        (history.ALL_TOTAL, {}, "batch_items_history_idx"),
        (history.UNDOABLE, {"file": 7}, "batch_items_file_idx"),
        (happenings.AFTER, lately, "batch_items_event_idx"),
        (happenings.AT_WORK, {"batch": 9}, "batch_items_running_key"),
        (batch_pages.select_page(REMARKABLE), page, "batch_items_outcome_idx"),
        (batch_pages.select_page(()), page, "batch_items_pkey"),
    ):
        told = "\n".join(await column(conn, f"EXPLAIN (COSTS OFF) {query.text}", **asked))
        assert index in told, told
        assert "Seq Scan on batch_items" not in told, told
