"""How workers claim files: never twice, never two at one file, and what a dead one has left."""

import asyncio
from collections import Counter
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import batch_items, batch_states, outcomes
from db.batch_items import Journalled
from db.engine import working
from db.listing import Wanted
from db.outcomes import Key
from tests.batches import (
    WORKER,
    column,
    ended,
    make,
    make_undo,
    one,
    until_waiting,
    work,
)
from tests.conftest import Shelve

OTHER = "there:2"
TAKE = text("""
    UPDATE batch_items SET state = 'running', worker = 'there:2', lease = now() + interval '1 h'
     WHERE batch_id = :batch
""")
STATES = "SELECT state FROM batch_items ORDER BY batch_id, seq"


async def expire(conn: AsyncConnection) -> None:
    """Let every lease be over."""
    await conn.execute(text("UPDATE batch_items SET lease = now() WHERE state = 'running'"))
    await conn.commit()


def journalled(*keys: Key, **more: Any) -> list[Journalled]:  # noqa: ANN401  of Journalled
    return [Journalled(batch, seq, {"path": "new.cbz"}, **more) for batch, seq in keys]


async def test_a_claim_tells_all_that_is_known_of_a_file(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    (file,) = await shelve(["a/1.cbz"], series="Saga", format="cbz", marked=True)
    made = await make(conn, [file], orders={"kind": "rename"})
    (claimed,) = await batch_items.claim(conn, WORKER, 10)
    assert (claimed.batch, claimed.seq, claimed.kind, claimed.state) == (
        *(made.id, 0),
        *("rename", "running"),
    )
    assert (claimed.file, claimed.path, claimed.root) == (file, "a/1.cbz", "/comics")
    assert (claimed.size, claimed.mtime_ns, claimed.inode) == (file, file * 10**9, file)
    assert (claimed.marked, claimed.duplicate, claimed.missing) == (True, False, False)
    assert (claimed.tags, claimed.provenance) == ({"series": "Saga"}, {"series": "ComicInfo"})
    assert (claimed.format, claimed.fault, claimed.read_only) == ("cbz", None, False)
    assert (claimed.orders, claimed.plan, claimed.undone) == ({"kind": "rename"}, None, None)
    assert (claimed.tries, claimed.deaths, claimed.preview) == (0, 0, False)


async def test_a_file_that_was_forgotten_or_is_gone_is_missing(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    forgotten, gone = await shelve(["a.cbz", "b.cbz"])
    await make(conn, [forgotten, gone])
    await conn.execute(text("DELETE FROM files WHERE id = :id"), {"id": forgotten})
    await conn.execute(text("UPDATE files SET missing_since = now() WHERE id = :id"), {"id": gone})
    lost, known = await batch_items.claim(conn, WORKER, 10)
    assert (lost.missing, lost.path, lost.library, lost.root) == (True, "a.cbz", 0, "")
    assert (known.missing, known.path, known.root) == (True, "b.cbz", "/comics")


async def test_many_workers_claim_each_file_once(
    conn: AsyncConnection, shelve: Shelve, url: URL
) -> None:
    """Two batches of the same files, so that the workers are in each other's way."""
    await shelve(100)
    batches = [await make(conn, Wanted()), await make(conn, Wanted(direction="desc"))]

    async def labour(worker: str) -> list[tuple[int, int]]:
        async with working(url) as own:
            done = await work(own, worker=worker, most=20)
            return [(claimed.batch, claimed.file) for claimed in done]

    done = await asyncio.gather(*(labour(f"here:{n}") for n in range(4)))
    rest = [(claimed.batch, claimed.file) for claimed in await work(conn)]
    assert Counter(chain(*done, rest)).total() == 200
    assert set(Counter(chain(*done, rest)).values()) == {1}
    assert [(await one(conn, batch)).done for batch in batches] == [100, 100]


async def test_a_file_that_is_at_work_waits_in_another_batch(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    first, second = await shelve(2)
    await make(conn, [first])
    (claimed,) = await batch_items.claim(conn, WORKER, 10)
    await make(conn, [first, second])
    assert [one.file for one in await batch_items.claim(conn, OTHER, 10)] == [second]
    await outcomes.save(conn, WORKER, [ended(claimed)])
    assert [one.file for one in await batch_items.claim(conn, OTHER, 10)] == [first]


async def test_two_batches_of_one_file_are_not_claimed_at_once(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    (file,) = await shelve(1)
    batches = [await make(conn, [file]) for _ in range(3)]
    assert len(await batch_items.claim(conn, WORKER, 10)) == 1
    assert await batch_items.claim(conn, OTHER, 10) == []
    await batch_items.hand_back(conn, WORKER)
    assert [claimed.batch for claimed in await work(conn)] == [batch.id for batch in batches]


async def test_a_file_that_another_batch_has_just_taken_is_not_taken(
    conn: AsyncConnection, shelve: Shelve, url: URL
) -> None:
    """The worker cannot see it yet when it chooses, and PostgreSQL has it wait, then refuses it."""
    first, second = await shelve(2)
    made, _ = await make(conn, [first]), await make(conn, [first, second])
    async with working(url) as other:
        await other.execute(TAKE, {"batch": made.id})
        claiming = asyncio.create_task(batch_items.claim(conn, WORKER, 10))
        await until_waiting(other)
        await other.commit()
    assert [claimed.file for claimed in await claiming] == [second]


async def test_a_short_batch_need_not_wait_for_a_long_one(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(50)
    await make(conn, ids)
    assert len(await batch_items.claim(conn, WORKER, 10)) == 10
    short = await make(conn, ids[40:41])
    assert [one.batch for one in await batch_items.claim(conn, OTHER, 1)] == [short.id]


async def test_what_a_dead_worker_has_left_is_claimed_one_by_one_with_its_plan(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(4)
    made = await make(conn, ids)
    await batch_items.claim(conn, WORKER, 3)
    await batch_items.journal(
        conn, WORKER, journalled((made.id, 1), comic_info=b"<x/>", had_comic_info=True)
    )
    assert [one.seq for one in await batch_items.claim(conn, OTHER, 10)] == [3]
    await expire(conn)
    left = [await batch_items.claim(conn, OTHER, 10) for _ in range(4)]
    assert sorted((one.seq, one.deaths) for (one,) in left) == [(0, 1), (1, 1), (2, 1), (3, 1)]
    assert {one.seq for (one,) in left if one.plan == {"path": "new.cbz"}} == {1}


async def test_a_file_that_ends_three_workers_has_failed_and_takes_no_other_along(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(3))
    await batch_items.claim(conn, WORKER, 3)
    for _ in range(5):  # the first death is of all three; then the deadly one comes alone
        await expire(conn)
        while claimed := await batch_items.claim(conn, WORKER, 3):
            if claimed[0].seq == 1:
                break
            await outcomes.save(conn, WORKER, [ended(one) for one in claimed])
    assert await column(conn, STATES) == ["done", "failed", "done"]
    assert "Three times" in (await column(conn, "SELECT error FROM batch_items WHERE seq = 1"))[0]
    assert (await one(conn, made)).state == "done"


async def test_what_is_half_done_is_put_right_though_its_batch_was_cancelled(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(2))
    await batch_items.claim(conn, WORKER, 2)
    await batch_items.journal(conn, WORKER, journalled((made.id, 0)))
    await batch_states.cancel(conn, made.id)
    await conn.commit()
    await expire(conn)
    (claimed,) = await batch_items.claim(conn, OTHER, 9)
    assert (claimed.seq, claimed.state) == (0, "cancelled")
    await batch_items.hand_back(conn, OTHER)
    assert await batch_items.claim(conn, OTHER, 9) == []
    assert await column(conn, STATES) == ["todo", "todo"]


async def test_who_was_taken_over_changes_nothing_any_more(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    first, _ = await shelve(2)
    made = await make(conn, [first])
    (claimed,) = await batch_items.claim(conn, WORKER, 10)
    await expire(conn)
    await batch_items.claim(conn, OTHER, 10)
    assert await outcomes.save(conn, WORKER, [ended(claimed, marked=True, gone=True)]) == set()
    assert await batch_items.journal(conn, WORKER, journalled((made.id, 0))) == set()
    assert (await batch_items.beat(conn, WORKER)).mine == set()
    await batch_items.hand_back(conn, WORKER)
    assert await column(conn, "SELECT worker FROM batch_items") == [OTHER]
    assert (
        await column(conn, "SELECT marked OR missing_since IS NOT NULL FROM files") == [False] * 2
    )
    assert (await one(conn, made)).ended == 0
    assert await outcomes.save(conn, OTHER, [ended(claimed)]) == {(made.id, 0)}
    assert await outcomes.save(conn, OTHER, [ended(claimed)]) == set()
    assert (await one(conn, made)).done == 1


async def test_a_beat_keeps_what_would_be_lost_and_tells_which_batch_is_to_stop(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(2)
    paused, other = await make(conn, ids[:1]), await make(conn, ids[1:])
    await batch_items.claim(conn, WORKER, 10, lease=0)
    await batch_states.pause(conn, paused.id)
    await conn.commit()
    beat = await batch_items.beat(conn, WORKER)
    assert (beat.mine, beat.stopped) == ({(paused.id, 0), (other.id, 0)}, {paused.id})
    assert await batch_items.claim(conn, OTHER, 10) == []


async def test_what_is_handed_back_goes_to_another_without_counting_as_a_try(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(3))
    await batch_items.claim(conn, WORKER, 10)
    await batch_items.journal(conn, WORKER, journalled((made.id, 0), (made.id, 1)))
    await batch_items.hand_back(conn, WORKER, [(made.id, 0)])
    await batch_items.hand_back(conn, WORKER, [(made.id, 1)], half_done=True)
    (half,) = await batch_items.claim(conn, OTHER, 10)
    (back,) = await batch_items.claim(conn, OTHER, 10)
    assert [(one.seq, one.tries, one.deaths) for one in (half, back)] == [(1, 0, 0), (0, 0, 0)]
    assert (half.plan, back.plan) == ({"path": "new.cbz"}, None)
    assert (await batch_items.beat(conn, WORKER)).mine == {(made.id, 2)}


async def test_what_is_to_be_tried_again_waits_until_it_is_due(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(1))
    (claimed,) = await batch_items.claim(conn, WORKER, 10)
    later = ended(claimed, "failed", due_in=60.0, error="The share is away.", marked=True)
    await outcomes.save(conn, WORKER, [later])
    assert await batch_items.claim(conn, WORKER, 10) == []
    assert (await one(conn, made)).ended == 0
    await conn.execute(text("UPDATE batch_items SET due_at = now()"))
    (again,) = await batch_items.claim(conn, WORKER, 10)
    assert (again.tries, again.deaths, again.plan) == (1, 0, None)


async def test_no_other_batch_touches_a_file_that_is_half_done(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    (file,) = await shelve(1)
    made = await make(conn, [file])
    (claimed,) = await batch_items.claim(conn, WORKER, 10)
    await batch_items.journal(conn, WORKER, journalled((made.id, 0)))
    later = ended(claimed, "failed", due_in=60.0, keeps_plan=True)
    await outcomes.save(conn, WORKER, [later])
    await make(conn, [file])
    assert await batch_items.claim(conn, OTHER, 10) == []
    await expire(conn)
    (half,) = await batch_items.claim(conn, OTHER, 10)
    assert (half.batch, half.plan, half.tries, half.deaths) == (
        *(made.id, {"path": "new.cbz"}),
        *(1, 0),
    )


async def test_an_undo_is_told_what_was_done(conn: AsyncConnection, shelve: Shelve) -> None:
    (file,) = await shelve(1)
    made = await make(conn, [file])
    (claimed,) = await batch_items.claim(conn, WORKER, 10)
    document = bytes(range(256))
    await batch_items.journal(
        conn, WORKER, journalled((made.id, 0), comic_info=document, had_comic_info=True)
    )
    await outcomes.save(conn, WORKER, [ended(claimed)])
    await make_undo(conn, made)
    (undoing,) = await batch_items.claim(conn, WORKER, 10)
    assert undoing.undone
    assert (undoing.undone.kind, undoing.undone.plan) == ("rename", {"path": "new.cbz"})
    assert (undoing.undone.comic_info, undoing.undone.had_comic_info) == (document, True)
    assert undoing.undone.before == {"path": "Saga/Saga 1.cbz", "title": ""}


@pytest.mark.parametrize("most", [1, 7])
async def test_orders_are_told_with_every_item(
    conn: AsyncConnection, shelve: Shelve, most: int
) -> None:
    await shelve(10)
    for number in range(2):
        await make(conn, Wanted(), orders={"number": number})
    orders = Counter((one.batch, one.orders["number"]) for one in await work(conn, most=most))
    assert sorted(orders.values()) == [10, 10]
