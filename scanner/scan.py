"""Make the index agree with the disk: one pass over one library, or a folder or file of it.

It walks, compares, has rows follow the files that moved, lists what is new, reads what is new or
changed, and saves as it goes. Killed anywhere, it leaves whole rows; run again, it finds what is
left to do by comparing once more.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, aclosing
from pathlib import Path
from time import monotonic
from typing import Any, Final

from msgspec import Struct, field
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.excludes import compile_globs
from comics.paths import from_text
from comics.roots import holds_anything
from comics.telling import columns
from comics.writing.drafts import remove_if_abandoned
from db import differences, files, libraries, missing, moves, scans, settings, touched
from db.differences import Listing, Unread
from db.files import Reading
from db.libraries import Library
from db.moves import Elsewhere
from db.rows import bounded, combine, signed
from db.scans import Progress
from scanner.reader import Wanted
from scanner.readers import read_all
from scanner.rows import describe, place
from scanner.walk import Walk

MANY: Final = 100  # files: of a library with fewer, most may go at once
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
    accept_empty: bool = False  # all comics, or most, may be gone though the index knows of them
    folder: str | None = None  # below the root, as comics.paths writes it; or a file; None for all


class Pass(Struct):
    """A scan under way.

    `conn` holds the library's lock and the temporary tables; `pen` saves and tells, which happens
    while `conn` is still looking up what comes next.
    """

    conn: AsyncConnection
    pen: AsyncConnection
    library: Library
    number: int
    since: int  # the newest event when it began: see `db.touched`
    orders: Orders
    progress: Progress = field(default_factory=Progress)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # to use the pen


async def scan(connect: Connect, library: Library, orders: Orders, tell: Tell) -> Progress:
    """Scan a library; `tell` is called about once a second with how far it is.

    Raises `Busy` at once if another scan runs; `ScanError` if the library's folder is missing, or
    is empty or has lost most of its comics and the orders do not accept that.
    """
    async with connect() as conn, connect() as pen:
        number = await scans.begin(conn, library.id, orders.folder)
        if number is None:
            raise Busy(f"Another scan of {library.root} is running: let it finish, then try again.")
        under_way = Pass(conn, pen, library, number, await touched.newest(conn), orders)
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
    """Walk, and store what differs; where nothing does, the walk is nearly all the work."""
    conn, library, orders = under_way.conn, under_way.library, under_way.orders
    walk = await make_walk(under_way)
    await differences.bring(conn, library.id, count(walk, under_way.progress))
    under_way.progress.faults += walk.faults
    await refuse_empty(under_way, walk)
    if not library.read_only:
        await asyncio.to_thread(sweep, walk.drafts)
    differs = await differences.check(
        conn, library.id, folder=orders.folder, unlisted=walk.unlisted
    )
    if differs or (orders.folder is None and await moves.are_left(conn, library.id)):
        await differences.compare(conn, library.id, unlisted=walk.unlisted)
        await touched.spare(conn, library.id, under_way.since)
        await store(under_way)
    if orders.folder is None:
        await forget(under_way)


def sweep(drafts: list[str]) -> None:
    """Remove what writers that were killed have left beside comics."""
    for draft in drafts:
        remove_if_abandoned(Path(draft))


async def store(under_way: Pass) -> None:
    """Follow what moved, list what is new, read what is to be read, and trust the folders again."""
    conn, library = under_way.conn, under_way.library.id
    await follow(under_way)
    difference = await differences.total(conn)
    for name in difference.__struct_fields__:
        setattr(under_way.progress, name, getattr(difference, name))
    if difference.added:
        await list_new(under_way)
    if difference.to_read:
        await read(under_way)
    if under_way.orders.folder is None:  # or what is to be found elsewhere might be mistaken
        await moves.rejoin(conn, library)
    await differences.trust(conn, library)


async def forget(under_way: Pass) -> None:
    """Drop what has been missing for longer than the settings say, if they say so."""
    conn, library = under_way.conn, under_way.library
    days = (await settings.current(conn, settings.Settings)).forget_missing_after_days
    await conn.commit()
    if days:
        excluded = compile_globs(library.excludes)
        async with aclosing(missing.old(conn, library.id, days, excluded)) as chunks:
            async for chunk in chunks:
                await missing.forget(conn, chunk)
                await conn.commit()


async def make_walk(under_way: Pass) -> Walk:
    """Make ready to walk what was asked for."""
    library, orders = under_way.library, under_way.orders
    mounts = await differences.mounts(under_way.conn, library.id)
    return Walk(
        find_root(library),
        orders.folder,
        excluded=compile_globs(library.excludes) if library.excludes else None,
        mounts=frozenset() if orders.accept_empty else mounts,
    )


def find_root(library: Library) -> str:
    """Return the library's folder as the system names it, or stop the scan."""
    root = from_text(library.root)
    if not os.path.isdir(root):  # noqa: PTH112  not always valid text
        raise ScanError(
            f"{library.root} is not there. Is its disk or share mounted? "
            "Nothing was changed; scan again when it is back."
        )
    return root


async def count(walk: Walk, progress: Progress) -> AsyncGenerator[list[Listing], None]:
    """Pass on what the walk tells of, and count its files."""
    async with aclosing(walk.chunks()) as chunks:
        async for chunk in chunks:
            progress.seen += sum(len(listing.seen) for listing in chunk)
            yield chunk


async def refuse_empty(under_way: Pass, walk: Walk) -> None:
    """Stop rather than take a share that is not mounted for a library without comics."""
    library, orders = under_way.library, under_way.orders
    if under_way.progress.seen:
        return
    if "" in walk.unlisted:
        raise ScanError(f"{library.root}: {' '.join(walk.faults)} Nothing was changed.")
    if orders.accept_empty or (orders.folder is not None and holds_anything(walk.root)):
        return
    if await libraries.has_files(under_way.conn, library.id):
        raise ScanError(
            f"{library.root} holds no comics, but the index knows of some in it. Is its disk or "
            "share mounted? Nothing was changed. If you did remove them all, run "
            "`longbox scan --accept-empty`."
        )


async def follow(under_way: Pass) -> None:
    """Store what vanished and what is back, and have rows follow the files that moved."""
    conn, library = under_way.conn, under_way.library.id
    await moves.find_claims(conn)
    async with aclosing(moves.elsewhere(conn)) as others:
        async for files_there in others:
            await moves.claim_gone(conn, await asyncio.to_thread(gone, files_there))
    under_way.progress.moved = await moves.match(conn)
    await refuse_loss(under_way)
    await differences.apply(conn, library)
    if under_way.progress.moved:
        await moves.lift(conn, library)
    await conn.commit()
    async with aclosing(moves.moved(conn)) as moved:
        async for chunk in moved:
            await moves.put(conn, library, [place(one) for one in chunk])


def gone(chunk: list[Elsewhere]) -> list[int]:
    """Return which of these files are not where they were, though their libraries are there."""
    there = {root: holds_anything(from_text(root)) for root in {one.root for one in chunk}}
    return [one.id for one in chunk if there[one.root] and is_gone(one)]


def is_gone(file: Elsewhere) -> bool:
    """Tell whether it is not there, or another is; that the disk says nothing is no answer."""
    try:
        found = os.stat(os.path.join(from_text(file.root), from_text(file.path)))  # noqa: PTH116, PTH118  not always valid text
    except FileNotFoundError:
        return True
    except OSError:
        return False
    known = (file.size, file.mtime_ns, file.inode)
    return known != (found.st_size, bounded(found.st_mtime_ns), signed(found.st_ino))


async def refuse_loss(under_way: Pass) -> None:
    """Stop rather than take a part of a library that is not mounted for one that was removed."""
    library = under_way.library
    had, lost = await differences.lost(under_way.conn, library.id)
    if under_way.orders.accept_empty or had < MANY or lost <= had / 2:
        return
    excluded = compile_globs(library.excludes)
    async with aclosing(differences.vanished(under_way.conn)) as chunks:
        async for chunk in chunks:
            lost -= sum(excluded(path, False) for path in chunk)  # noqa: FBT003  asked of each file
    if lost > had / 2:
        raise ScanError(
            f"{lost:,} of {had:,} comics in {library.root} are gone at once. Is a disk or share "
            "of it not mounted? Nothing was changed. If you did remove them, run "
            "`longbox scan --accept-empty`."
        )


async def list_new(under_way: Pass) -> None:
    """List the new files by their names, so that the page has them before they are read."""
    async for chunk in differences.unread(under_way.conn):
        new = [describe(file) for file in chunk if file.is_new]
        async with under_way.turn:
            await files.add(under_way.pen, under_way.library.id, new)


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
            file = asked.pop(result.id)
            batch.append(combine(file, columns(result, file.path)))
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


async def save(under_way: Pass, batch: list[Reading]) -> None:
    """Save what was read, and count it."""
    progress = under_way.progress
    async with under_way.turn:
        ids = [reading.entry.id for reading in batch]
        left = await touched.among(under_way.pen, ids, under_way.since)
        await files.save(under_way.pen, [one for one in batch if one.entry.id not in left])
    progress.read += len(batch)
    progress.faulty += sum(reading.entry.fault is not None for reading in batch)
    progress.faults += [
        f"{reading.entry.path}: {reading.entry.fault} The next scan tries it again."
        for reading in batch
        if not reading.final
    ]
