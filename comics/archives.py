"""Read what a comic's file holds, whatever its name says: the format is told by the first bytes."""

import errno
import os
import stat
from typing import BinaryIO

from comics.contents import Contents, Fault
from comics.zips import read_zip

_HEAD = 512  # bytes: as far as a tar's magic number

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_UNREAD = (
    # format, name, magic number and where it stands
    ("cbr", "RAR", b"Rar!\x1a\x07", 0),
    ("cb7", "7z", b"7z\xbc\xaf\x27\x1c", 0),
    ("cbt", "TAR", b"ustar", 257),
    ("cbt", "TAR (gzip)", b"\x1f\x8b\x08", 0),
    ("cbt", "TAR (bzip2)", b"BZh", 0),
    ("cbt", "TAR (xz)", b"\xfd7zXZ\x00", 0),
    ("cbt", "TAR (zstd)", b"\x28\xb5\x2f\xfd", 0),
)
_FOREIGN = (
    ("a PDF document", b"%PDF", 0),
    ("an EPUB book", b"mimetypeapplication/epub+zip", 30),
    ("a MOBI book", b"BOOKMOBI", 60),
    ("a JPEG image", b"\xff\xd8\xff", 0),
    ("a PNG image", b"\x89PNG", 0),
    ("a GIF image", b"GIF8", 0),
    ("a WebP image", b"WEBP", 8),
)
_PAGE_OF_THE_WEB = (b"<!doctype html", b"<html", b"<head", b"<?xml")

_OF_THE_MOMENT = {
    errno.ENOENT: "The file has gone.",
    errno.EACCES: "Longbox may not read this file: check its permissions.",
    errno.EISDIR: "This is a folder, not a file.",
    errno.EPERM: "Longbox may not read this file: check its permissions.",
    errno.ELOOP: "The file is a symbolic link that leads back to itself.",
}


def read(path: str | bytes | os.PathLike[str]) -> Contents:
    """Read a comic's directory and its ComicInfo.xml, and tell what is wrong in `fault`.

    Raises nothing but MemoryError. Follows symbolic links, opens for reading only, and never waits
    for a pipe.
    """
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            return _read_file(file)
    except OSError as error:
        return _explain(error)


def _open_without_waiting(path: str | bytes, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _read_file(file: BinaryIO) -> Contents:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        return Contents(fault="This is not a regular file.")
    head = file.read(_HEAD)
    if head.startswith(_ZIP) and not _name_foreign(head):
        return _read_zip(file, status.st_size)
    return _judge(head)


def _read_zip(file: BinaryIO, size: int) -> Contents:
    try:
        return read_zip(file, size)
    except Fault as fault:
        return Contents(format="cbz", fault=str(fault))


def _judge(head: bytes) -> Contents:
    """Tell by its first bytes what a file is that cannot be read."""
    for form, name, magic, place in _UNREAD:
        if head.startswith(magic, place):
            return Contents(format=form, fault=f"{name} archives are listed but not yet read.")
    if not head:
        return Contents(fault="The file is empty: copy or download it again.")
    if not head.strip(b"\x00"):
        return Contents(
            fault="The file holds only zeros, as an unfinished download does: download it again."
        )
    if foreign := _name_foreign(head):
        return Contents(fault=f"This is {foreign}, not a comic archive.")
    return Contents(fault="This is not an archive of any kind that comics come in.")


def _name_foreign(head: bytes) -> str | None:
    """Name what is often found under a comic's extension without being one."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE_OF_THE_WEB):
        return "a web page, perhaps the error message of a failed download"
    return next((name for name, magic, place in _FOREIGN if head.startswith(magic, place)), None)


def _explain(error: OSError) -> Contents:
    reason = f"The disk could not read this file just now ({error.strerror})."
    return Contents(fault=_OF_THE_MOMENT.get(error.errno or 0, reason), again=True)
