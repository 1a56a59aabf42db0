"""Show how far a scan is: a bar on a terminal, a JSON line a second elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from db import scans

Tell = Callable[[scans.Progress], None]


@contextmanager
def shown(name: str) -> Iterator[Tell]:
    """Lend a function that shows how far the scan of the library of this name is."""
    if sys.stdout.isatty():
        with bar() as on_terminal:
            task = on_terminal.add_task(name, total=None, seen=0)
            yield lambda progress: on_terminal.update(
                task,
                completed=progress.read,
                total=progress.to_read or None,
                seen=progress.seen,
            )
    else:
        yield lambda progress: print_line(name, progress)


def bar() -> Progress:
    """Make the terminal's bar."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("read, {task.fields[seen]:,} seen"),
        TimeRemainingColumn(),
    )


def print_line(name: str, progress: scans.Progress) -> None:
    """Print a JSON line: the library and the numbers so far."""
    known = {"library": name, **msgspec.structs.asdict(progress)}
    sys.stdout.buffer.write(msgspec.json.encode(known) + b"\n")
    sys.stdout.buffer.flush()
