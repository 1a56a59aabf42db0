"""Run batches: claim a chunk of comics, say what is about to be done, do it, save what came of it.

Files are worked on in a thread, so that the worker goes on beating meanwhile: a beat renews the
lease on what it has claimed, and tells what it is not to go on with. Killed anywhere, it leaves a
journal by which the next one puts right what was half done.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, suppress
from time import monotonic
from typing import Final, NoReturn

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from db import batch_items, notices
from db.outcomes import Key, Outcome
from worker import recording
from worker.desk import FIRST, Desk
from worker.doing import Prepared
from worker.gathering import gather

log = structlog.get_logger()

BEAT: Final = 0.5  # seconds; a cancel is heeded within that, and the comic under way
SILENCE: Final = 10.0  # seconds without a beat after which a worker ends, well before its lease
IDLE: Final = 1.0  # seconds between two looks at the queue where nobody tells of anything new
SAVED_EVERY: Final = 0.2  # seconds
AT_ONCE: Final = 0.5  # seconds of work that are claimed at once, so that others have some, too
MOST: Final = 200  # comics
PATIENCE: Final = 900.0  # seconds for one comic: a disk that hangs must not hold up a batch
GRACE: Final = 4.0  # seconds for the comic under way when the worker is told to end

Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


async def run(connect: Connect, name: str, *, patience: float = PATIENCE) -> None:
    """Work until cancelled; then end the comic under way, and leave all others to other workers.

    One that takes longer than `patience` seconds, or cannot be ended in time, ends the process.
    """
    async with connect() as conn, connect() as pulse:
        desk = Desk(name, conn, pulse, patience, ThreadPoolExecutor(1, "files"))
        await notices.listen(conn, "batches")
        tasks = [asyncio.create_task(work(desk)), asyncio.create_task(beat(desk))]
        try:
            await together(tasks)
        except asyncio.CancelledError:
            await leave(desk, connect, tasks)
            raise
        finally:
            desk.is_ending = True
            await cancel(tasks)
            desk.hand.shutdown(wait=False)
            if desk.under_way:
                give_up("worker ended in the middle of a comic", desk)


async def together(tasks: list[asyncio.Task[None]]) -> None:
    """Wait until one of these ends, and raise what went wrong in it."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def cancel(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel these, and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def leave(desk: Desk, connect: Connect, tasks: list[asyncio.Task[None]]) -> None:
    """Give the comic under way some time to be ended, and hand back what is left."""
    desk.is_ending = True
    if desk.mine:
        await asyncio.wait(tasks, timeout=GRACE, return_when=asyncio.FIRST_COMPLETED)
    await cancel(tasks)
    async with connect() as conn:
        await batch_items.hand_back(conn, desk.name, half_done=True)  # as far as anyone knows


def give_up(event: str, desk: Desk) -> NoReturn:
    """End this process at once, whatever its thread is at: the journal has what is under way."""
    log.error(event, worker=desk.name, under_way=desk.under_way)
    os._exit(os.EX_TEMPFAIL)


async def beat(desk: Desk) -> None:
    """Say that this worker lives, and learn what it is not to go on with.

    One that cannot say so ends while its files are its own, or two would be at one comic.
    """
    while True:
        if desk.under_way and monotonic() - desk.since > desk.patience:
            give_up("comic took too long", desk)
        if asked := set(desk.mine):
            try:
                async with asyncio.timeout(SILENCE):
                    told = await batch_items.beat(desk.pulse, desk.name)
            except TimeoutError:
                give_up("database does not answer", desk)
            desk.mine -= asked - told.mine
            desk.stopped = told.stopped
        await asyncio.sleep(BEAT)


async def work(desk: Desk) -> None:
    """Work off chunk after chunk, and wait where there is none.

    How many comics are claimed at once is known from those before; of a new batch it is not.
    """
    while not desk.is_ending:
        began = monotonic()
        if done := await work_off(desk):
            pace = done / (monotonic() - began)
            desk.most = max(1, min(MOST, round(pace * AT_ONCE)))
        elif not desk.is_ending:
            desk.most = FIRST
            await notices.wait(desk.conn, IDLE)


async def work_off(desk: Desk) -> int:
    """Claim a chunk, do it, and hand back what is not to be done; return how many it had."""
    claimed = await batch_items.claim(desk.conn, desk.name, desk.most)
    if not claimed:
        return 0
    desk.mine, desk.stopped = {one.key for one in claimed}, set()
    desk.begun = {one.key for one in claimed if one.plan is not None}
    prepared = await gather(desk, claimed)
    await recording.journal(desk, prepared)
    ended = await do(desk, prepared)
    left = [one.key for one in claimed if one.key not in ended | desk.begun]
    desk.mine = set()
    if left:
        await batch_items.hand_back(desk.conn, desk.name, left)
    return len(claimed)


async def do(desk: Desk, prepared: Prepared) -> set[Key]:
    """Do what is prepared, save what came of it as it comes, and return what has ended."""
    loop, finished = asyncio.get_running_loop(), asyncio.Event()
    results: asyncio.Queue[list[Outcome] | None] = asyncio.Queue()
    results.put_nowait(prepared.outcomes)

    def do_all() -> None:
        for act in desk.watch(prepared.acts()):
            desk.begun.update(act.keys)
            loop.call_soon_threadsafe(results.put_nowait, act.perform())

    saving = asyncio.create_task(save(desk, results, finished))
    saving.add_done_callback(lambda _: desk.mine.clear())  # what cannot be saved is not begun
    try:
        await desk.by_hand(do_all)
    finally:
        results.put_nowait(None)
        finished.set()
        ended = await saving
    return ended


async def save(
    desk: Desk, results: asyncio.Queue[list[Outcome] | None], finished: asyncio.Event
) -> set[Key]:
    """Save what came of comics, the first at once, until a None comes; return which they were.

    What came of those of a circle is saved together.
    """
    ended = set[Key]()
    is_over = False
    while not is_over:
        told = [await results.get()]
        while not results.empty():
            told.append(results.get_nowait())
        is_over = None in told
        known = [one for some in told if some for one in some]
        if known:
            await recording.save(desk, known)
        ended |= {one.key for one in known}
        desk.begun -= ended
        with suppress(TimeoutError):
            await asyncio.wait_for(finished.wait(), SAVED_EVERY)
    return ended
