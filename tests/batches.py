"""Batches as workers carry them out, for tests of what they leave behind."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import batch_items, batches, outcomes
from db.batch_items import Claimed
from db.batches import Batch, New, undoing
from db.outcomes import Outcome
from db.selections import Chosen
from db.tables import ItemState

Try = Callable[[Claimed], Outcome]

WORKER = "here:1"


async def make(conn: AsyncConnection, chosen: Chosen, **more: Any) -> Batch:  # noqa: ANN401  of New
    """Make a batch that renames, unless it is said to do something else."""
    made = await batches.make(conn, New(**{"kind": "rename", "title": "", "chosen": chosen} | more))
    await conn.commit()
    return made


async def make_undo(conn: AsyncConnection, undone: Batch, file: int | None = None) -> Batch:
    """Make a batch that undoes another."""
    made = await batches.make(conn, undoing(undone, "Undo", file))
    await conn.commit()
    return made


def ended(claimed: Claimed, state: ItemState = "done", **more: Any) -> Outcome:  # noqa: ANN401  of Outcome
    """Say that it ended so; what is done is something that history tells."""
    known: dict[str, Any] = {"batch": claimed.batch, "seq": claimed.seq, "state": state}
    if state == "done":
        known["before"] = {"path": claimed.path, "title": ""}
        known["after"] = {"path": claimed.path, "title": "Chapter 1"}
    return Outcome(**known | more)


async def work(
    conn: AsyncConnection, attempt: Try = ended, *, worker: str = WORKER, most: int = 100
) -> list[Claimed]:
    """Do all that there is to do now, a chunk at a time; return what was done in its order."""
    done: list[Claimed] = []
    while claimed := await batch_items.claim(conn, worker, most):
        await outcomes.save(conn, worker, [attempt(one) for one in claimed])
        done += claimed
    return done


async def one(conn: AsyncConnection, batch: Batch) -> Batch:
    """Return this batch as it is now."""
    found = await batches.one(conn, batch.id)
    await conn.commit()
    assert found
    return found


async def column(conn: AsyncConnection, query: str, **asked: object) -> list[Any]:
    """Return the first column of what a query finds."""
    found = (await conn.scalars(text(query), asked)).all()
    await conn.commit()
    return list(found)


async def until_waiting(conn: AsyncConnection) -> None:
    """Wait until somebody waits for what this connection has locked."""
    waiting = text("""
        SELECT EXISTS (SELECT FROM pg_locks
                        WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))
    """)
    while not await conn.scalar(waiting):  # noqa: ASYNC110  PostgreSQL tells nobody of it
        await asyncio.sleep(0.01)
