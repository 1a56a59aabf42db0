"""Watch libraries' folders, and ask for a scan of what has changed as soon as it is quiet again.

A watch only says where to look at once: what the disk holds is what a scan finds. Where there can
be no watch, on a network share or beyond the system's limit, the schedule is all there is; that is
said once, in the log and in the library's row, and the watch is tried again now and then.
"""

import asyncio
from collections.abc import Iterable
from contextlib import aclosing

import structlog
from msgspec import Struct, field
from sqlalchemy.ext.asyncio import AsyncConnection

from db import libraries, notices, scans, watches
from scanner.listening import Changed, Unwatchable, changes
from scanner.scan import Connect

LOOK: float = 30.0  # seconds between two looks at what is to be watched, where nobody tells
AGAIN: float = 300.0  # seconds until a watch that failed is tried again

log = structlog.get_logger()


class Watched(Struct, frozen=True):
    """A library to watch."""

    id: int
    root: str
    excludes: tuple[str, ...]


class Desk(Struct):
    """The connection that all watches share: it holds their locks, and asks for scans."""

    pen: AsyncConnection
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


async def run(connect: Connect) -> None:
    """Watch, until cancelled, every library that is to be watched, as it is kept at the time."""
    async with connect() as ear, connect() as pen:
        await notices.listen(ear, "libraries")
        desk, kept = Desk(pen), dict[Watched, asyncio.Task[None]]()
        try:
            while True:
                await tend(desk, kept)
                await notices.wait(ear, LOOK)
        finally:
            await stop(desk, kept.values())


async def tend(desk: Desk, kept: dict[Watched, asyncio.Task[None]]) -> None:
    """Begin the watches that are wanted, and stop those that no longer are."""
    async with desk.turn:
        known = await libraries.every(desk.pen)
        await desk.pen.commit()
    wanted = {Watched(one.id, one.root, tuple(one.excludes)) for one in known if one.watch}
    await stop(desk, [kept.pop(library) for library in set(kept) - wanted])
    for library in wanted - set(kept):
        kept[library] = asyncio.create_task(keep(desk, library))
    for task in kept.values():
        if task.done():
            task.result()


async def stop(desk: Desk, tasks: Iterable[asyncio.Task[None]]) -> None:
    """Stop these watches."""
    async with desk.turn:  # or one might be cut off while it holds the pen
        for task in tasks:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def keep(desk: Desk, library: Watched) -> None:
    """Watch a library for as long as that can be done, and try again where it cannot."""
    while True:
        try:
            await watch(desk, library)
        except Unwatchable as why:
            async with desk.turn:
                is_news = await watches.fail(desk.pen, library.id, str(why))
            if is_news:
                log.warning("library not watched", library=library.root, why=str(why))
        await asyncio.sleep(AGAIN)


async def watch(desk: Desk, library: Watched) -> None:
    """Ask for scans of what changes; return if another scheduler does so already."""
    async with aclosing(changes(library.root, library.excludes)) as found:
        await anext(found)
        async with desk.turn:
            if not await watches.begin(desk.pen, library.id):
                return
        log.info("library watched", library=library.root)
        try:
            async for changed in found:
                await ask(desk, library, changed)
        finally:
            async with desk.turn:
                await watches.end(desk.pen, library.id)


async def ask(desk: Desk, library: Watched, found: list[Changed]) -> None:
    """Ask for scans of what is there, and of what is gone if it is known."""
    async with desk.turn:
        for path, is_there in found:
            if is_there or await watches.knows(desk.pen, library.id, path):
                await scans.request(desk.pen, library.id, path or None)
        await desk.pen.commit()
