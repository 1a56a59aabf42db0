"""Hear from the operating system what changes in a folder, and when it is quiet again."""

import asyncio
import os
from collections.abc import AsyncGenerator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from time import monotonic
from typing import Final, NamedTuple

import watchfiles
from watchfiles import Change

from comics.excludes import Excluded, compile_globs
from comics.names.portable import EXTENSIONS
from comics.paths import from_text, to_text
from scanner.changes import Pending
from scanner.mounts import file_system
from scanner.walk import SKIPPED

TICK: int = 1_000  # milliseconds between two looks at what is quiet by now
STEP: Final = 200  # milliseconds for which the system's events are gathered

SHARES: Final = frozenset(
    {"9p", "afs", "ceph", "cifs", "fuse.rclone", "fuse.sshfs", "nfs", "nfs4", "smb3", "smbfs"}
)


class Unwatchable(Exception):
    """The folder cannot be watched, or no longer; the sentence says why."""


class Changed(NamedTuple):
    """A file or folder below the root that has changed."""

    path: str  # "" for the root
    is_there: bool


async def changes(root: str, excludes: Iterable[str]) -> AsyncGenerator[list[Changed], None]:
    """Yield about every second what has changed and is quiet; raise `Unwatchable` when it cannot.

    What waits for the system does so in a thread of its own. The root and the paths are text as
    `comics.paths` writes it.
    """
    stopped = Event()
    found = listen(root, compile_globs(excludes), stopped)
    with stopping(stopped) as thread:
        while True:
            yield await asyncio.get_running_loop().run_in_executor(thread, next, found)


@contextmanager
def stopping(stopped: Event) -> Iterator[ThreadPoolExecutor]:
    """Lend a thread, which is told to end, but not waited for."""
    thread = ThreadPoolExecutor(1, "watch")
    try:
        yield thread
    finally:
        stopped.set()
        thread.shutdown(wait=False)


def listen(root: str, excluded: Excluded, stopped: Event) -> Iterator[list[Changed]]:
    """Yield what `changes` does, and wait for it."""
    root = os.path.realpath(from_text(root))
    refuse_share(root)
    pending = Pending()
    try:
        before = identity(root)
        for paths in changed(root, excluded, stopped):
            if identity(root) != before:
                raise FileNotFoundError  # as if the system had said so
            pending.touch_all(paths, monotonic())
            yield look(root, pending.take_quiet(monotonic()))
    except (OSError, RuntimeError) as error:  # watchfiles' own is a RuntimeError
        raise Unwatchable(explain(error)) from error


def changed(root: str, excluded: Excluded, stopped: Event) -> Iterator[list[str]]:
    """Yield at least every second the paths below the root that have just changed."""
    while not stopped.is_set():
        try:
            for found in watchfiles.watch(
                root,
                watch_filter=Relevant(root, excluded),
                step=STEP,
                rust_timeout=TICK,
                yield_on_timeout=True,
                stop_event=stopped,
                force_polling=False,
                ignore_permission_denied=False,  # for it ignores every error, the limit too
            ):
                yield [below(root, path) for _, path in found]
        except RuntimeError as error:
            if "Unable to decode" not in str(error):
                raise
            yield [""]  # a name that is no text has ended the watch: it may be anywhere


def look(root: str, paths: list[str]) -> list[Changed]:
    """Look which of these paths are there; those that are not come first, as they may have moved.

    A comic's row goes to its new path only if it is known by then to have left the old.
    """
    found = [Changed(path, os.path.lexists(f"{root}/{from_text(path)}")) for path in paths]
    return sorted(found, key=lambda one: one.is_there)


def refuse_share(root: str) -> None:
    """Raise `Unwatchable` for a network share, which does not tell what others change on it."""
    kind = file_system(root)
    if kind in SHARES:
        raise Unwatchable(f"it is on a network share ({kind}), which does not tell of changes")


def identity(root: str) -> tuple[int, int]:
    """Return what is another once the folder is replaced, or its disk unmounted."""
    found = os.stat(root)  # noqa: PTH116  not always valid text
    return found.st_dev, found.st_ino


def explain(error: Exception) -> str:
    """Say why the system does not watch."""
    said, _, about = str(error).partition(" about ")
    if isinstance(error, FileNotFoundError):
        return "its folder is not there"
    if isinstance(error, PermissionError):
        return f"a folder in it is closed to Longbox: {about}"
    if "watch limit" in said or "Too many open files" in said:
        return (
            "it has more folders than the system watches; raise fs.inotify.max_user_watches and "
            "fs.inotify.max_user_instances"
        )
    return f"the system does not watch it: {said}"


class Relevant:
    """Tells what a scan would look at: comics, and folders, as far as can be told of what went."""

    def __init__(self, root: str, excluded: Excluded) -> None:
        self.root = root
        self.excluded = excluded

    def __call__(self, change: Change, path: str) -> bool:
        """Tell whether this change is one."""
        short = below(self.root, path)
        if any(name.startswith(".") or name in SKIPPED for name in short.split("/") if name):
            return False
        if short.lower().endswith(EXTENSIONS):
            return not self.excluded(short, False)  # noqa: FBT003  a file
        is_gone = change is Change.deleted
        is_new = change is Change.added and os.path.isdir(path)  # noqa: PTH112  as the system has it
        return (is_gone or is_new) and not self.excluded(short, True)  # noqa: FBT003  a folder


def below(root: str, path: str) -> str:
    """Return a path as it is below the root."""
    return to_text(path[len(root) :].strip("/"))
