"""Marks and history of another program, taken into the index."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import batches, happenings, history, imported
from db.batches import New
from db.imported import Past
from tests.conftest import Shelve

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def past(file: int, seq: int) -> Past:
    """Return what was done to a file, a day later than to the one before."""
    title = {"path": "Saga/1.cbz", "title": f"Chapter {seq}"}
    at = LONG_AGO + timedelta(days=seq)
    return Past(seq, file, "Saga/1.cbz", {"path": "Saga/1.cbz", "title": None}, title, at)


async def test_only_what_was_not_marked_counts_and_nothing_is_unmarked(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(3)
    assert await imported.mark(conn, ids[:2], "marked") == 2
    assert await imported.mark(conn, ids, "marked") == 1
    assert await imported.mark(conn, ids[:1], "duplicate") == 1
    assert await imported.mark(conn, [], "duplicate") == 0
    rows = await conn.execute(text("SELECT marked, duplicate FROM files ORDER BY id"))
    assert rows.all() == [(True, True), (True, False), (True, False)]


async def test_history_is_the_newest_first_and_before_all_that_longbox_did(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    (file,) = await shelve(1)
    assert await imported.remember(conn, "a", "Old", [past(file, 2), past(file, 1)]) == 2
    assert await imported.remember(conn, "a", "Old", [past(file, 1), past(file, 2)]) == 0
    assert await imported.remember(conn, "b", "Older", [past(file, 3)]) == 1
    found = await history.page(conn, 10)
    assert [entry.after and entry.after["title"] for entry in found] == [
        "Chapter 2",
        "Chapter 1",
        "Chapter 3",
    ]
    assert all(entry.event < 0 for entry in found)
    assert len({entry.event for entry in found}) == 3
    assert await history.total(conn) == 3


async def test_what_is_taken_in_is_one_batch_that_is_over(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    (file,) = await shelve(1)
    for seq in (1, 2):
        await imported.remember(conn, "a", "Old", [past(file, seq)])
    (batch,) = await batches.newest(conn, 10)
    assert (batch.title, batch.kind, batch.state) == ("Old", "process", "done")
    assert (batch.total, batch.done, batch.ended) == (2, 2, 2)
    told = await happenings.after(conn, 0)
    assert [type(one).__name__ for one in told] == ["Changed"]


async def test_what_is_taken_in_cannot_be_undone(conn: AsyncConnection, shelve: Shelve) -> None:
    """Nobody knows what the tags were: what is kept are some fields of them."""
    (file,) = await shelve(1)
    await imported.remember(conn, "a", "Old", [past(file, 1)])
    (batch,) = await batches.newest(conn, 1)
    undoing = await batches.make(conn, batches.undoing(batch, "Undo"))
    assert undoing.total == 0
    assert await history.last_undoable(conn, file) is None


@pytest.mark.parametrize("count", [0, 1])
async def test_its_events_are_numbered_in_turn(
    conn: AsyncConnection, shelve: Shelve, count: int
) -> None:
    """The batch that it makes takes an event, as all that changes do."""
    (file,) = await shelve(1)
    await imported.remember(conn, "a", "Old", [past(file, seq) for seq in range(count)])
    made = await batches.make(conn, New(kind="rename", title="Rename", chosen=[file]))
    (old,) = [one for one in await batches.newest(conn, 10) if one.title == "Old"]
    assert 0 < old.event < made.event
