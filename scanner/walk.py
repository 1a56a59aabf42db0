"""Walk a library's folders and see which comics are there; no file is opened.

Links to folders are followed, as people keep parts of a library on other disks, but never into the
library itself nor back to where the walk has come from. Hidden names are skipped, and what
operating systems and NAS boxes leave behind.
"""

import asyncio
import os
import queue
import stat
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from time import monotonic
from typing import Final, NamedTuple

from comics.paths import to_text
from db.differences import Seen

EXTENSIONS: Final = (".cbz", ".cbr", ".cb7", ".cbt")
SKIPPED: Final = frozenset({"__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN"})
LONGEST_PATH: Final = 2_000  # bytes: an index row has no room for more

WALKERS: Final = 4  # for a share, which answers several questions as fast as one
SLOW: Final = 0.05  # seconds for a folder: a disk that is quicker has no use for a second walker
CHUNK: Final = 1_000  # files handed over at a time
AHEAD: Final = 16  # chunks that may wait for PostgreSQL


class Folder(NamedTuple):
    """A folder to list: its path below the root ("" or with a slash behind) and on the disk."""

    path: str
    real: str
    trail: tuple[str, ...]  # the real folders that links on the way here led to


class Walk:
    """One walk of a library by several threads.

    `faults` are sentences on what could not be seen; `unlisted` the paths of which the walk knows
    nothing: folders that could not be listed, each with a slash behind it, and comics that could
    not be looked at. Both are complete when the walk has ended.
    """

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self.faults: list[str] = []
        self.unlisted: list[str] = []
        self._todo = [Folder("", self.root, ())]
        self._busy = 0
        self._allowed = 1  # walkers at once
        self._turn = Condition()
        self._found: queue.Queue[list[Seen] | None] = queue.Queue(AHEAD)
        self._stopped = False

    async def chunks(self) -> AsyncGenerator[list[Seen], None]:
        """Yield what is seen, as it is seen, in no order."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(WALKERS, "walk") as threads:
            walkers = [loop.run_in_executor(threads, self._work) for _ in range(WALKERS)]
            try:
                for _ in walkers:
                    while chunk := await asyncio.to_thread(self._found.get):
                        yield chunk
                await asyncio.gather(*walkers)
            finally:
                self._stopped = True

    def _work(self) -> None:
        """List folders until there are none left, and say so with a None."""
        chunk: list[Seen] = []
        try:
            while folder := self._take():
                try:
                    chunk += self._list(folder)
                finally:
                    self._give_back()
                if len(chunk) >= CHUNK:
                    self._hand_over(chunk)
                    chunk = []
            if chunk:
                self._hand_over(chunk)
        finally:
            self._hand_over(None)

    def _take(self) -> Folder | None:
        """Take a folder, the one found last; wait while others may still find some."""
        with self._turn:
            while self._busy >= self._allowed or (self._busy and not self._todo):
                self._turn.wait()
            if not self._todo or self._stopped:
                return None
            self._busy += 1
            return self._todo.pop()

    def _give_back(self) -> None:
        with self._turn:
            self._busy -= 1
            self._turn.notify_all()

    def _add(self, folder: Folder) -> None:
        with self._turn:
            self._todo.append(folder)
            self._turn.notify()

    def _hand_over(self, chunk: list[Seen] | None) -> None:
        """Wait for room, but not for a reader that is gone."""
        while True:
            try:
                return self._found.put(chunk, timeout=0.1)
            except queue.Full:
                if self._stopped:
                    return None

    def _list(self, folder: Folder) -> list[Seen]:
        """List one folder; its folders are left for whoever is free."""
        seen: list[Seen] = []
        began = monotonic()
        try:
            with os.scandir(folder.real) as entries:
                seen.extend(comic for entry in entries if (comic := self._look(folder, entry)))
        except OSError as error:
            self._miss(folder.path, f"could not be listed: {error.strerror}")
        if monotonic() - began > SLOW:
            self._allowed = WALKERS
        return seen

    def _miss(self, path: str, why: str) -> None:
        """Note what the walk cannot see, so that nobody takes it for gone."""
        path = to_text(path)
        self.unlisted.append(path)
        self.faults.append(f"{path or 'The folder'} {why}.")

    def _look(self, folder: Folder, entry: os.DirEntry[str]) -> Seen | None:
        """See what an entry is: a comic, a folder for later, or nothing to us."""
        name = entry.name
        if name.startswith(".") or name in SKIPPED:
            return None
        path = folder.path + name
        is_named_so = name.lower().endswith(EXTENSIONS)
        try:
            if entry.is_dir():
                self._enter(folder, entry)
            elif is_named_so:
                return self._see(path, entry)
            elif entry.is_symlink():
                entry.stat()  # what leads to nothing now may have led to a folder of comics
        except OSError as error:
            self._miss(path if is_named_so else f"{path}/", explain(error))
        return None

    def _see(self, path: str, entry: os.DirEntry[str]) -> Seen | None:
        path = to_text(path)
        try:
            found = entry.stat()
        except FileNotFoundError:
            if entry.is_symlink():
                self.faults.append(f"{path} leads to nothing.")
            return None
        if not stat.S_ISREG(found.st_mode):
            self.faults.append(f"{path} is not a file.")
            return None
        if len(path.encode()) > LONGEST_PATH:
            self.faults.append(f"{path} is too long: a path may have {LONGEST_PATH} bytes.")
            return None
        return Seen(path, found.st_size, bounded(found.st_mtime_ns), signed(found.st_ino))

    def _enter(self, folder: Folder, entry: os.DirEntry[str]) -> None:
        """Leave a folder for later; a link to one, unless that is listed on this way anyhow."""
        path = f"{folder.path}{entry.name}/"
        if not entry.is_symlink():
            self._add(Folder(path, entry.path, folder.trail))
            return
        target = os.path.realpath(entry.path)
        if not any(
            within(target, past) or within(past, target) for past in (self.root, *folder.trail)
        ):
            self._add(Folder(path, target, (*folder.trail, target)))


def explain(error: OSError) -> str:
    """Say in a few words why an entry could not be looked at."""
    if isinstance(error, FileNotFoundError):
        return "leads to nothing"
    return f"could not be looked at: {error.strerror}"


def within(path: str, folder: str) -> bool:
    """Tell whether a path is this folder or in it."""
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def signed(inode: int) -> int:
    """Write an inode number, 64 bits without a sign, as PostgreSQL's bigint."""
    return inode - 2**64 if inode >= 2**63 else inode


def bounded(moment: int) -> int:
    """Bring nanoseconds into PostgreSQL's bigint, which ends in 2262: disks go further."""
    return max(-(2**63), min(moment, 2**63 - 1))
