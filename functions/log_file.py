"""A file that the processes of one machine write their log lines to, and that stays small.

Each line is one write at the file's end, so that lines of several processes do not mix. A full file
is renamed and another begun by whoever comes first; the others find theirs full, and follow.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

LARGEST: Final = 5 * 2**20  # bytes, unless somebody wants otherwise
KEPT: Final = 3  # full files: the newest ends with .1


class LogFile:
    """The end of such a file."""

    def __init__(self, path: Path, largest: int) -> None:
        self._path = path
        self._largest = largest
        self._file = self._open()

    def append(self, line: bytes) -> None:
        """Write a line; a disk that is full or gone must not stop those who have something to say.

        They say it on standard error, too.
        """
        with suppress(OSError):
            if os.fstat(self._file).st_size + len(line) > self._largest:
                self._turn()
            os.write(self._file, line)

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def _turn(self) -> None:
        """Go on in another file."""
        fcntl.flock(self._file, fcntl.LOCK_EX)  # it goes with the descriptor
        if self._is_newest():
            for number in reversed(range(1, KEPT)):
                with suppress(FileNotFoundError):
                    full_before(self._path, number).replace(full_before(self._path, number + 1))
            self._path.replace(full_before(self._path, 1))
        full, self._file = self._file, self._open()
        os.close(full)

    def _is_newest(self) -> bool:
        """Tell whether no other process has renamed the file."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        return False


def full_before(path: Path, number: int) -> Path:
    """Return where the file is that was full so many files ago."""
    return path.with_name(f"{path.name}.{number}")


def tail(path: Path, most: int) -> bytes:
    """Return the last whole lines, of at most so many bytes, of such a file and the one before.

    Raises FileNotFoundError if there is none.
    """
    newest = _end(path, most)
    with suppress(FileNotFoundError):
        return _end(full_before(path, 1), most - len(newest)) + newest
    return newest


def _end(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        start = max(0, file.seek(0, os.SEEK_END) - most)
        file.seek(start)
        found = file.read(most)
    return found.partition(b"\n")[2] if start else found
