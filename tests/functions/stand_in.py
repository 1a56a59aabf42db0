"""A worker that claims files and saves what came of them, as workers do, but touches no disk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import URL

from db import batch_items, engine, outcomes
from db.batch_items import Claimed
from db.outcomes import Outcome

Decide = Callable[[Claimed], dict[str, Any]]


def renamed(claimed: Claimed) -> dict[str, Any]:
    """Say that a file was given another name, and marked."""
    return {
        "state": "done",
        "before": {"path": claimed.path},
        "after": {"path": claimed.path.replace(".cbz", " new.cbz")},
        "marked": True,
    }


@asynccontextmanager
async def working(url: URL, decide: Decide = renamed) -> AsyncIterator[None]:
    """Have such a worker, which decides so what comes of a file."""
    task = asyncio.create_task(work(url, decide))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def work(url: URL, decide: Decide, most: int = 2) -> None:
    """Work until cancelled."""
    async with engine.job(url) as conn:
        while True:
            for claimed in await batch_items.claim(conn, "stand-in", most):
                told = Outcome(batch=claimed.batch, seq=claimed.seq, **decide(claimed))
                await outcomes.save(conn, "stand-in", [told])
            await asyncio.sleep(0.01)
