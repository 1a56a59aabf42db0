"""What users do to batches that are made: pause, cancel, go on, start, try again, hide."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from db import batch_items, batch_states, batches, outcomes
from db.batches import Batch
from db.listing import Wanted
from tests.batches import WORKER, column, ended, make, one, work
from tests.conftest import Shelve

Do = Callable[[AsyncConnection, int], Awaitable[bool]]

ITEMS = "SELECT seq || ' ' || state FROM batch_items ORDER BY seq"


async def do(conn: AsyncConnection, what: Do, batch: Batch) -> bool:
    """Do something to a batch, and commit it."""
    done = await what(conn, batch.id)
    await conn.commit()
    return done


async def test_a_batch_that_is_paused_waits_until_it_is_resumed(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(5))
    claimed = await batch_items.claim(conn, WORKER, 2)
    assert await do(conn, batch_states.pause, made)
    assert await batch_items.claim(conn, WORKER, 2) == []
    await outcomes.save(conn, WORKER, [ended(one) for one in claimed])
    now = await one(conn, made)
    assert (now.state, now.done, [other.id for other in await batches.active(conn)]) == (
        "paused",
        2,
        [made.id],
    )
    assert await do(conn, batch_states.resume, made)
    assert len(await work(conn)) == 3
    assert (await one(conn, made)).state == "done"


async def test_a_batch_that_is_cancelled_does_nothing_more_but_what_is_at_work(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(1_200)
    made = await make(conn, Wanted())
    claimed = await batch_items.claim(conn, WORKER, 2)
    assert await do(conn, batch_states.cancel, made)
    assert await batch_items.claim(conn, WORKER, 2) == []
    await outcomes.save(conn, WORKER, [ended(one) for one in claimed])
    now = await one(conn, made)
    assert (now.state, now.done, now.has_ended) == ("cancelled", 2, True)
    assert now.finished_at
    assert await batches.active(conn) == []
    assert await column(conn, "SELECT count(*) FROM batch_slices") == [0]


async def test_only_what_fits_its_state_is_done_to_a_batch(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(1))
    before = await one(conn, made)
    for what in (batch_states.resume, batch_states.start, batch_states.retry):
        assert not await do(conn, what, made)
    assert await one(conn, made) == before
    await work(conn)
    for what in (batch_states.pause, batch_states.resume, batch_states.cancel):
        assert not await do(conn, what, made)
    assert (await one(conn, made)).state == "done"


async def test_a_preview_is_started_without_what_is_left_out_and_keeps_its_numbers(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(5)
    made = await make(conn, ids, preview=True)
    await work(conn)
    assert (await one(conn, made)).state == "previewed"
    assert await batch_states.start(conn, made.id, [1, 2])
    await conn.commit()
    now = await one(conn, made)
    assert (now.state, now.total, now.ended) == ("running", 3, 0)
    done = await work(conn)
    assert [(one.seq, one.file, one.preview) for one in done] == [
        (seq, ids[seq], False) for seq in (0, 3, 4)
    ]
    now = await one(conn, made)
    assert (now.state, now.done) == ("done", 3)
    assert await column(conn, "SELECT count(*) FROM batch_items WHERE preview") == [0]


async def test_a_preview_of_which_all_is_left_out_is_done(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(1), preview=True)
    await work(conn)
    await batch_states.start(conn, made.id, [0])
    assert (await one(conn, made)).state == "done"


async def test_a_preview_of_marks_is_started_and_marks(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(3)
    made = await make(conn, Wanted(), kind="mark", preview=True)
    assert await do(conn, batch_states.start, made)
    now = await one(conn, made)
    assert (now.state, now.total, now.done) == ("done", 3, 3)
    assert await column(conn, "SELECT marked FROM files") == [True] * 3


async def test_what_has_failed_is_tried_again_and_nothing_else(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(4))
    await work(conn, lambda item: ended(item, "failed" if item.seq % 2 else "skipped"))
    assert await do(conn, batch_states.retry, made)
    now = await one(conn, made)
    assert (now.state, now.failed, now.skipped, now.finished_at) == ("running", 0, 2, None)
    assert [claimed.seq for claimed in await work(conn)] == [1, 3]
    now = await one(conn, made)
    assert (now.state, now.done, now.failed, now.ended) == ("done", 2, 0, 4)
    assert await column(conn, ITEMS) == ["0 skipped", "1 done", "2 skipped", "3 done"]
    assert not await do(conn, batch_states.retry, made)


async def test_what_was_cancelled_is_not_tried_again(conn: AsyncConnection, shelve: Shelve) -> None:
    made = await make(conn, await shelve(2))
    (claimed,) = await batch_items.claim(conn, WORKER, 1)
    await outcomes.save(conn, WORKER, [ended(claimed, "failed")])
    await do(conn, batch_states.cancel, made)
    assert not await do(conn, batch_states.retry, made)
    assert (await one(conn, made)).failed == 1


async def test_a_batch_that_is_hidden_is_cancelled_but_can_be_undone(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(2))
    shown = await make(conn, [])
    (claimed,) = await batch_items.claim(conn, WORKER, 1)
    await outcomes.save(conn, WORKER, [ended(claimed)])
    assert await do(conn, batch_states.hide, made)
    assert not await do(conn, batch_states.hide, made)
    assert (await one(conn, made)).state == "cancelled"
    assert [batch.id for batch in await batches.newest(conn, 10)] == [shown.id]
    assert await batches.by_key(conn, made.key) is None
    assert await batches.by_key(conn, shown.key) == await one(conn, shown)
    undone = await batches.make(conn, batches.undoing(made, "Undo"))
    assert undone.total == 1


@pytest.mark.parametrize(("limit", "before", "ids"), [(2, None, [3, 2]), (9, 3, [2, 1])])
async def test_the_newest_batches_come_first(
    conn: AsyncConnection, limit: int, before: int | None, ids: list[int]
) -> None:
    for _ in range(3):
        await make(conn, [])
    assert [batch.id for batch in await batches.newest(conn, limit, before)] == ids


async def test_each_change_of_a_batch_takes_an_event(conn: AsyncConnection, shelve: Shelve) -> None:
    made = await make(conn, await shelve(1))
    events = [made.event]
    for what in (batch_states.pause, batch_states.resume, batch_states.cancel):
        await do(conn, what, made)
        events.append((await one(conn, made)).event)
    assert events == sorted({*events})
