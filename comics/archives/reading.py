"""Read what a comic's file holds, whatever its name says: the format is told by the first bytes."""

import errno
import os
import stat
from typing import BinaryIO

from msgspec.structs import replace

from comics.archives.contents import Contents, Fault
from comics.archives.formats import Format, identify, note_name
from comics.archives.zips import read_zip

_OF_THE_MOMENT = {
    errno.ENOENT: "The file has gone.",
    errno.EACCES: "Longbox may not read this file: check its permissions.",
    errno.EISDIR: "This is a folder, not a file.",
    errno.EPERM: "Longbox may not read this file: check its permissions.",
    errno.ELOOP: "The file is a symbolic link that leads back to itself.",
}


def read(path: str | bytes | os.PathLike[str]) -> Contents:
    """Read a comic's directory and its documents, and tell what is wrong in `fault`.

    Raises nothing but MemoryError. Follows symbolic links, opens for reading only, and never waits
    for a pipe.
    """
    try:
        with open_file(path) as file:
            return _read_file(file)
    except OSError as error:
        return Contents(fault=explain(error), again=True)


def open_file(path: str | bytes | os.PathLike[str]) -> BinaryIO:
    """Open a file for reading, without waiting if it is a pipe."""
    return open(path, "rb", opener=_open_without_waiting)


def _open_without_waiting(path: str | bytes, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _read_file(file: BinaryIO) -> Contents:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        return Contents(fault="This is not a regular file.")
    try:
        found = identify(file, status.st_size)
    except Fault as fault:
        return Contents(fault=str(fault))
    notes = note_name(found.form, os.fsdecode(file.name))
    try:
        contents = _read_archive(file, status.st_size, found)
    except Fault as fault:
        return Contents(format=found.form, fault=str(fault), notes=notes)
    return replace(contents, notes=notes + contents.notes) if notes else contents


def _read_archive(file: BinaryIO, size: int, found: Format) -> Contents:
    """Read an archive; what reads the rarer formats is imported when the first is met."""
    if found.form == "cbz":
        return read_zip(file, size)
    if found.form == "cbr":
        from comics.archives.rars import read_rar  # noqa: PLC0415 (see above)

        return read_rar(file, size, found.start)
    if found.form == "cb7":
        from comics.archives.sevenzips import read_7z  # noqa: PLC0415 (see above)

        return read_7z(file, size)
    from comics.archives.tars import read_tar  # noqa: PLC0415 (see above)

    return read_tar(file, size)


def explain(error: OSError) -> str:
    """Say in a sentence why the disk does not give a file now."""
    reason = f"The disk could not read this file just now ({error.strerror})."
    return _OF_THE_MOMENT.get(error.errno or 0, reason)
