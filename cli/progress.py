"""Show how far a scan is: a bar on a terminal, a JSON line a second elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from db import scans

Tell = Callable[[scans.Progress], None]


@contextmanager
def shown(name: str) -> Iterator[Tell]:
    """Lend a function that shows how far the scan of the library of this name is."""
    faults = Faults()
    if sys.stdout.isatty():
        with bar("read, {task.fields[seen]:,} seen") as on_terminal:
            task = on_terminal.add_task(name, total=None, seen=0)
            yield lambda progress: draw(on_terminal, task, progress, faults.new(progress))
    else:
        yield lambda progress: print_line(name, progress, faults.new(progress))


class Faults:
    """What a scan has met, of which each sentence is shown once."""

    def __init__(self) -> None:
        self.shown = 0

    def new(self, progress: scans.Progress) -> list[str]:
        """Return what has not been shown yet."""
        new = progress.faults[self.shown :]
        self.shown += len(new)
        return new


def bar(counted: str) -> Progress:
    """Make the terminal's bar, with what it counts behind its numbers."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(counted),
        TimeRemainingColumn(),
    )


def draw(on_terminal: Progress, task: TaskID, progress: scans.Progress, faults: list[str]) -> None:
    """Draw the bar anew, below the faults."""
    for fault in faults:
        on_terminal.console.print(fault, markup=False, highlight=False)
    on_terminal.update(
        task, completed=progress.read, total=progress.to_read or None, seen=progress.seen
    )


def print_line(name: str, progress: scans.Progress, faults: list[str]) -> None:
    """Print a JSON line: the library, the numbers so far, and the faults met since the last."""
    known = {"library": name, **msgspec.structs.asdict(progress), "faults": faults}
    sys.stdout.buffer.write(msgspec.json.encode(known) + b"\n")
    sys.stdout.buffer.flush()
