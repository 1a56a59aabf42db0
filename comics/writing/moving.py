"""Move files, and never over another: not even over one that appears at the same moment."""

import ctypes
import errno
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from comics.writing import snapshots
from comics.writing.attributes import copy_attributes, copy_times
from comics.writing.copying import copy_range, sync_folder
from comics.writing.drafts import draft_file
from comics.writing.refusals import Refused, explained

_HERE = -100  # AT_FDCWD of Linux: paths are relative to the working folder
_NO_REPLACE = 1  # RENAME_NOREPLACE
_UNKNOWN = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}


def move(path: Path, target: Path) -> None:
    """Give a file another path, on any disk; a symbolic link is moved itself.

    Killed anywhere, the file is whole at one of the two or at both. Raises a `Refused` if there is
    something at the target, or if the disks fail.
    """
    with explained():
        try:
            place(path, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _move_across(path, target)
        sync_folder(target.parent)
        with suppress(FileNotFoundError):  # who found it empty has removed it by now
            sync_folder(path.parent)


def tidy(folder: Path, top: Path) -> None:
    """Remove a folder that was emptied, and those above it that this empties, but not `top`."""
    for emptied in (folder, *folder.parents):
        if emptied == top or not emptied.is_relative_to(top):
            return
        try:
            emptied.rmdir()
        except OSError:  # something is in it, or it is a link or a mount: all of that stays
            return


def place(path: Path, target: Path) -> None:
    """Rename on one disk without replacing anything, by the best means that it has.

    Raises a FileExistsError if there is something at the target, but for the same file by another
    letter case.
    """
    try:
        _rename(path, target)
    except FileExistsError:
        if not _differs_in_case_alone(path, target):
            raise
        path.rename(target)
    except OSError as error:
        if error.errno not in _UNKNOWN:
            raise
        _link(path, target)


def _rename(path: Path, target: Path) -> None:
    if renameat2 := _find_renameat2():
        before, after = os.fsencode(path), os.fsencode(target)
        if renameat2(_HERE, before, _HERE, after, _NO_REPLACE) == 0:
            return
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), os.fspath(path), None, os.fspath(target))
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


@cache
def _find_renameat2() -> Any:  # noqa: ANN401 (ctypes types no foreign function)
    """Return the system's call, which Python does not have, or None where it has none either."""
    with suppress(AttributeError, OSError):
        call = ctypes.CDLL(None, use_errno=True).renameat2
        call.argtypes = ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint
        return call
    return None


def _link(path: Path, target: Path) -> None:
    """Give a file its second name, which never replaces anything, and then take the first."""
    try:
        os.link(path, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _reserve(path, target)
    else:
        path.unlink()


def _reserve(path: Path, target: Path) -> None:
    """Take the name with an empty file, and then replace that; killed between, it stays."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    try:
        path.replace(target)
    except OSError:
        target.unlink()
        raise


def _differs_in_case_alone(path: Path, target: Path) -> bool:
    """Tell a disk that takes both names for one from one that has another link there."""
    if path.name.lower() != target.name.lower() or not path.samefile(target):
        return False
    return target.name not in os.listdir(target.parent)  # noqa: PTH208 (names, not paths)


def _move_across(path: Path, target: Path) -> None:
    """Copy to another disk, and take the original away when the copy is safe."""
    if path.is_symlink():
        raise Refused("The file is a symbolic link, which would lead nowhere on another disk.")
    if os.path.lexists(target):
        raise FileExistsError
    source = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        before = snapshots.take(source)
        with draft_file(target.parent) as (draft, file):
            copy_range(source, file, 0, before.size)
            copy_attributes(source, file)
            copy_times(os.fstat(source), file, keep_mtime=True)
            os.fsync(file)
            snapshots.expect(path, before)
            place(draft, target)
            sync_folder(target.parent)
        path.unlink()
    finally:
        os.close(source)
