"""Files whose names others of their batch want: who they are, and how they are had."""

import asyncio

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import batch_items, batch_states, name_holders, outcomes
from db.batch_items import Journalled
from db.engine import working
from tests.batches import WORKER, ended, make, until_waiting
from tests.conftest import Shelve

OTHER = "there:2"


def path(number: int) -> str:
    """Return the path that `shelve` gives to a file, counted from 1."""
    return f"Saga/Saga {number}.cbz"


async def test_whoever_has_a_name_is_told_as_far_as_it_may_leave_it(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(2_010)
    made = await make(conn, ids[:2_005])
    claimed = await batch_items.claim(conn, OTHER, 4)
    waits, rests = (outcomes.Outcome(batch=made.id, seq=seq, state="failed") for seq in (1, 2))
    waits.due_in, rests.due_in, rests.error = 600, 600, "The share is away."
    await outcomes.save(conn, OTHER, [ended(claimed[0]), waits, rests])
    found = await name_holders.find(conn, made.id, 1, map(path, (1, 2, 3, 4, 5, 1_501, 2_007)))
    assert sorted((holder.place, holder.state) for holder in found) == [
        *((1, "todo"), (2, "resting"), (3, "work"), (4, "todo")),
        (1_500, "todo"),  # it was in a slice
    ]
    assert not await name_holders.find(conn, made.id, 2, [path(5)])


async def test_who_has_a_name_is_claimed_with_some_that_follow(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(30))
    (first,) = await batch_items.claim(conn, WORKER, 1)
    more = await name_holders.claim(conn, WORKER, made.id, [5, 9], 4)
    assert [one.seq for one in more] == [5, 9, 10, 11]
    assert (first.batch, more[0].orders) == (made.id, first.orders)
    assert [one.seq for one in await name_holders.claim(conn, OTHER, made.id, [5], 1)] == [6]
    await batch_states.pause(conn, made.id)
    await conn.commit()
    assert not await name_holders.claim(conn, WORKER, made.id, [7], 4)


async def test_what_a_preview_has_moved_has_left(conn: AsyncConnection, shelve: Shelve) -> None:
    made = await make(conn, await shelve(3), preview=True)
    stays, goes, _ = await batch_items.claim(conn, WORKER, 3)
    told = [ended(stays), ended(goes, after={"path": "Saga/new.cbz"})]
    await outcomes.save(conn, WORKER, told)
    found = await name_holders.find(conn, made.id, 1, map(path, (1, 2, 3)))
    assert sorted((holder.path, holder.state) for holder in found) == [
        (path(2), "left"),
        (path(3), "work"),
    ]


@pytest.mark.parametrize("workers", [1, 3])
async def test_of_a_dead_worker_those_of_a_circle_are_claimed_together(
    conn: AsyncConnection, shelve: Shelve, url: URL, workers: int
) -> None:
    made = await make(conn, await shelve(7))
    await batch_items.claim(conn, WORKER, 7)
    circles = [[1, 4, 2], [6, 3]]
    plans = [Journalled(made.id, seq, {"circle": one}) for one in circles for seq in one]
    await batch_items.journal(conn, WORKER, plans)
    await conn.execute(text("UPDATE batch_items SET lease = now()"))
    await conn.commit()

    async def claim(worker: int) -> list[list[int]]:
        async with working(url) as own:
            some = [await batch_items.claim(own, f"there:{worker}", 5) for _ in range(4)]
            return [[one.seq for one in claimed] for claimed in some if claimed]

    claimed = await asyncio.gather(*map(claim, range(workers)))
    assert sorted(one for some in claimed for one in some) == [[0], [1, 2, 4], [3, 6], [5]]


async def test_a_circle_whose_first_has_ended_is_not_left_behind(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(2))
    first, _ = await batch_items.claim(conn, WORKER, 2)
    plans = [Journalled(made.id, seq, {"circle": [0, 1]}) for seq in (0, 1)]
    await batch_items.journal(conn, WORKER, plans)
    await outcomes.save(conn, WORKER, [ended(first)])
    await conn.execute(text("UPDATE batch_items SET lease = now() WHERE state = 'running'"))
    await conn.commit()
    assert [one.seq for one in await batch_items.claim(conn, OTHER, 5)] == [1]


async def test_a_worker_beats_and_saves_without_waiting_for_itself_for_ever(
    conn: AsyncConnection, shelve: Shelve, url: URL
) -> None:
    """Both lock its items by their numbers; else PostgreSQL ended one, and the worker with it."""
    made = await make(conn, list(reversed(await shelve(5))))
    await batch_items.claim(conn, WORKER, 5)
    await conn.execute(text("SELECT FROM batch_items WHERE seq = 0 FOR UPDATE"))
    async with working(url) as pulse, working(url) as other:
        beating = asyncio.create_task(batch_items.beat(pulse, WORKER))
        await until_waiting(conn)
        free = "SELECT FROM batch_items WHERE seq > 0 FOR UPDATE NOWAIT"
        assert (await other.execute(text(free))).rowcount == 4
        await other.rollback()
        await conn.commit()
        assert len((await beating).mine) == made.total
