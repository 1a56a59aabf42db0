"""A client of server-sent events, as far as the tests need one, and a worker of the queue."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec
from falcon.testing import ASGIConductor, StreamedResult
from sqlalchemy.ext.asyncio import AsyncConnection

from db import batch_items, outcomes
from db.batch_items import Claimed
from db.outcomes import Outcome
from functions.hub import hub

PATIENCE = 20.0  # seconds
WORKER = "a test"


class Event(NamedTuple):
    """One event: its number, its name, and what its data says; a block without data has none."""

    id: int | None
    name: str
    data: Any


def read(block: str) -> Event:
    """Read one block of a stream, as the HTML standard does."""
    fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
    number = fields.get("id")
    data = fields.get("data")
    return Event(
        int(number) if number else None,
        fields.get("event", "message"),
        None if data is None else msgspec.json.decode(data),
    )


class Following:
    """A stream that is being read."""

    def __init__(self, result: StreamedResult) -> None:
        self.headers = result.headers
        self.status = result.status_code
        self.result = result
        self.raw = ""
        self.events: list[Event] = []  # those with data
        self.last: int | None = None

    async def take(self) -> None:
        """Take in what has come."""
        self.raw += (await self.result.stream.read()).decode()
        *blocks, rest = self.raw.split("\n\n")
        for event in map(read, blocks):
            self.last = self.last if event.id is None else event.id
            self.events += [event] if event.data is not None else []
        self.raw = rest

    async def until(self, true: Callable[[list[Event]], object]) -> list[Event]:
        """Wait until this is true of the events that have come, and return them all."""
        end = time.monotonic() + PATIENCE
        while not true(self.events):
            assert time.monotonic() < end, f"only {self.events} came, and {self.raw!r}"
            await self.take()
            await asyncio.sleep(0.005)
        return self.events

    async def so_many(self, number: int) -> list[Event]:
        """Wait until so many events have come, and return them."""
        return await self.until(lambda events: len(events) >= number)


async def joined(number: int) -> None:
    """Wait until so many streams are open."""
    while len(hub().streams) != number:  # noqa: ASYNC110  nobody tells of it
        await asyncio.sleep(0.01)


@asynccontextmanager
async def following(
    client: ASGIConductor,
    path: str,
    last: int | str | None = None,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[Following]:
    """Follow a stream, from the start or after the event that was the last."""
    sent = {**(headers or {}), **({} if last is None else {"Last-Event-ID": str(last)})}
    async with client.simulate_get_stream(path, headers=sent) as result:
        assert result.status_code == 200, result.status
        yield Following(result)


async def work(conn: AsyncConnection, most: int = 1_000, /, **outcome: object) -> list[Claimed]:
    """Do as a worker does, to so many files at most, but touch none: each ends like this."""
    claimed = await batch_items.claim(conn, WORKER, most)
    ended = [
        msgspec.convert({"batch": one.batch, "seq": one.seq, "state": "done", **outcome}, Outcome)
        for one in claimed
    ]
    await outcomes.save(conn, WORKER, ended)
    return claimed
