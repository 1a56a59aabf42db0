"""Reach comics without leaving their library, whatever is moved or linked meanwhile.

A check of a path is worth nothing a moment later: somebody may have put a link in a folder's place.
So each folder on the way is opened from the one that it is in, and held open; what is in it is
named through its descriptor, as Linux has it in /proc. Elsewhere a path is a path.

Links are part of many libraries, and scans follow them. One that leads out of the library is
followed here only to what the scan has seen: a file of the size and time that the index knows.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Final, NamedTuple

from comics import paths
from comics.archives.contents import Fault
from comics.paths import from_text
from comics.writing import moving

ASTRAY: Final = "A link leads out of the library to what no scan has seen: scan it, or mend that."

_PATH: Final = getattr(os, "O_PATH", 0) | os.O_CLOEXEC
_FOLDER: Final = _PATH | os.O_DIRECTORY
_NOT_DOWN: Final = frozenset({"", ".", ".."})

Way = tuple[str, ...]  # a root, and the folders from there on


class Astray(Fault):
    """Say that a path leads out of the library."""

    def __init__(self) -> None:
        super().__init__(ASTRAY)


class Known(NamedTuple):
    """What the index knows of a file."""

    size: int
    mtime_ns: int


class Hold:
    """The folders on the ways to some comics, of which the index knows this; each held open."""

    def __init__(self, *known: Known) -> None:
        self._known = known
        self._folders: dict[Way, int] = {}
        self._outside = set[Way]()  # where no known comic was seen yet

    def close(self) -> None:
        """Let go of all."""
        for folder in self._folders.values():
            os.close(folder)

    def locate(self, root: str, path: str) -> Path:
        """Return where a file is, or would be: below the last folder on the way that is there."""
        way, name = _split(root, path)
        there = self._reach(way)
        if not there:  # and no root either
            return paths.locate(root, path)
        if there == way:
            with suppress(FileNotFoundError):
                os.close(self._open_file(way, name))
        if there in self._outside:
            raise Astray
        return place(self._folders[there]).joinpath(*map(from_text, way[len(there) :]), name)

    def open(self, root: str, path: str) -> int:
        """Open a file that others are to be told the descriptor of; raises an OSError."""
        way, name = _split(root, path)
        if self._reach(way) != way:
            raise FileNotFoundError(path)
        return self._open_file(way, name)

    def make_room(self, root: str, path: str) -> Path:
        """Make the folders on the way that are not there, and return as `locate` does."""
        way, _ = _split(root, path)
        while there := self._reach(way):
            if there == way:
                break
            with suppress(FileExistsError):
                os.mkdir(from_text(way[len(there)]), dir_fd=self._folders[there])
            self._enter(way[: len(there) + 1])
        return self.locate(root, path)

    def tidy(self, root: str, path: str) -> None:
        """Remove the folders on the way that are empty, the last first."""
        way, _ = _split(root, path)
        with suppress(OSError):  # something is in it, or it is a link or a mount
            for end in range(len(way) - 1, 0, -1):
                if self._reach(way[:end]) == way[:end]:
                    os.rmdir(from_text(way[end]), dir_fd=self._folders[way[:end]])

    def _reach(self, way: Way) -> Way:
        """Hold the folders on a way, and return it as far as there are any."""
        for end in range(len(way)):
            try:
                self._enter(way[: end + 1])
            except OSError:
                return way[:end]
        return way

    def _enter(self, way: Way) -> None:
        """Hold one more folder, unless it is held and has not been removed since."""
        if way in self._folders:
            if os.fstat(self._folders[way]).st_nlink:
                return
            os.close(self._folders.pop(way))
        *above, name = way
        if not above:
            self._folders[way] = os.open(from_text(name), _FOLDER)
            return
        folder, is_link = _open(from_text(name), self._folders[tuple(above)], os.O_DIRECTORY)
        self._folders[way] = folder
        if tuple(above) in self._outside or (is_link and not self._holds(way, folder)):
            self._outside.add(way)

    def _open_file(self, way: Way, name: str) -> int:
        """Open a file, or raise `Astray`; where one is known, the folders on the way are, too."""
        file, is_link = _open(name, self._folders[way])
        if way in self._outside or (is_link and not self._holds(way, file)):
            status = os.fstat(file)
            if Known(status.st_size, status.st_mtime_ns) not in self._known:
                os.close(file)
                raise Astray
            self._outside -= {way[:end] for end in range(len(way) + 1)}
        return file

    def _holds(self, way: Way, opened: int) -> bool:
        """Tell whether the root of a way is above what was opened."""
        return place(opened).readlink().is_relative_to(place(self._folders[way[:1]]).readlink())


def place(descriptor: int) -> Path:
    """Return the path of what is open, also for the programs that unpack on our behalf."""
    return Path(f"/proc/{os.getpid()}/fd/{descriptor}")


def _split(root: str, path: str) -> tuple[Way, str]:
    *folders, name = path.split("/")
    if not _NOT_DOWN.isdisjoint((*folders, name)):
        raise Astray
    return (root, *folders), from_text(name)


def _open(name: str, folder: int, kind: int = 0) -> tuple[int, bool]:
    """Open what is in a folder, and tell whether it is a link to that."""
    found = os.open(name, _PATH | os.O_NOFOLLOW, dir_fd=folder)
    mode = os.fstat(found).st_mode
    if not stat.S_ISLNK(mode) and (stat.S_ISDIR(mode) or not kind):
        return found, False
    os.close(found)
    return os.open(name, _PATH | kind, dir_fd=folder), True


_holds: ContextVar[Hold | None] = ContextVar("holds", default=None)


@contextmanager
def holding(*known: Known) -> Iterator[None]:
    """Have the functions below hold the folders that they pass, until this ends."""
    if not hasattr(os, "O_PATH"):
        yield
        return
    hold = Hold(*known)
    token = _holds.set(hold)
    try:
        yield
    finally:
        _holds.reset(token)
        hold.close()


def locate(root: str, path: str) -> Path:
    """Return where a file is that is written as below a root; or raise `Astray`.

    What is written from / on is where whoever keeps the library has said, such as the folder for
    duplicates, and is taken as it is.
    """
    hold = _held_for(path)
    return hold.locate(root, path) if hold else paths.locate(root, path)


def make_room(root: str, path: str) -> Path:
    """Make the folders for a file, and return where it is to be; raises as `locate` does."""
    if hold := _held_for(path):
        return hold.make_room(root, path)
    file = paths.locate(root, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def tidy(root: str, path: str) -> None:
    """Remove the folders that a file has left empty, but not the root."""
    if hold := _held_for(path):
        hold.tidy(root, path)
    else:
        moving.tidy(paths.locate(root, path).parent, Path(from_text(root)))


def _held_for(path: str) -> Hold | None:
    return None if path.startswith("/") else _holds.get()


@contextmanager
def opened(root: str, path: str, known: Known) -> Iterator[str]:
    """Hold a file, and lend the path by which it may be opened meanwhile, however often.

    Raises an OSError where there is no such file, and `Astray` where a link leads out.
    """
    with holding(known):
        hold = _holds.get()
        if hold is None:
            yield str(paths.locate(root, path))
            return
        file = hold.open(root, path)
        try:
            yield str(place(file))
        finally:
            os.close(file)
