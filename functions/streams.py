"""Server-sent events of what happens to batches: streams that go on where a client left off.

Each event has its number as `id:`, so a client that comes back says in `Last-Event-ID` what it has
seen, and gets the rest from the table. https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from time import monotonic
from typing import Final

import msgspec
from falcon.asgi import Request, Response, SSEvent

from db import happenings, rights
from db.engine import reading
from functions.failures import AWAY
from functions.guard import is_admitted_still
from functions.hub import MOST, Telling, Write, hub

QUIET: float = 15.0  # seconds after which a comment shows proxies that the stream lives
AGAIN: float = 60.0  # seconds after which it is asked once more whether the client may see this
RETRY: Final = 1_000  # milliseconds that a client waits before it comes back
COMMENT: Final = b": heartbeat\n\n"
HEADERS: Final = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}  # the latter for nginx


class Block(SSEvent):
    """Events that are written already, once for all clients."""

    __slots__ = ("block",)

    def __init__(self, block: bytes) -> None:
        super().__init__()
        self.block = block

    def serialize(self, handler: object = None) -> bytes:  # noqa: ARG002  Falcon hands one over
        """Return them as they are."""
        return self.block


Blocks = AsyncGenerator[Block, None]


def event(content: object, *, number: int | None = None, name: str | None = None) -> bytes:
    """Write an event whose data is this as JSON."""
    head = b"" if name is None else b"event: %b\n" % name.encode()
    head += b"" if number is None else b"id: %d\n" % number
    return b"%bdata: %b\n\n" % (head, msgspec.json.encode(content))


def last_seen(req: Request, newest: int) -> int | None:
    """Return the last event that a client has seen, by its header or its query string.

    None if it says nothing, or what cannot be, as after the database was replaced by another.
    """
    told = req.get_header("Last-Event-ID") or req.get_param("last_event_id") or ""
    number = int(told[:20]) if told.isdecimal() else None
    return number if number is not None and number <= newest else None


def send(req: Request, resp: Response, blocks: Blocks) -> None:
    """Answer with a stream."""
    resp.set_headers(HEADERS)
    resp.sse = while_admitted(req, blocks)


async def while_admitted(req: Request, blocks: Blocks) -> Blocks:
    """Yield these until whoever asks is logged out, or may see more or less than at the start.

    The client then comes back, and is met anew.
    """
    asked = monotonic()
    async with aclosing(blocks):
        async for block in blocks:
            if monotonic() - asked >= AGAIN:
                if not await is_admitted_still(req):
                    return
                asked = monotonic()
            yield block


class Follower:
    """One client's place in what happens, to a batch or to all."""

    def __init__(self, since: int, batch: int | None, *, has_ended: bool) -> None:
        self.since = since
        self.batch = batch
        self.has_ended = has_ended

    async def tellings(self) -> AsyncGenerator[Telling, None]:
        """Yield what happens after the place, until the batch has ended; at times that is nothing.

        What is read from the table while the stream is joined, the stream may tell again. It tells
        of everybody's batches, so a caller of some libraries is told from the table.
        """
        async for telling in self.missed():
            yield telling
        async with hub().joined(self.batch) as stream:
            async for telling in self.missed():
                yield telling
            while not await self.is_over() and (following := await stream.next(QUIET)):
                if rights.narrowed():
                    async for telling in self.missed():
                        yield telling
                    following = Telling()
                yield self.noted(following)
            if self.has_ended:
                async for telling in self.missed():
                    yield telling

    async def missed(self) -> AsyncGenerator[Telling, None]:
        """Yield what the table has after the place; no connection is held while a client reads."""
        length = MOST
        while length == MOST:
            async with reading() as conn:
                told = await happenings.after(conn, self.since, batch=self.batch, limit=MOST)
            if length := len(told):
                yield self.noted(Telling(told))

    def noted(self, telling: Telling) -> Telling:
        """Return a telling, and go on behind it."""
        self.since = max(self.since, telling.last)
        self.has_ended = self.has_ended or self.batch in telling.ended
        return telling

    async def is_over(self) -> bool:
        """Tell whether nothing more can happen: one that was cancelled ends its last files."""
        if self.batch is None or not self.has_ended:
            return False
        async with reading() as conn:
            return await happenings.is_quiet(conn, self.batch)


async def follow(
    write: Write,
    *,
    since: int,
    batch: int | None = None,
    has_ended: bool = False,
    first: bytes = b"",
) -> Blocks:
    """Yield what has happened since this event, then what happens, until the batch has ended.

    Without a batch that is all that happens, for ever. It ends, too, if the database is away: the
    client then comes back. `first` are events without a number, to begin with.
    """
    yield Block(b"%bid: %d\nretry: %d\n\n%b" % (COMMENT, since, RETRY, first))
    with suppress(*AWAY):
        async with aclosing(Follower(since, batch, has_ended=has_ended).tellings()) as tellings:
            async for telling in tellings:
                yield Block(telling.text(write, since, batch) or COMMENT)
                since = max(since, telling.last)
