"""Keep reading processes busy, and outlive whatever a damaged archive does to them."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from itertools import islice

import msgspec

from comics.children import Child, child
from scanner.reader import Result, Wanted, fail

_IN_FLIGHT = 8  # files a child is asked for at once, so that it never waits for the next
_AHEAD = 64  # files a child that may be on their way from the caller and back to it
_MODULE = "scanner.reader"


async def read_all(
    wanted: AsyncIterator[Wanted] | Iterable[Wanted], *, children: int, seconds: float
) -> AsyncGenerator[Result, None]:
    """Read files in `children` processes, at most `seconds` each, and yield results as they come.

    Each file gets one result, whatever becomes of the processes. Whatever `wanted` raises is raised
    here. Wrap this in `contextlib.aclosing`, so that the processes end when the caller does.
    """
    todo: asyncio.Queue[Wanted | None] = asyncio.Queue()
    done: asyncio.Queue[Result | None] = asyncio.Queue()
    room = asyncio.Semaphore(children * _AHEAD)
    tasks = [asyncio.create_task(_feed(wanted, todo, room, children))]
    tasks += [asyncio.create_task(_Desk(todo, done, seconds).work()) for _ in range(children)]
    ending = asyncio.create_task(_await_each(tasks))
    ending.add_done_callback(lambda _: done.put_nowait(None))
    try:
        while (result := await done.get()) is not None:
            room.release()
            yield result
        await ending
    finally:
        await _cancel([ending, *tasks])


async def _feed(
    wanted: AsyncIterator[Wanted] | Iterable[Wanted],
    todo: asyncio.Queue[Wanted | None],
    room: asyncio.Semaphore,
    children: int,
) -> None:
    async for one in _each(wanted):
        await room.acquire()
        todo.put_nowait(one)
    for _ in range(children):
        todo.put_nowait(None)


async def _each(wanted: AsyncIterator[Wanted] | Iterable[Wanted]) -> AsyncIterator[Wanted]:
    if isinstance(wanted, AsyncIterator):
        async for one in wanted:
            yield one
    else:
        for one in wanted:
            yield one


async def _await_each(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Wait for all, but raise what went wrong in one as soon as it did."""
    for task in asyncio.as_completed(tasks):
        await task


async def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Desk:
    """A place at which one child after another reads files until there are no more."""

    def __init__(
        self, todo: asyncio.Queue[Wanted | None], done: asyncio.Queue[Result | None], seconds: float
    ) -> None:
        self._todo = todo
        self._done = done
        self._seconds = seconds
        self._asked: deque[Wanted] = deque()  # in the order in which they will be answered
        self._is_open = True

    async def work(self) -> None:
        while await self._take():
            try:
                async with child(_MODULE) as reader:
                    await self._read(reader)
            except (TimeoutError, EOFError) as end:
                # The child stopped at the first file that it had not answered for.
                suspect = self._asked.popleft()
                self._done.put_nowait(await self._judge(suspect, end))

    async def _take(self) -> bool:
        """Take files while they are at hand, waiting only if there is no other work to do."""
        while self._is_open and len(self._asked) < _IN_FLIGHT:
            if self._asked and self._todo.empty():
                break
            wanted = await self._todo.get()
            if wanted is None:
                self._is_open = False
            else:
                self._asked.append(wanted)
        return bool(self._asked)

    async def _read(self, reader: Child) -> None:
        sent = 0
        while await self._take():
            _ask(reader, islice(self._asked, sent, None))
            sent = len(self._asked) - 1  # for the one that is answered next
            self._done.put_nowait(await _hear(reader, self._seconds))
            self._asked.popleft()

    async def _judge(self, suspect: Wanted, end: TimeoutError | EOFError) -> Result:
        """Say what is wrong with a file, after one more try if it may not have been its fault."""
        if isinstance(end, TimeoutError):
            fault = f"This file could not be read within {self._seconds:g} seconds."
            return fail(suspect, fault, again=True)
        try:
            async with child(_MODULE) as reader:
                _ask(reader, [suspect])
                return await _hear(reader, self._seconds)
        except TimeoutError as second:
            return await self._judge(suspect, second)
        except EOFError as second:
            fault = f"The process that read this file was ended by {second}, and so was another."
            return fail(suspect, fault, again=True)


def _ask(child: Child, files: Iterable[Wanted]) -> None:
    child.tell(map(msgspec.json.encode, files))


async def _hear(child: Child, seconds: float) -> Result:
    return msgspec.json.decode(await child.hear(seconds), type=Result)
