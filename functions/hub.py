"""What happens to batches, told to all streams of a process: one connection listens for them all.

On a notice the hub asks once what has happened since it last asked, and hands that to each stream
that wants it. It keeps nothing: what a stream has missed is in the table. So a stream that joins
reads there first, and one whose client is too slow is ended; the client comes back and goes on.
"""

import asyncio
from asyncio import Queue, QueueFull, Task
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import Context
from typing import Final

import falcon
import structlog
from sqlalchemy import URL

from db import batches, happenings, notices, rights
from db.batches import Batch
from db.engine import job, reading
from db.happenings import Changed, Happening
from functions.failures import AWAY

LOOK: float = 5.0  # seconds without a notice, after which the hub asks all the same
AGAIN: float = 1.0  # seconds before a connection that broke is made anew
BEHIND: int = 64  # tellings that a stream may have waiting
MOST: Final = 1_000  # happenings that are asked for at a time

Write = Callable[[Happening], bytes]

log = structlog.get_logger()


class Telling:
    """Some of what has happened, in order, and what it is written as: once, for all streams."""

    def __init__(self, told: Sequence[Happening] = ()) -> None:
        self.told = told
        self.last = told[-1].event if told else 0
        self.batches = {one.batch for one in told}
        self.ended = {one.batch for one in told if isinstance(one, Changed) and one.now.has_ended}
        self._written: dict[Write, list[bytes]] = {}

    def text(self, write: Write, since: int, batch: int | None) -> bytes:
        """Join what this writes of all that is later than an event, of one batch or of all."""
        if write not in self._written:
            self._written[write] = [write(one) for one in self.told]
        return b"".join(
            text
            for one, text in zip(self.told, self._written[write], strict=True)
            if one.event > since and batch in {None, one.batch}
        )


class Stream:
    """One reader's queue of tellings, of one batch or of all. The task that makes it reads it."""

    def __init__(self, batch: int | None) -> None:
        self.batch = batch
        self.reader = asyncio.current_task()
        self.waiting: Queue[Telling | None] = Queue(BEHIND)

    def tell(self, telling: Telling | None) -> None:
        """Hand over a telling, or None for the end; a reader that is too far behind is ended."""
        try:
            self.waiting.put_nowait(telling)
        except QueueFull:
            if self.reader:
                self.reader.cancel()

    async def next(self, seconds: float) -> Telling | None:
        """Return what happens next: nothing, after so many seconds; None at the end."""
        try:
            async with asyncio.timeout(seconds):
                return await self.waiting.get()
        except TimeoutError:
            return Telling()


class Hub:
    """The streams of a process, and the connection that listens as soon as there is one."""

    def __init__(self, url: URL | None) -> None:
        self.url = url
        self.streams: set[Stream] = set()
        self.seen = 0  # the event up to which all streams were told
        self.is_ending = False
        self._asking = asyncio.Lock()
        self._listener: Task[None] | None = None

    @asynccontextmanager
    async def joined(self, batch: int | None = None) -> AsyncIterator[Stream]:
        """Lend a stream that is told whatever happens from now on, of one batch or of all.

        What is read from the table meanwhile may be told again, but nothing is left out.
        """
        stream = Stream(batch)
        async with self._asking:
            if not self.streams:
                with rights.widened():
                    async with reading() as conn:
                        self.seen = await happenings.newest(conn)
            self.streams.add(stream)
        try:
            self._start(stream)
            yield stream
        finally:
            self.streams.discard(stream)

    def _start(self, stream: Stream) -> None:
        """Begin to listen with the first stream; with the process, a stream is at its end."""
        if self.is_ending:
            stream.tell(None)
        elif self._listener is None or self._listener.done():
            # For all streams, so whoever asked for this one is not its caller.
            self._listener = asyncio.create_task(self._listen(), context=Context())

    async def _listen(self) -> None:
        """Ask when PostgreSQL gives notice, and now and then though it did not, until cancelled.

        No stream outlives this: it would wait in vain.
        """
        try:
            while True:
                with _telling_of_loss():
                    async with job(self.url) as conn:
                        await notices.listen(conn, "batches")
                        while True:
                            await self._ask()
                            await notices.wait(conn, LOOK)
                await asyncio.sleep(AGAIN)
        finally:
            self.end_streams()

    async def _ask(self) -> None:
        """Tell the streams what has happened since they were last told."""
        async with self._asking:
            if not self.streams:
                return
            async with reading() as conn:
                while told := await happenings.after(conn, self.seen, limit=MOST):
                    self.seen = told[-1].event
                    self._tell(Telling(told))
                    if len(told) < MOST:
                        return

    def _tell(self, telling: Telling) -> None:
        for stream in self.streams:
            if stream.batch is None or stream.batch in telling.batches:
                stream.tell(telling)

    def end_streams(self) -> None:
        """End all streams: their clients come back, to this process or to another."""
        for stream in self.streams:
            stream.tell(None)

    async def until_ended(self, batch: int) -> Batch:
        """Wait until nothing of a batch, or of its preview, is left to do, and return it.

        Raises LookupError if there is no such batch, and 503 if the process ends before it does.
        """
        async with self.joined(batch) as stream:
            while not (found := await _ended(batch)):
                if await stream.next(LOOK) is None:
                    raise falcon.HTTPServiceUnavailable(
                        title="Longbox is being restarted",
                        description=f"Batch {batch} goes on: see /api/batches/{batch}.",
                        retry_after=1,
                    )
        return found

    async def close(self) -> None:
        """Listen no more, and end all streams."""
        self.is_ending = True
        if self._listener:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener


async def _ended(number: int) -> Batch | None:
    """Return this batch if nothing is done for it any more, or raise LookupError."""
    async with reading() as conn:
        found = await batches.one(conn, number)
        if found is None:
            raise LookupError(f"There is no batch {number}.")
        return found if found.has_ended and await happenings.is_quiet(conn, number) else None


@contextmanager
def _telling_of_loss() -> Iterator[None]:
    """Log that the connection that listens was lost, or could not be made."""
    try:
        yield
    except AWAY as error:
        log.warning("batches are not heard of", why=str(error).partition("\n")[0])


_hubs: list[Hub] = []  # the one that this process has opened


@asynccontextmanager
async def open_hub(url: URL | None = None) -> AsyncIterator[None]:
    """Open this process's hub, and end its streams at the end."""
    opened = Hub(url)
    _hubs.append(opened)
    try:
        yield
    finally:
        _hubs.remove(opened)
        await opened.close()


def hub() -> Hub:
    """Return this process's hub."""
    return _hubs[-1]


def end_streams() -> None:
    """Begin to end the process: no stream goes on."""
    for opened in _hubs:
        opened.is_ending = True
        opened.end_streams()
