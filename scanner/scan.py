"""Make the index agree with the disk: one pass over one library.

It walks, compares, lists what is new, reads what is new or changed, and saves as it goes. Killed
anywhere, it leaves whole rows; run again, it finds what is left to do by comparing once more.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, aclosing
from time import monotonic
from typing import Any, Final

from msgspec import Struct, field, to_builtins
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.folding import fold, natural_key
from comics.paths import from_text
from db import differences, files, libraries, scans
from db.differences import Seen, Unread
from db.files import Entry, Found, Reading, cut
from db.libraries import Library
from db.scans import Progress
from scanner.reader import Result, Wanted
from scanner.readers import read_all
from scanner.walk import Walk

SAVED_AT_ONCE: Final = 500  # files
SAVED_EVERY: Final = 1.0  # seconds
PATIENCE: Final = 60.0  # seconds that reading one archive may take

Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
Tell = Callable[[Progress], None]


class ScanError(RuntimeError):
    """The scan has stopped without touching a row of what it could not see."""


class Busy(ScanError):
    """Another scan of this library is running."""


class Orders(Struct, frozen=True):
    """How a scan is to go about it."""

    readers: int = 2  # processes that read archives
    accept_empty: bool = False  # the folder may be empty though comics of it are known


class Pass(Struct):
    """A scan under way.

    `conn` holds the library's lock and the temporary tables; `pen` saves and tells, which happens
    while `conn` is still looking up what comes next.
    """

    conn: AsyncConnection
    pen: AsyncConnection
    library: Library
    number: int
    orders: Orders
    progress: Progress = field(default_factory=Progress)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # to use the pen


async def scan(connect: Connect, library: Library, orders: Orders, tell: Tell) -> Progress:
    """Scan a library; `tell` is called about once a second with how far it is.

    Raises `Busy` at once if another scan runs; `ScanError` if the folder is missing, or is empty
    though the index knows of comics in it and the orders do not accept that.
    """
    async with connect() as conn, connect() as pen:
        number = await scans.begin(conn, library.id)
        if number is None:
            raise Busy(f"Another scan of {library.root} is running: let it finish, then try again.")
        under_way = Pass(conn, pen, library, number, orders)
        beating = asyncio.create_task(beat(under_way, tell))
        state: scans.End = "interrupted"
        error: str | None = "It was stopped before its end."
        try:
            await together(run(under_way), beating)
            state, error = "done", None
        except ScanError as stop:
            state, error = "failed", str(stop)
            raise
        finally:
            await end(under_way, beating, state, error)
        await scans.release(conn, library.id)
        tell(under_way.progress)
        return under_way.progress


async def together(work: Coroutine[Any, Any, None], beating: asyncio.Task[None]) -> None:
    """Work while the scan beats: one that cannot say that it lives must not go on."""
    working = asyncio.create_task(work)
    try:
        await asyncio.wait({working, beating}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            await beating
        await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def beat(under_way: Pass, tell: Tell) -> None:
    """Say every second how far the scan is, and by that that it lives."""
    while True:
        tell(under_way.progress)
        async with under_way.turn:
            if under_way.pen.get_transaction():
                return  # a save that failed has left it, and is about to end the scan
            await scans.beat(under_way.pen, under_way.number, under_way.progress)
        await asyncio.sleep(SAVED_EVERY)


async def end(
    under_way: Pass, beating: asyncio.Task[None], state: scans.End, error: str | None
) -> None:
    """Say for the last time how far the scan came, and how it ended."""
    async with under_way.turn:  # or the beat might be cut off while it holds the pen
        beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    await under_way.pen.rollback()
    await scans.beat(under_way.pen, under_way.number, under_way.progress)
    await scans.finish(under_way.pen, under_way.number, state, error)


async def run(under_way: Pass) -> None:
    """Walk, compare, list, read."""
    walk = Walk(find_root(under_way.library))
    seen = await differences.copy_seen(under_way.conn, count(walk, under_way.progress))
    under_way.progress.faults += walk.faults
    await refuse_empty(under_way, walk)
    difference = await differences.compare(
        under_way.conn, under_way.library.id, seen=seen, unlisted=walk.unlisted
    )
    for name in difference.__struct_fields__:
        setattr(under_way.progress, name, getattr(difference, name))
    if difference.added:
        await list_new(under_way)
    if difference.to_read:
        await read(under_way)


def find_root(library: Library) -> str:
    """Return the library's folder as the system names it, or stop the scan."""
    root = from_text(library.root)
    if not os.path.isdir(root):  # noqa: PTH112  not always valid text
        raise ScanError(
            f"{library.root} is not there. Is its disk or share mounted? "
            "Nothing was changed; scan again when it is back."
        )
    return root


async def count(walk: Walk, progress: Progress) -> AsyncGenerator[list[Seen], None]:
    """Pass on what the walk sees, and count it."""
    async with aclosing(walk.chunks()) as chunks:
        async for chunk in chunks:
            progress.seen += len(chunk)
            yield chunk


async def refuse_empty(under_way: Pass, walk: Walk) -> None:
    """Stop rather than take a share that is not mounted for a library without comics."""
    library, orders = under_way.library, under_way.orders
    if under_way.progress.seen:
        return
    if "" in walk.unlisted:
        raise ScanError(f"{library.root}: {' '.join(walk.faults)} Nothing was changed.")
    if orders.accept_empty:
        return
    if await libraries.has_files(under_way.conn, library.id):
        raise ScanError(
            f"{library.root} holds no comics, but the index knows of some in it. Is its disk or "
            "share mounted? Nothing was changed. If you did remove them all, run "
            "`longbox scan --accept-empty`."
        )


async def list_new(under_way: Pass) -> None:
    """List the new files by their names, so that the page has them before they are read."""
    async for chunk in differences.unread(under_way.conn):
        new = [describe(file) for file in chunk if file.is_new]
        async with under_way.turn:
            await files.add(under_way.pen, under_way.library.id, new)


def describe(file: Unread) -> Found:
    """Tell what a path alone says of a comic."""
    folder, _, name = file.path.rpartition("/")
    return Found(
        entry=Entry(
            id=file.id,
            path=file.path,
            size=file.size,
            mtime_ns=file.mtime_ns,
            format=name[-3:].lower(),
        ),
        inode=file.inode,
        sort_key=natural_key(name, folder),
        search_key=fold(file.path),
    )


async def read(under_way: Pass) -> None:
    """Read what is new or has changed, and save it in sets as it comes."""
    asked: dict[int, Unread] = {}
    batch: list[Reading] = []
    saved = monotonic()
    results = read_all(
        wanted(under_way, asked), children=under_way.orders.readers, seconds=PATIENCE
    )
    async with aclosing(results):
        async for result in results:
            batch.append(combine(asked.pop(result.id), result))
            if len(batch) >= SAVED_AT_ONCE or monotonic() - saved > SAVED_EVERY:
                await save(under_way, batch)
                batch, saved = [], monotonic()
    await save(under_way, batch)


async def wanted(under_way: Pass, asked: dict[int, Unread]) -> AsyncGenerator[Wanted, None]:
    """Ask for each file that is to be read, and remember what for."""
    async with aclosing(differences.unread(under_way.conn)) as chunks:
        async for chunk in chunks:
            for file in chunk:
                asked[file.id] = file
                yield Wanted(file.id, file.path, under_way.library.root)


def combine(file: Unread, result: Result) -> Reading:
    """Put together what the walk and the reading have told of a file."""
    tags = result.tags
    return Reading(
        entry=Entry(
            id=file.id,
            path=file.path,
            size=file.size,
            mtime_ns=file.mtime_ns,
            format=result.format or file.path[-3:].lower(),
            page_count=result.pages,
            series=cut(tags.series),
            number=cut(tags.number),
            title=cut(tags.title),
            publisher=cut(tags.publisher),
            year=tags.year,
            fault=result.fault,
        ),
        inode=file.inode,
        search_key="\n".join(map(fold, (file.path, tags.series, tags.title))),
        tags=to_builtins(tags),
        provenance=result.provenance,
        notes=result.notes,
        fingerprint=result.fingerprint,
        final=not result.again,
    )


async def save(under_way: Pass, batch: list[Reading]) -> None:
    """Save what was read, and count it."""
    progress = under_way.progress
    async with under_way.turn:
        await files.save(under_way.pen, batch)
    progress.read += len(batch)
    progress.faulty += sum(reading.entry.fault is not None for reading in batch)
    progress.faults += [
        f"{reading.entry.path}: {reading.entry.fault} The next scan tries it again."
        for reading in batch
        if not reading.final
    ]
