"""List a RAR archive of the generations 5 to 7, as RAR 5's "technote" describes them.

Each header has a CRC-32, its size, its kind, flags, and at its end what later versions have added.
Most numbers are of variable length: seven bits a byte, the lowest first.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import BinaryIO
from zlib import crc32

import msgspec

from comics.archives.contents import DAMAGED, MISSING_END, TOO_MANY, Fault
from comics.archives.rar_headers import MOST_HEADERS, Entry, Headers, seek

MAGIC = b"Rar!\x1a\x07\x01\x00"

_LONGEST = 2 * 2**20  # bytes of a header
_START = 4 + 3  # bytes: the checksum, and a size that is no longer than that
_MOST_BITS = 63

_MAIN, _FILE, _LOCK, _END = 1, 2, 4, 5
_EXTRA, _FOLLOWED = 0x1, 0x2
_SPLIT = 0x8 | 0x10  # before and after

_MAIN_VOLUME, _MAIN_NUMBER = 0x1, 0x2
_END_MORE = 0x1

_FOLDER, _TIME, _CRC = 0x1, 0x2, 0x4
_METHOD = 0x380

_LOCKED, _TIMES, _VERSION, _ELSEWHERE = 1, 3, 4, 5  # extra records
_COPIES = (4, 5)  # of another member: a hard link and what RAR saved as identical
_UNIX_TIME, _MODIFIED = 0x1, 0x2
_EPOCH_OF_WINDOWS = datetime(1601, 1, 1, tzinfo=UTC)


class _Fields:
    """Takes one field after another from the bytes of a header."""

    def __init__(self, content: bytes) -> None:
        self.rest = memoryview(content)

    def take(self, length: int) -> bytes:
        if length > len(self.rest):
            raise Fault(DAMAGED)
        taken, self.rest = self.rest[:length], self.rest[length:]
        return bytes(taken)

    def number(self) -> int:
        number = 0
        for shift in range(0, _MOST_BITS, 7):
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004 (the bit that says that more follow)
                return number
        raise Fault(DAMAGED)

    def long(self) -> int:
        return int.from_bytes(self.take(4), "little")


class _Header(msgspec.Struct, frozen=True):
    kind: int
    flags: int
    fields: _Fields
    extra: dict[int, _Fields]
    end: int  # where what follows it stands
    follow: int  # bytes


def read_headers(file: BinaryIO, start: int) -> Headers:
    """Read all headers after the magic number at `start`, or raise a `Fault` if one is damaged."""
    found = Headers()
    for header in _read(file, start + len(MAGIC)):
        _note(header, found)
        if found.is_locked:
            break
    return found


def _read(file: BinaryIO, place: int) -> Iterator[_Header]:
    """Yield headers up to the one that ends the archive."""
    for _ in range(MOST_HEADERS):
        seek(file, place)
        if not (head := file.read(_START)):
            raise Fault(MISSING_END)
        start = _Fields(head)
        checksum, length = start.long(), start.number()
        body = place + _START - len(start.rest)
        file.seek(place + 4)
        checked = file.read(body - place - 4 + min(length, _LONGEST))
        if crc32(checked) != checksum:
            raise Fault(DAMAGED)
        header = _read_header(checked[-length:], body + length)
        yield header
        if header.kind == _END:
            return
        place = header.end + header.follow
    raise Fault(TOO_MANY)


def _read_header(content: bytes, end: int) -> _Header:
    fields = _Fields(content)
    kind, flags = fields.number(), fields.number()
    extra = fields.number() if flags & _EXTRA else 0
    follow = fields.number() if flags & _FOLLOWED else 0
    if extra > len(fields.rest):
        raise Fault(DAMAGED)
    records = _Fields(bytes(fields.rest[len(fields.rest) - extra :]))
    return _Header(kind, flags, fields, _read_records(records), end, follow)


def _read_records(records: _Fields) -> dict[int, _Fields]:
    """Return what each extra record holds, by its kind; a last byte may be padding."""
    found = {}
    while len(records.rest) > 1:
        record = _Fields(records.take(records.number()))
        found[record.number()] = record
    return found


def _note(header: _Header, found: Headers) -> None:
    fields = header.fields
    if header.kind == _LOCK:
        found.is_locked = True
    elif header.kind == _MAIN:
        # The first of several has no number, by the format, or 0.
        flags = fields.number()
        number = fields.number() if flags & _MAIN_NUMBER else 0
        found.part = number + 1 if flags & _MAIN_VOLUME else None
        found.is_part = number > 0
    elif header.kind == _FILE:
        found.is_part |= bool(header.flags & _SPLIT)
        if _VERSION not in header.extra:
            found.add(_read_entry(header))
    elif header.kind == _END:
        found.is_part |= bool(fields.number() & _END_MORE)


def _read_entry(header: _Header) -> Entry:
    fields, extra = header.fields, header.extra
    flags, size, _ = fields.number(), fields.number(), fields.number()
    time = fields.long() if flags & _TIME else None
    crc = fields.long() if flags & _CRC else None
    method, _, length = fields.number(), fields.number(), fields.number()
    name, _, _ = fields.take(length).partition(b"\0")
    is_locked = _LOCKED in extra
    elsewhere = extra[_ELSEWHERE].number() if _ELSEWHERE in extra else None
    return Entry(
        name=name.decode(errors="replace"),
        size=size,
        crc=None if is_locked else crc,
        offset=header.end,
        packed=header.follow,
        modified=_read_time(extra[_TIMES]) if _TIMES in extra else _of_unix(time),
        is_stored=not method & _METHOD,
        is_locked=is_locked,
        is_folder=bool(flags & _FOLDER),
        is_link=elsewhere is not None and elsewhere not in _COPIES,
        is_copy=elsewhere in _COPIES,
    )


def _read_time(record: _Fields) -> datetime | None:
    """Return when the member was modified: seconds of Unix or ticks of 100 ns of Windows."""
    flags = record.number()
    if not flags & _MODIFIED:
        return None
    if flags & _UNIX_TIME:
        return _of_unix(record.long())
    ticks = record.long() | record.long() << 32
    with suppress(OverflowError):
        return _EPOCH_OF_WINDOWS + timedelta(microseconds=ticks // 10)
    return None


def _of_unix(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
