"""What is to be done to one comic, step by step, and doing all of it or nothing.

The journal is committed before the first step, so that whoever takes over from a worker that was
killed knows what was under way, and ends it.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct

from comics.archives.contents import Fault
from worker.steps import Make, Move, Step


class Journal(Struct, frozen=True, omit_defaults=True):
    """Steps, and what they make of the comic.

    `before` and `after` are what its history shows: "path" in its library, "trashed" for where it
    or what it was made of was put away (below the root or absolute), marks, and tags that change.
    `marked` and `duplicate` are what the marks will be, None for as they are. `circle` are the
    numbers of those comics of the batch, itself among them, that want each other's names, in the
    order in which they move: see `worker.circles`.
    """

    steps: list[Step]
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    marked: bool | None = None
    duplicate: bool | None = None
    circle: list[int] = []

    @property
    def path(self) -> str | None:
        """Return where the comic is in its library in the end, None where it leaves that."""
        return self.after.get("path")


def carry_out(journal: Journal, root: str) -> None:
    """Do all steps, or raise a `Fault` and leave the comic as it was."""
    _go_on(journal, root, 0)


def finish(journal: Journal, root: str) -> None:
    """Do what a worker that was killed has left to do, or take back what it did and raise why."""
    _go_on(journal, root, count_done(journal.steps, root))


def _go_on(journal: Journal, root: str, start: int) -> None:
    for place in range(start, len(journal.steps)):
        try:
            journal.steps[place].perform(root)
        except (Fault, MemoryError):
            if not journal.circle:  # else another has its old name by now
                take_back(journal.steps[:place], root)
            raise


def take_back(steps: Sequence[Step], root: str) -> None:
    """Take back what can be; a file that somebody else has the place of by now stays."""
    with suppress(Fault):
        for step in reversed(steps):
            if isinstance(step, Move | Make):
                step.take_back(root)


def count_done(steps: Sequence[Step], root: str) -> int:
    """Tell from the disk how many of these steps are done."""
    for place in reversed(range(len(steps))):
        before = steps[:place]
        if steps[place].is_done(root) and all(step.may_be_done(root) for step in before):
            return place + 1
    return 0
