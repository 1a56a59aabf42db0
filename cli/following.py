"""Follow a batch to its end: a bar on a terminal, a JSON line for each comic elsewhere."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from rich.progress import Progress, TaskID
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.progress import bar
from cli.stopping import together
from cli.terminal import harmless, print_line
from cli.working import work
from db import happenings, notices
from db.batches import Batch
from db.engine import job
from db.happenings import Changed, Happening

LOOK = 2.0  # seconds without a notice, after which it is looked all the same
CANCELLED = os.EX_TEMPFAIL  # what was not done may still be
INCOMPLETE = os.EX_DATAERR  # some comics could not be changed, or were not to be

_NOT_SHOWN = frozenset({"size", "mtime_ns"})  # of what a comic became: it shows by other changes

Tell = Callable[[Happening], None]


async def follow(batch: Batch) -> int:
    """Show a batch from its beginning until it has ended; return the code that tells how."""
    async with job() as conn:
        with shown() as tell:
            async for happening in watch(conn, batch.id):
                tell(happening)
                if isinstance(happening, Changed):
                    batch = happening.now
    return code(batch)


async def carry_out(batch: Batch) -> int:
    """Work in this process, whatever there is to do, until this batch has ended; and show it."""
    codes: list[int] = []

    async def show() -> None:
        codes.append(await follow(batch))

    await together(show(), work())
    return codes.pop() if codes else CANCELLED


async def watch(conn: AsyncConnection, batch: int) -> AsyncIterator[Happening]:
    """Yield what has happened to a batch and what happens, its end last."""
    await notices.listen(conn, "batches")
    seen = 0
    while True:
        found = await happenings.after(conn, seen, batch)
        await conn.commit()
        for happening in found:
            yield happening
            seen = happening.event
            if isinstance(happening, Changed) and happening.now.has_ended:
                return
        if not found:
            await notices.wait(conn, LOOK)


def code(batch: Batch) -> int:
    """Return the exit code that tells how a batch has ended."""
    if batch.state == "cancelled":
        return CANCELLED
    return INCOMPLETE if batch.skipped or batch.failed else os.EX_OK


@contextmanager
def shown() -> Iterator[Tell]:
    """Lend a function that shows what happens."""
    if sys.stdout.isatty():
        with bar("ended") as on_terminal:
            task = on_terminal.add_task("", total=None)
            yield lambda happening: draw(on_terminal, task, happening)
    else:
        yield lambda happening: print_line(as_json(happening))


def draw(on_terminal: Progress, task: TaskID, happening: Happening) -> None:
    """Draw the bar anew, below what has become of a comic."""
    if isinstance(happening, Changed):
        now = happening.now
        title = harmless(now.title)
        on_terminal.update(task, description=title, completed=now.ended, total=now.total or None)
        return
    on_terminal.update(task, completed=happening.ordinal, total=happening.total)
    if happening.state != "unchanged":
        what = happening.error or changes(happening.before or {}, happening.after)
        line = harmless(f"{happening.path}: {what}")
        on_terminal.console.print(line, markup=False, highlight=False, soft_wrap=True)


def changes(before: dict[str, Any], after: dict[str, Any] | None) -> str:
    """Say what differs: a path by itself, and each other field with its name."""
    told = (
        f"{'' if name == 'path' else f'{name} '}{_show(before.get(name))} → {_show(value)}"
        for name, value in (after or {}).items()
        if name not in _NOT_SHOWN and value != before.get(name)
    )
    return ", ".join(told) or "done"


def _show(value: object) -> str:
    return "nothing" if value in {None, ""} else str(value)


def as_json(happening: Happening) -> str:
    """Write it for programs: a comic has a "seq" in its batch, the batch itself a "title"."""
    told = happening.now if isinstance(happening, Changed) else happening
    return msgspec.json.encode(told).decode()
