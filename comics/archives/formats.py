"""Tell what a file is by its content, whatever its name says."""

from typing import BinaryIO, Literal

import msgspec

from comics.archives.contents import Fault
from comics.archives.zips import is_zip

Form = Literal["cbz", "cbr", "cb7", "cbt"]

NAMES: dict[Form, str] = {"cbz": "ZIP", "cbr": "RAR", "cb7": "7z", "cbt": "TAR"}

_HEAD = 512  # bytes: as far as a tar's magic number
_LONGEST_PROGRAM = 2**20  # bytes that may stand before a RAR that unpacks itself

_RAR = b"Rar!\x1a\x07"
_KNOWN: tuple[tuple[Form, bytes, int], ...] = (
    # format, magic number and where it stands
    ("cbz", b"PK\x03\x04", 0),
    ("cbz", b"PK\x05\x06", 0),
    ("cbz", b"PK\x07\x08", 0),
    ("cbr", _RAR, 0),
    ("cb7", b"7z\xbc\xaf\x27\x1c", 0),
    ("cbt", b"ustar", 257),
    ("cbt", b"\x1f\x8b\x08", 0),
    ("cbt", b"BZh", 0),
    ("cbt", b"\xfd7zXZ\x00", 0),
    ("cbt", b"\x28\xb5\x2f\xfd", 0),
)
_FOREIGN = (
    ("a PDF document", b"%PDF", 0),
    ("an EPUB book", b"mimetypeapplication/epub+zip", 30),
    ("a MOBI book", b"BOOKMOBI", 60),
    ("an archive of RAR 1.4 or older", b"RE~^", 0),
    ("a JPEG image", b"\xff\xd8\xff", 0),
    ("a PNG image", b"\x89PNG", 0),
    ("a GIF image", b"GIF8", 0),
    ("a WebP image", b"WEBP", 8),
)
_PAGE_OF_THE_WEB = (b"<!doctype html", b"<html", b"<head", b"<?xml")

_EXTENSIONS: dict[str, Form] = {
    **dict.fromkeys(("cbz", "zip"), "cbz"),
    **dict.fromkeys(("cbr", "rar"), "cbr"),
    **dict.fromkeys(("cb7", "7z"), "cb7"),
    **dict.fromkeys(("cbt", "tar", "tgz", "tbz2", "txz", "tzst"), "cbt"),
}


class Format(msgspec.Struct, frozen=True):
    """Which kind of archive a file is, and where in it the archive starts."""

    form: Form
    start: int = 0


def identify(file: BinaryIO, size: int) -> Format:
    """Tell what an open file of `size` bytes is, or raise a `Fault` if it is no archive."""
    head = file.read(_HEAD)
    if foreign := _name_foreign(head):
        raise Fault(f"This is {foreign}, not a comic archive.")
    for form, magic, place in _KNOWN:
        if head.startswith(magic, place):
            return Format(form)
    if not head:
        raise Fault("The file is empty: copy or download it again.")
    if not head.strip(b"\x00"):
        raise Fault("The file holds only zeros, as an unfinished download does: download it again.")
    return _look_behind(file, size)


def note_name(form: Form, name: str) -> tuple[str, ...]:
    """Say so where a name's extension is that of another format."""
    extension = name.rpartition(".")[2].lower()
    expected = _EXTENSIONS.get(extension)
    if expected in {None, form}:
        return ()
    return (f"This is a {NAMES[form]} archive whose name says {extension}.",)


def _look_behind(file: BinaryIO, size: int) -> Format:
    """Find an archive that stands behind a program which unpacks it, or behind anything else."""
    if is_zip(file, size):
        return Format("cbz")
    file.seek(0)
    start = file.read(_LONGEST_PROGRAM).find(_RAR)
    if start < 0:
        raise Fault("This is not an archive of any kind that comics come in.")
    return Format("cbr", start)


def _name_foreign(head: bytes) -> str | None:
    """Name what is often found under a comic's extension without being one."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE_OF_THE_WEB):
        return "a web page, perhaps the error message of a failed download"
    return next((name for name, magic, place in _FOREIGN if head.startswith(magic, place)), None)
