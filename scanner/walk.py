"""Walk a library's folders and see which comics are there; no file is opened.

Links to folders are followed, as people keep parts of a library on other disks, but never into the
library itself nor back to where the walk has come from. What the library excludes is skipped, and
hidden names, and what operating systems and NAS boxes leave behind.

Each folder is told of with a fingerprint of what it holds, so that one that holds what it did is
not compared file by file. Every folder is listed by every walk, though: a comic that is rewritten
in place leaves its folder's time as it was, and some network shares keep no such times at all.
"""

import asyncio
import os
import queue
import stat
from array import array
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from itertools import chain
from operator import itemgetter
from threading import Condition
from time import monotonic
from typing import Final, NamedTuple

from comics.excludes import Excluded
from comics.names.portable import EXTENSIONS, LONGEST_PATH
from comics.paths import from_text, to_text
from comics.writing.drafts import is_draft
from db.differences import Listing, Seen
from db.rows import bounded, signed

SKIPPED: Final = frozenset({"__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN"})

WALKERS: Final = 4  # for a share, which answers several questions as fast as one
SLOW: Final = 0.05  # seconds for a folder: a disk that is quicker has no use for a second walker
CHUNK: Final = 4_000  # files, and as many folders, handed over at a time
LARGE: Final = 10_000  # files of one folder: beyond, they are handed over as they come
AHEAD: Final = 8  # chunks that may wait for PostgreSQL


SIZE_AND_TIME: Final = itemgetter(1, 2)  # of what was seen: attributes would take twice as long


class Folder(NamedTuple):
    """A folder to list: its path below the root ("" or with a slash behind) and on the disk."""

    path: str
    real: str
    trail: tuple[str, ...]  # the real folders that links on the way here led to
    device: int  # that the folder which it is in is on


class Walk:
    """One walk of a library, or of one folder or file in it, by several threads.

    `mounts` are the folders at which other disks were mounted, with a slash behind. One that is
    empty now, and on the disk of the folder that it is in, has lost its own, and nothing is known
    of what it holds.

    `faults` are sentences on what could not be seen; `unlisted` the paths of which the walk knows
    nothing: folders that could not be listed, each with a slash behind it, and comics that could
    not be looked at; `drafts` what writers have on the disk beside comics. All are complete when
    the walk has ended.
    """

    def __init__(
        self,
        root: str,
        folder: str | None = None,
        *,
        excluded: Excluded | None = None,
        mounts: frozenset[str] = frozenset(),
    ) -> None:
        self.root = os.path.realpath(root)
        self.folder = folder
        self.faults: list[str] = []
        self.unlisted: list[str] = []
        self.drafts: list[str] = []
        self._excluded = excluded
        self._mounts = mounts
        self._partial: set[str] = set()  # folders of which no fingerprint may tell
        self._todo: list[Folder] = []
        self._busy = 0
        self._allowed = 1  # walkers at once
        self._turn = Condition()
        self._found: queue.Queue[list[Listing] | None] = queue.Queue(AHEAD)
        self._stopped = False

    async def chunks(self) -> AsyncGenerator[list[Listing], None]:
        """Yield what each folder holds, as it is listed, in no order."""
        loop = asyncio.get_running_loop()
        if alone := await asyncio.to_thread(self._start):
            yield alone
        with ThreadPoolExecutor(WALKERS, "walk") as threads:
            walkers = [loop.run_in_executor(threads, self._work) for _ in range(WALKERS)]
            try:
                for _ in walkers:
                    while chunk := await asyncio.to_thread(self._found.get):
                        yield chunk
                await asyncio.gather(*walkers)
            finally:
                self._stopped = True

    def _start(self) -> list[Listing]:
        """Find where the walk begins; what has the name of a comic is seen, and is all."""
        self._todo.append(Folder("", self.root, (), device(os.path.dirname(self.root))))  # noqa: PTH120  not always valid text
        if self.folder is None:
            return []
        seen = None
        for name in from_text(self.folder).split("/"):
            if not self._todo:
                break
            seen = self._find(self._todo.pop(), name)
        found = [seen] if seen and seen.path == self.folder else []
        return [Listing(self.folder, None, is_mount=False, seen=found)]

    def _find(self, folder: Folder, name: str) -> Seen | None:
        """Look at the one entry of a folder that has this name."""
        entries: list[os.DirEntry[str]] = []
        try:
            own = device(folder.real)
            with os.scandir(folder.real) as found:
                entries += found
        except OSError as error:
            self._miss(folder.path, f"could not be listed: {error.strerror}", folder)
            return None
        if not entries:
            self._has_lost_its_disk(folder, is_mount=own != folder.device)
        entry = next((entry for entry in entries if entry.name == name), None)
        return self._look(folder, own, entry) if entry else None

    def _work(self) -> None:
        """List folders until there are none left, and say so with a None."""
        chunk: list[Listing] = []
        held = 0
        try:
            while folder := self._take():
                try:
                    for listing in self._list(folder):
                        chunk.append(listing)
                        held += 1 + len(listing.seen)
                        if held >= CHUNK:
                            self._hand_over(chunk)
                            chunk, held = [], 0
                finally:
                    self._give_back()
            if chunk:
                self._hand_over(chunk)
        finally:
            with self._turn:
                self._turn.notify_all()  # whoever waits goes on, or ends, too
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
            if self._allowed > 1 or not self._todo:  # or those who may not walk would only look
                self._turn.notify_all()

    def _add(self, folder: Folder) -> None:
        with self._turn:
            self._todo.append(folder)
            if self._allowed > 1:
                self._turn.notify()

    def _hand_over(self, chunk: list[Listing] | None) -> None:
        """Wait for room, but not for a reader that is gone."""
        while True:
            try:
                return self._found.put(chunk, timeout=0.1)
            except queue.Full:
                if self._stopped:
                    return None

    def _list(self, folder: Folder) -> Iterator[Listing]:
        """List one folder, a large one in parts; its folders are left for whoever is free."""
        seen: list[Seen] = []
        is_empty, is_mount = True, False
        began = monotonic()
        try:
            own = device(folder.real)
            is_mount = own != folder.device
            with os.scandir(folder.real) as entries:
                for entry in entries:
                    is_empty = False
                    if comic := self._look(folder, own, entry):
                        seen.append(comic)
                    if len(seen) >= LARGE:
                        self._partial.add(folder.path)
                        yield Listing(to_text(folder.path), None, is_mount, seen)
                        seen = []
        except OSError as error:
            self._miss(folder.path, f"could not be listed: {error.strerror}", folder)
        if monotonic() - began > SLOW:
            self._allowed = WALKERS
        if is_empty and self._has_lost_its_disk(folder, is_mount=is_mount):
            return
        is_partial = folder.path in self._partial
        if seen or is_mount or is_partial:
            known = None if is_partial else fingerprint(seen)
            yield Listing(to_text(folder.path), known, is_mount, seen)

    def _has_lost_its_disk(self, folder: Folder, *, is_mount: bool) -> bool:
        """Tell whether an empty folder is what is left where a disk was mounted, and note it."""
        if is_mount or to_text(folder.path) not in self._mounts:
            return False
        self._miss(folder.path, "is empty: a disk was mounted there, and is not any more", folder)
        return True

    def _miss(self, path: str, why: str, folder: Folder) -> None:
        """Note what the walk cannot see in a folder, so that nobody takes it for gone."""
        path = to_text(path)
        self._partial.add(folder.path)
        self.unlisted.append(path)
        self.faults.append(f"{path or 'The folder'} {why}.")

    def _look(self, folder: Folder, own: int, entry: os.DirEntry[str]) -> Seen | None:
        """See what an entry is: a comic, a folder for later, or nothing to us."""
        name = entry.name
        if name[0] == "." or name in SKIPPED:
            if is_draft(name):
                self.drafts.append(entry.path)
            return None
        path = folder.path + name
        is_named_so = name.lower().endswith(EXTENSIONS)
        try:
            if entry.is_dir():
                self._enter(folder, own, entry)
            elif is_named_so:
                return self._see(path, entry)
            elif entry.is_symlink():
                entry.stat()  # what leads to nothing now may have led to a folder of comics
        except OSError as error:
            if not (self._excluded and self._excluded(to_text(path), not is_named_so)):
                self._miss(path if is_named_so else f"{path}/", explain(error), folder)
        return None

    def _see(self, path: str, entry: os.DirEntry[str]) -> Seen | None:
        path = to_text(path)
        if self._excluded and self._excluded(path, False):  # noqa: FBT003  asked of each file
            return None
        try:
            found = entry.stat()
        except FileNotFoundError:
            if entry.is_symlink():
                self.faults.append(f"{path} leads to nothing.")
            return None
        if not stat.S_ISREG(found.st_mode):
            self.faults.append(f"{path} is not a file.")
            return None
        if len(path) > LONGEST_PATH // 4 and len(path.encode()) > LONGEST_PATH:
            self.faults.append(f"{path} is too long: a path may have {LONGEST_PATH} bytes.")
            return None
        return Seen(path, found.st_size, bounded(found.st_mtime_ns), signed(found.st_ino))

    def _enter(self, folder: Folder, own: int, entry: os.DirEntry[str]) -> None:
        """Leave a folder for later; a link to one, unless that is listed on this way anyhow."""
        path = f"{folder.path}{entry.name}/"
        if self._excluded and self._excluded(to_text(path[:-1]), True):  # noqa: FBT003  as above
            return
        if not entry.is_symlink():
            self._add(Folder(path, entry.path, folder.trail, own))
            return
        target = os.path.realpath(entry.path)
        if not any(
            within(target, past) or within(past, target) for past in (self.root, *folder.trail)
        ):
            self._add(Folder(path, target, (*folder.trail, target), own))


def fingerprint(seen: list[Seen]) -> bytes:
    """Return 16 bytes that stand for what a folder holds, in whatever order that is listed.

    Inode numbers are left out: some shares give their files new ones each time they are mounted,
    and a library that was copied to another disk has the same comics.
    """
    seen.sort()
    paths = "\0".join([one.path for one in seen])
    numbers = array("q", chain.from_iterable(map(SIZE_AND_TIME, seen)))
    return blake2b(paths.encode() + b"\0" + numbers.tobytes(), digest_size=16).digest()


def device(folder: str) -> int:
    """Return which disk a folder is on."""
    return os.stat(folder).st_dev  # noqa: PTH116  not always valid text


def explain(error: OSError) -> str:
    """Say in a few words why an entry could not be looked at."""
    if isinstance(error, FileNotFoundError):
        return "leads to nothing"
    return f"could not be looked at: {error.strerror}"


def within(path: str, folder: str) -> bool:
    """Tell whether a path is this folder or in it."""
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")
