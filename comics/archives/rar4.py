"""List a RAR archive of the generations 1.5 to 4, as the "technote" of RAR 3 describes them.

Each header has a CRC-16, its kind, flags, its size and perhaps the size of what follows it.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO
from zlib import crc32

import msgspec

from comics.archives.contents import DAMAGED, MISSING_END, TOO_MANY, Fault
from comics.archives.rar_headers import MOST_HEADERS, Entry, Headers, seek

MAGIC = b"Rar!\x1a\x07\x00"

_START = struct.Struct("<HBHH")
_MAIN, _FILE, _END = 0x73, 0x74, 0x7B
_KINDS = range(0x72, 0x7C)
_FOLLOWED = 0x8000

_MAIN_LOCKED = 0x80

_MEMBER = struct.Struct("<LLBLLBBHL")
_SPLIT = 0x1 | 0x2  # before and after
_LOCKED, _COMMENT, _LARGE, _UNICODE, _VERSION = 0x4, 0x8, 0x100, 0x200, 0x800
_FOLDER = 0xE0
_STORED = 0x30
_UNIX = 3
_KIND_OF_MODE, _LINK = 0xF000, 0xA000
_FOLDER_OF_DOS = 0x10

_END_MORE, _END_CHECKSUM, _END_NUMBER = 0x1, 0x2, 0x8

_RUN = 3


class _Header(msgspec.Struct, frozen=True):
    kind: int
    flags: int
    body: bytes
    end: int  # where what follows it stands
    follow: int  # bytes


def read_headers(file: BinaryIO, start: int) -> Headers:
    """Read all headers after the magic number at `start`, or raise a `Fault` if one is damaged."""
    found = Headers()
    try:
        for header in _read(file, start + len(MAGIC)):
            _note(header, found)
            if found.is_locked:
                break
    except struct.error as error:
        raise Fault(DAMAGED) from error
    return found


def _read(file: BinaryIO, place: int) -> Iterator[_Header]:
    """Yield headers up to the one that ends the archive; old archives just end."""
    first = place
    for _ in range(MOST_HEADERS):
        seek(file, place)
        start = file.read(_START.size)
        if not start:
            if place == first:
                raise Fault(MISSING_END)
            return
        checksum, kind, flags, length = _START.unpack(start)
        body = file.read(max(0, length - len(start)))
        if len(start) + len(body) != length or kind not in _KINDS:
            raise Fault(DAMAGED)
        # The checksum leaves out a comment inside the header, as old archives have it.
        is_checked = kind == _FILE and not flags & _COMMENT
        if is_checked and crc32(start[2:] + body) & 0xFFFF != checksum:
            raise Fault(DAMAGED)
        follow = _measure(kind, flags, body)
        yield _Header(kind, flags, body, place + length, follow)
        if kind == _END:
            return
        place += length + follow
    raise Fault(TOO_MANY)


def _measure(kind: int, flags: int, body: bytes) -> int:
    """Return how many bytes follow a header."""
    if not flags & _FOLLOWED:
        return 0
    (follow,) = struct.unpack_from("<L", body)
    if kind == _FILE and flags & _LARGE:
        follow |= struct.unpack_from("<L", body, _MEMBER.size)[0] << 32
    return int(follow)


def _note(header: _Header, found: Headers) -> None:
    if header.kind == _MAIN:
        found.is_locked = bool(header.flags & _MAIN_LOCKED)
    elif header.kind == _FILE:
        found.is_part |= bool(header.flags & _SPLIT)
        if not header.flags & _VERSION:
            found.add(_read_entry(header))
    elif header.kind == _END:
        found.part = _read_number(header)
        found.is_part |= bool(header.flags & _END_MORE) or (found.part or 1) > 1


def _read_number(header: _Header) -> int | None:
    if not header.flags & _END_NUMBER:
        return None
    (number,) = struct.unpack_from("<H", header.body, 4 if header.flags & _END_CHECKSUM else 0)
    return int(number) + 1


def _read_entry(header: _Header) -> Entry:
    _, size, system, crc, time, _, method, length, mode = _MEMBER.unpack_from(header.body)
    start = _MEMBER.size
    if header.flags & _LARGE:
        size |= struct.unpack_from("<L", header.body, start + 4)[0] << 32
        start += 8
    return Entry(
        name=_read_name(header.body[start : start + length], header.flags),
        size=size,
        crc=crc,
        offset=header.end,
        packed=header.follow,
        modified=_read_time(time),
        is_stored=method == _STORED,
        is_locked=bool(header.flags & _LOCKED),
        is_folder=header.flags & _FOLDER == _FOLDER
        or bool(system < _UNIX and mode & _FOLDER_OF_DOS),
        is_link=system == _UNIX and mode & _KIND_OF_MODE == _LINK,
    )


def _read_time(dos: int) -> datetime | None:
    """Return a local time of DOS, which has no time zone and counts in steps of two seconds."""
    date, time = dos >> 16, dos & 0xFFFF
    with suppress(ValueError):
        return datetime(  # noqa: DTZ001 (the archive does not say which zone)
            1980 + (date >> 9),
            date >> 5 & 15,
            date & 31,
            time >> 11,
            time >> 5 & 63,
            (time & 31) * 2,
        )
    return None


def _read_name(name: bytes, flags: int) -> str:
    """Return a name as UTF-8, as what differs from a plain one, or as Windows' Western letters."""
    plain, nul, coded = name.partition(b"\0")
    if flags & _UNICODE and nul:
        text = _decode(plain, coded)
    else:
        try:
            text = plain.decode()
        except UnicodeDecodeError:
            text = plain.decode("cp1252", errors="replace")
    return text.replace("\\", "/")


def _decode(plain: bytes, coded: bytes) -> str:
    """Spell out a name that is given as its differences from the plain one.

    Two bits a letter tell whether it has a low byte alone, the name's high byte with it, one of its
    own, or is the first of a run of the plain name's letters.
    """
    codes = iter(coded)
    high = next(codes, 0) << 8
    letters: list[int] = []
    for way in _read_ways(codes):
        code = next(codes, None)
        if code is None:
            break
        if way == _RUN:
            shift = next(codes, 0) if code & 0x80 else None
            run = plain[len(letters) : len(letters) + (code & 0x7F) + 2]
            letters += run if shift is None else [(byte + shift) & 0xFF | high for byte in run]
        else:
            letters.append(code | (0, high, next(codes, 0) << 8 if way > 1 else 0)[way])
    packed = struct.pack(f"<{len(letters)}H", *letters)
    return packed.decode("utf-16-le", errors="replace")


def _read_ways(codes: Iterator[int]) -> Iterator[int]:
    for byte in codes:
        for shift in (6, 4, 2, 0):
            yield byte >> shift & 3
