"""Read a zip archive: its directory, and the few documents in it that tell what it is about.

The format is PKWARE's APPNOTE.TXT. Nothing that a header promises is believed before it is bounded.
"""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from comics.archives import documents
from comics.archives.contents import (
    CUT_SHORT,
    DAMAGED,
    LARGEST_DOCUMENT,
    LOCKED,
    MISSING_END,
    MOST_MEMBERS,
    TOO_MANY,
    Contents,
    Fault,
    Found,
    Member,
    Source,
    describe,
    is_of_the_system,
    is_page,
)
from comics.archives.documents import Unreadable
from comics.archives.unpacked import Store

LARGEST_DIRECTORY = 64 * 2**20
"""The most bytes that a zip's directory may take."""

_END_BYTES = 22
_SHORT_TAIL = 98  # both end records and what stands between them, without a comment
_LEAST_RECORD = 46  # bytes of the directory that a member takes
_LONGEST_TAIL = _END_BYTES + 0xFFFF  # the end record, then a comment
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_MEMBER = b"PK\x01\x02"
_IN_END_64 = 0xFFFFFFFF
_ENCRYPTED = 0x1

# By their numbers in APPNOTE.TXT 4.4.5. Python unpacks some, and no other program all.
_METHODS = {
    1: "Shrink",
    2: "Reduce",
    3: "Reduce",
    4: "Reduce",
    5: "Reduce",
    6: "Implode",
    9: "Deflate64",
    20: "Zstandard",
    93: "Zstandard",
    94: "MP3",
    95: "XZ",
    96: "JPEG",
    97: "WavPack",
    98: "PPMd",
}

_CHUNK = 2**20  # bytes

_DAMAGE = (
    zipfile.BadZipFile,
    struct.error,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    ValueError,
    OSError,
)


def read_zip(file: BinaryIO, size: int) -> Contents:
    """Read an open zip of `size` bytes, or raise a `Fault` if it lists nothing that can be used."""
    with open_zip(file, size) as archive:
        infos = archive.infolist()
        members = [_member(info) for info in infos]
        found = documents.collect(
            [member.name for member in members], lambda place: _extract(archive, infos[place])
        )
        return describe(
            "cbz",
            members,
            Found(found.documents | _read_comment(archive), found.fault),
            notes=_note_methods(infos),
            is_locked=any(info.flag_bits & _ENCRYPTED and is_page(info.filename) for info in infos),
        )


def unpack_zip(file: BinaryIO, size: int, store: Store, only: Member | None = None) -> None:
    """Unpack all files, or those that are this one, or raise a `Fault`."""
    with open_zip(file, size) as archive:
        infos = [info for info in archive.infolist() if only in {None, _member(info)}]
        members = [info for info in infos if not info.filename.endswith("/")]
        if any(member.flag_bits & _ENCRYPTED for member in members):
            raise Fault(LOCKED)
        store.expect(member.file_size for member in members)
        for place, member in enumerate(members):
            store.keep(place, _member(member), _inflate(archive, member), _read_time(member))


def _member(info: zipfile.ZipInfo) -> Member:
    return Member(info.filename, info.file_size, info.CRC)


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a member holds, or raise a `Fault` if it cannot be unpacked."""
    try:
        with archive.open(member) as opened:
            while chunk := opened.read(_CHUNK):
                yield chunk
    except NotImplementedError as error:
        method = _name_method(member.compress_type)
        raise Fault(
            f"{member.filename} is packed by {method}, which cannot be read here: "
            "unpack the archive with 7-Zip and pack it anew."
        ) from error
    except _DAMAGE as error:
        if is_of_the_system(error):
            raise
        raise Fault(f"{member.filename} is damaged inside the archive.") from error


def _read_time(member: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*member.date_time)  # noqa: DTZ001 (a zip does not say which zone)
    except ValueError:
        return None


def open_zip(file: BinaryIO, size: int) -> zipfile.ZipFile:
    """Return an archive whose directory is sound, and bounded in bytes and members."""
    _check_directory(file, size)
    try:
        archive = zipfile.ZipFile(file)
    except (*_DAMAGE, NotImplementedError) as error:
        if is_of_the_system(error):
            raise
        raise Fault(DAMAGED) from error
    for member in archive.infolist():
        if not 0 <= member.header_offset < size - member.compress_size:
            raise Fault(CUT_SHORT)
    return archive


def is_zip(file: BinaryIO, size: int) -> bool:
    """Tell a zip by its end, whatever stands before it, as in one that unpacks itself."""
    tail = _read_tail(file, size)
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + _END_BYTES:
        return False
    return struct.unpack_from("<H", tail, end + 20) == (len(tail) - end - _END_BYTES,)


def _name_method(number: int) -> str:
    """Name a method of packing, as its users know it."""
    return _METHODS.get(number, f"an unknown method ({number})")


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.flag_bits & _ENCRYPTED:
        raise Unreadable(documents.LOCKED)
    try:
        with archive.open(member) as opened:
            content = opened.read(LARGEST_DOCUMENT + 1)
    except NotImplementedError as error:
        method = _name_method(member.compress_type)
        raise Unreadable(
            f"is packed by {method}, which cannot be read here: pack the archive anew"
        ) from error
    except _DAMAGE as error:
        if is_of_the_system(error):
            raise
        raise Unreadable(documents.DAMAGED) from error
    if len(content) > LARGEST_DOCUMENT:
        raise Unreadable(documents.TOO_LARGE)
    return content


def _read_comment(archive: zipfile.ZipFile) -> dict[Source, bytes]:
    """Return the archive's comment where it may be a ComicBookInfo, which is a JSON object."""
    is_object = archive.comment.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    return {"ComicBookInfo": archive.comment} if is_object else {}


def _note_methods(infos: Sequence[zipfile.ZipInfo]) -> tuple[str, ...]:
    odd = {info.compress_type for info in infos} & _METHODS.keys()
    names = sorted({_METHODS[method] for method in odd})
    return tuple(f"Files are packed by {name}, which few readers can open." for name in names)


def _check_directory(file: BinaryIO, size: int) -> None:
    """Refuse a directory that would take too long, by its bytes and not by its own count."""
    start, length = _find_directory(file, size)
    if length > LARGEST_DIRECTORY:
        raise Fault(f"The archive's directory is larger than {LARGEST_DIRECTORY // 2**20} MiB.")
    if start < 0:
        raise Fault(CUT_SHORT)
    if length > MOST_MEMBERS * _LEAST_RECORD:
        file.seek(start)
        if file.read(length).count(_MEMBER) > MOST_MEMBERS:
            raise Fault(TOO_MANY)


def _find_directory(file: BinaryIO, size: int) -> tuple[int, int]:
    """Return where the directory starts and how many bytes it takes, as its end record has it."""
    tail = _read_tail(file, size)
    end = tail.rfind(_END, 0, max(0, len(tail) - _END_BYTES + len(_END)))
    if end < 0:
        raise Fault(MISSING_END)
    (length,) = struct.unpack_from("<L", tail, end + 12)
    end_64 = tail.rfind(_END_64, 0, end)
    if length == _IN_END_64 and end_64 >= 0:
        end = end_64
        (length,) = struct.unpack_from("<Q", tail, end + 40)
    return size - len(tail) + end - length, length


def _read_tail(file: BinaryIO, size: int) -> bytes:
    """Return the end of the file from before the end records: a few bytes where nothing follows."""
    file.seek(max(0, size - _SHORT_TAIL))
    tail = file.read(_SHORT_TAIL)
    if tail.startswith(_END, len(tail) - _END_BYTES) and tail.endswith(b"\0\0"):
        return tail
    file.seek(max(0, size - _LONGEST_TAIL))
    return file.read(_LONGEST_TAIL)
