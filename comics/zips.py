"""Read what Longbox needs of a zip archive: its directory and its ComicInfo.xml, never a page.

The format is PKWARE's APPNOTE.TXT. Nothing that a header promises is believed before it is bounded.
"""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import BinaryIO

from comics.contents import (
    LARGEST_COMIC_INFO,
    MOST_MEMBERS,
    Contents,
    Fault,
    fingerprint,
    is_comic_info,
    is_page,
    split,
)

LARGEST_DIRECTORY = 64 * 2**20
"""The most bytes that a zip's directory may take."""

_END_BYTES = 22
_LONGEST_TAIL = _END_BYTES + 0xFFFF  # the end record, then a comment
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_MEMBER = b"PK\x01\x02"
_IN_END_64 = 0xFFFFFFFF
_ENCRYPTED = 0x1

_MISSING_END = "The end of the archive is missing: copy or download it again."
_CUT_SHORT = "The archive is shorter than its directory says: copy or download it again."
_DAMAGE = (zipfile.BadZipFile, struct.error)
_DAMAGED_DIRECTORY = "The archive's directory is damaged: copy or download it again."


def read_zip(file: BinaryIO, size: int) -> Contents:
    """Read an open zip of `size` bytes, or raise a `Fault` if it lists nothing that can be used."""
    _check_directory(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            return _read_members(archive, size)
    except (*_DAMAGE, UnicodeDecodeError, NotImplementedError) as error:
        raise Fault(_DAMAGED_DIRECTORY) from error


def _read_members(archive: zipfile.ZipFile, size: int) -> Contents:
    members = archive.infolist()
    if not all(0 <= member.header_offset < size - member.compress_size for member in members):
        raise Fault(_CUT_SHORT)
    pages = [member for member in members if is_page(member.filename)]
    is_locked = any(page.flag_bits & _ENCRYPTED for page in pages)
    comic_info, fault = _read_comic_info(archive, members)
    return Contents(
        format="cbz",
        pages=len(pages),
        fault=_judge_pages(members, pages, is_locked=is_locked) or fault,
        # Encryption may blank the checksums, and then unlike comics would look the same.
        fingerprint=None
        if is_locked
        else fingerprint((page.CRC, page.file_size) for page in pages),
        comic_info=comic_info,
    )


def _judge_pages(
    members: Sequence[zipfile.ZipInfo], pages: Sequence[zipfile.ZipInfo], *, is_locked: bool
) -> str | None:
    if is_locked:
        return (
            "The pages are encrypted: unpack the archive with its password and pack it without one."
        )
    if not members:
        return "The archive is empty."
    return None if pages else "The archive holds no pages: none of its files is an image."


def _read_comic_info(
    archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]
) -> tuple[bytes | None, str | None]:
    """Return the bytes of ComicInfo.xml, if there is one, or else why they could not be had."""
    found = _find_comic_info(members)
    if found is None:
        return None, None
    if found.flag_bits & _ENCRYPTED:
        return None, "ComicInfo.xml is encrypted."
    try:
        with archive.open(found) as member:
            xml = member.read(LARGEST_COMIC_INFO + 1)
    except NotImplementedError:
        return None, f"ComicInfo.xml is packed by an unknown method ({found.compress_type})."
    except (*_DAMAGE, EOFError, ValueError, zlib.error, lzma.LZMAError, OSError) as error:
        # The bzip2 decoder raises OSErrors that are none of the system's.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return None, "ComicInfo.xml is damaged inside the archive."
    if len(xml) > LARGEST_COMIC_INFO:
        return None, f"ComicInfo.xml is larger than {LARGEST_COMIC_INFO // 2**20} MiB."
    return xml, None


def _find_comic_info(members: Sequence[zipfile.ZipInfo]) -> zipfile.ZipInfo | None:
    """Choose the one nearest the root; of equals the last, as zips are updated by appending."""
    named = [member for member in members if member.filename.lower().endswith("comicinfo.xml")]
    found = [member for member in named if is_comic_info(member.filename)]
    return min(reversed(found), key=lambda member: len(split(member.filename)), default=None)


def _check_directory(file: BinaryIO, size: int) -> None:
    """Refuse a directory that would take too long, by its bytes and not by its own count."""
    start, length = _find_directory(file, size)
    if length > LARGEST_DIRECTORY:
        raise Fault(f"The archive's directory is larger than {LARGEST_DIRECTORY // 2**20} MiB.")
    if start < 0:
        raise Fault(_CUT_SHORT)
    file.seek(start)
    if file.read(length).count(_MEMBER) > MOST_MEMBERS:
        raise Fault(f"The archive lists more than {MOST_MEMBERS:,} files.")


def _find_directory(file: BinaryIO, size: int) -> tuple[int, int]:
    """Return where the directory starts and how many bytes it takes, as its end record has it."""
    file.seek(max(0, size - _LONGEST_TAIL))
    tail = file.read(_LONGEST_TAIL)
    end = tail.rfind(_END, 0, max(0, len(tail) - _END_BYTES + len(_END)))
    if end < 0:
        raise Fault(_MISSING_END)
    (length,) = struct.unpack_from("<L", tail, end + 12)
    end_64 = tail.rfind(_END_64, 0, end)
    if length == _IN_END_64 and end_64 >= 0:
        end = end_64
        (length,) = struct.unpack_from("<Q", tail, end + 40)
    return size - len(tail) + end - length, length
