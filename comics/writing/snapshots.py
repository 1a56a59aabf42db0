"""Tell whether a file is still the one that was looked at."""

import os
from pathlib import Path

import msgspec

from comics.writing.refusals import Passing


class Snapshot(msgspec.Struct, frozen=True):
    """What changes when a file does: another file in its place, other bytes, or a later time."""

    inode: int
    size: int
    mtime_ns: int

    def is_like(self, other: "Snapshot") -> bool:
        """Tell whether two are of one size and time: on another disk, a file has another inode."""
        return (self.size, self.mtime_ns) == (other.size, other.mtime_ns)


def take(file: Path | int) -> Snapshot:
    """Look at a path, through symbolic links, or at an open file."""
    status = os.stat(file)  # noqa: PTH116 (which takes open files too)
    return Snapshot(status.st_ino, status.st_size, status.st_mtime_ns)


class Changed(Passing):
    """Say that a file is not the one that was looked at."""


def expect(file: Path | int, expected: Snapshot) -> None:
    """Raise a `Changed` if a file is not as it was."""
    if take(file) != expected:
        raise Changed("The file was changed meanwhile: look at it again.")
