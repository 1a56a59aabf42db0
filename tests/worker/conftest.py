"""A library on a disk and in the database, and workers for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import pytest
from msgspec import to_builtins

from comics.orders import Orders
from db import batches, engine
from db.batches import Batch, New
from db.listing import Wanted
from tests.scanner.conftest import Shelf, root, shelf
from worker.run import run

__all__ = ["root", "shelf"]

Batched = Callable[..., Awaitable[Batch]]


@pytest.fixture
def make_batch(shelf: Shelf) -> Batched:
    """Return a function that makes batches of all comics, or of those with these ids."""

    async def make_batch(
        kind: Any,  # noqa: ANN401  one of many literals
        chosen: Any = None,  # noqa: ANN401  whatever `New` takes
        *,
        preview: bool = False,
        **orders: Any,  # noqa: ANN401  whatever `Orders` takes
    ) -> Batch:
        new = New(
            kind=kind,
            title=kind,
            chosen=Wanted() if chosen is None else chosen,
            orders=to_builtins(Orders(kind=kind, **orders)),
            preview=preview,
        )
        batch = await batches.make(shelf.conn, new)
        await shelf.conn.commit()
        return batch

    return make_batch


@pytest.fixture
def undo(shelf: Shelf) -> Batched:
    """Return a function that undoes a batch, or what it did to one file."""

    async def undo(batch: Batch, file: int | None = None) -> Batch:
        undoing = await batches.make(shelf.conn, batches.undoing(batch, "Undo", file))
        await shelf.conn.commit()
        return undoing

    return undo


@asynccontextmanager
async def working(shelf: Shelf, number: int = 1) -> AsyncIterator[None]:
    """Have so many workers work while the block lasts."""
    connect = partial(engine.working, shelf.url)
    tasks = [asyncio.create_task(run(connect, f"worker {n}")) for n in range(number)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def ended(shelf: Shelf, *made: Batch) -> list[Batch]:
    """Wait until these batches have ended, and return what they have come to."""
    async with asyncio.timeout(60):
        while True:
            found = [await batches.one(shelf.conn, batch.id) for batch in made]
            await shelf.conn.commit()
            if all(batch and batch.has_ended for batch in found):
                return [batch for batch in found if batch]
            await asyncio.sleep(0.02)


async def work_off(shelf: Shelf, *made: Batch, workers: int = 1) -> list[Batch]:
    """Have workers work until these batches have ended."""
    async with working(shelf, workers):
        return await ended(shelf, *made)


async def work_until(shelf: Shelf, statement: str) -> None:
    """Have a worker work until this returns a row."""
    async with working(shelf), asyncio.timeout(60):
        while not await shelf.ask(statement):  # noqa: ASYNC110  the database tells of no such event
            await asyncio.sleep(0.02)
