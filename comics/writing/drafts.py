"""Files and folders that become comics, or nothing: whatever happens, no stray one stays for long.

A draft lies beside the comic, so that it can take its place in one step. It is locked while it is
in use, removed when its block ends, and swept up by whoever comes next if its writer was killed.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from comics.writing.locks import is_at, lock, lock_if_possible

_PREFIX = ".longbox-"
_SUFFIX = ".tmp"
_ANY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def draft_file(folder: Path) -> Iterator[tuple[Path, int]]:
    """Lend a new file in a folder, as its path and its descriptor; it ends with the block.

    Renamed meanwhile, it stays.
    """
    path, file = _create(folder, _create_file)
    try:
        yield path, file
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(file)


@contextmanager
def draft_folder(folder: Path) -> Iterator[Path]:
    """Lend a new folder in a folder; it ends with the block, and all within."""
    path, file = _create(folder, _create_folder)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(file)


def is_draft(name: str) -> bool:
    """Tell by its name a file or folder that is no comic, or not yet."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def sweep(folder: Path) -> int:
    """Remove the drafts in a folder, not below it, whose writers are dead; return how many."""
    with os.scandir(folder) as entries:
        paths = [Path(entry.path) for entry in entries if is_draft(entry.name)]
    return sum(map(remove_if_abandoned, paths))


def _create(folder: Path, make: Callable[[Path], int]) -> tuple[Path, int]:
    """Make a draft and lock it, again if a sweep found it in the moment between."""
    while True:
        path = folder / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
        file = make(path)
        if lock_if_possible(file) and is_at(file, path):
            return path, file
        os.close(file)


def _create_file(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _ANY, 0o600)


def _create_folder(path: Path) -> int:
    path.mkdir(0o700)
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | _ANY)


def remove_if_abandoned(path: Path) -> bool:
    """Remove a draft whose writer is dead; tell whether it is gone."""
    try:
        file = _open(path)
    except OSError:
        return False
    try:
        # Its writer may have put it in a comic's place since: then the name leads elsewhere.
        if not (lock(file) and is_at(file, path)):
            return False
        _remove(path)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(file)


def _open(path: Path) -> int:
    with suppress(IsADirectoryError):
        return os.open(path, os.O_RDWR | _ANY)  # a lock over NFS wants a file that may be written
    return os.open(path, os.O_RDONLY | _ANY)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
