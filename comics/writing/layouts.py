"""Where everything lies in a zip, byte by byte, so that it can be moved without being unpacked.

The format is PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3. What is not understood in full is
refused, because the bytes between are about to be written anew.
"""

import os
import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from comics.archives.contents import CUT_SHORT, MISSING_END
from comics.writing.refusals import Refused

ZIP64 = 0xFFFFFFFF
"""What a field of 32 bits holds when its value stands in a zip64 field instead."""

RECORD = struct.Struct("<4sHHHHHHLLLHHHHHLL")
"""A member in the directory: signature, made by, needs, flags, method, time, date, CRC-32, packed
and whole size, lengths of name, extra fields and comment, disk, two attributes, offset."""

LOCAL = struct.Struct("<4sHHHHHLLLHH")
"""A member before its bytes: signature, needs, flags, method, time, date, CRC-32, packed and whole
size, lengths of name and extra fields."""

END = struct.Struct("<4sHHHHLLH")
"""The end: signature, this disk, the directory's disk, members here and in all, size and offset of
the directory, length of the comment."""

END_64 = struct.Struct("<4sQHHLLQQQQ")
"""The end in zip64: signature, size of the rest, made by, needs, then as in END."""

LOCATOR = struct.Struct("<4sLQL")
"""What stands between them: signature, disk and offset of the zip64 end, number of disks."""

IS_UTF8 = 0x800
_IS_LOCKED = 0x1 | 0x40 | 0x2000
_HAS_DESCRIPTOR = 0x8
_LONGEST_COMMENT = 0xFFFF

_DAMAGED = "The archive is damaged ({}): copy or download it again."


class Member(msgspec.Struct, frozen=True):
    """A member, from its local header at `start` to the next one or the directory at `end`.

    `record` is its part of the directory, as it is.
    """

    record: bytes
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    end: int = 0

    @property
    def text(self) -> str:
        """The name as every program reads it."""
        return self.name.decode("utf-8" if self.flags & IS_UTF8 else "cp437", errors="replace")

    @property
    def identity(self) -> tuple[object, ...]:
        """All that stays the same wherever the member lies."""
        return self.name, self.flags, self.method, self.crc, self.packed, self.size


class Layout(msgspec.Struct, frozen=True):
    """A zip: members in the order of its directory, and where that starts.

    `shift` is how far all lies behind where the offsets say, because something stands before the
    archive. `end_64` is the zip64 end, or empty; `tail` all from the end record on, with the
    archive's comment.
    """

    members: tuple[Member, ...]
    directory: int
    shift: int
    end_64: bytes
    tail: bytes


def read_layout(file: int) -> Layout:
    """Read the layout of an open zip and check that every member is where the directory has it.

    Raises a `Refused` that says what is encrypted, damaged or unknown.
    """
    end, end_64, tail = _find_end(file)
    members, length, offset = _read_end(end_64, tail)
    directory = end - len(end_64) - (LOCATOR.size if end_64 else 0) - length
    if directory < offset:
        raise Refused(CUT_SHORT)
    found = tuple(_split(os.pread(file, length, directory), directory - offset))
    if len(found) & 0xFFFF != members & 0xFFFF:
        raise Refused(_DAMAGED.format("its directory lists another number of files"))
    placed = _place(found, directory)
    for member in placed:
        _check_local(file, member)
    return Layout(placed, directory, directory - offset, end_64, tail)


def _find_end(file: int) -> tuple[int, bytes, bytes]:
    """Return where the end record starts, the zip64 one before it if any, and all from it on."""
    size = os.fstat(file).st_size
    start = max(0, size - END.size - _LONGEST_COMMENT)
    last = os.pread(file, size - start, start)
    found = last.rfind(b"PK\5\6", 0, max(0, len(last) - END.size + 4))
    if found < 0:
        raise Refused(MISSING_END)
    end = start + found
    return end, _find_end_64(file, end), last[found:]


def _find_end_64(file: int, end: int) -> bytes:
    locator = os.pread(file, LOCATOR.size, max(0, end - LOCATOR.size))
    if not locator.startswith(b"PK\6\7"):
        return b""
    found = os.pread(file, END_64.size, max(0, end - LOCATOR.size - END_64.size))
    if not found.startswith(b"PK\6\6") or LOCATOR.unpack(locator)[3] > 1:
        raise Refused(_DAMAGED.format("its zip64 end is not where it should be"))
    return found


def _read_end(end_64: bytes, tail: bytes) -> tuple[int, int, int]:
    """Return how many members there are, and the directory's size and offset."""
    disks, here, members, length, offset = _unpack_end(tail)
    if end_64:
        disks, here, members, length, offset = _unpack_end_64(end_64)
    if any(disks) or here != members:
        raise Refused("This archive is one part of several: join them first.")
    return members, length, offset


def _unpack_end(tail: bytes) -> tuple[tuple[int, int], int, int, int, int]:
    _, disk, first, here, members, length, offset, _ = END.unpack_from(tail)
    return (disk, first), here, members, length, offset


def _unpack_end_64(end_64: bytes) -> tuple[tuple[int, int], int, int, int, int]:
    *_, disk, first, here, members, length, offset = END_64.unpack(end_64)
    return (disk, first), here, members, length, offset


def _split(directory: bytes, shift: int) -> Iterator[Member]:
    """Take the directory apart."""
    place = 0
    while place < len(directory):
        if len(directory) - place < RECORD.size or not directory.startswith(b"PK\1\2", place):
            raise Refused(_DAMAGED.format("its directory does not read"))
        fields = RECORD.unpack_from(directory, place)
        end = place + RECORD.size + sum(fields[10:13])
        if end > len(directory):
            raise Refused(_DAMAGED.format("its directory does not read"))
        yield _make_member(directory[place:end], shift)
        place = end


def _make_member(record: bytes, shift: int) -> Member:
    fields = RECORD.unpack_from(record)
    flags, method, crc, packed, size, name = (*fields[3:5], *fields[7:11])
    if flags & _IS_LOCKED:
        raise Refused("The archive is encrypted: pack it without a password first.")
    wide = read_wide(record)
    size = wide.pop(0) if size == ZIP64 and wide else size
    packed = wide.pop(0) if packed == ZIP64 and wide else packed
    start = wide.pop(0) if fields[16] == ZIP64 and wide else fields[16]
    return Member(
        record=record,
        name=record[RECORD.size : RECORD.size + name],
        flags=flags,
        method=method,
        crc=crc,
        packed=packed,
        size=size,
        start=start + shift,
    )


def read_wide(record: bytes) -> list[int]:
    """Return what the zip64 field of a record holds: size, packed size, offset, those it needs."""
    for kind, value in split_extra(extra_of(record)):
        if kind == 1:
            return [number for (number,) in struct.iter_unpack("<Q", value[: len(value) // 8 * 8])]
    return []


def extra_of(record: bytes) -> bytes:
    """Return the extra fields of a record."""
    name, extra = RECORD.unpack_from(record)[10:12]
    return record[RECORD.size + name : RECORD.size + name + extra]


def split_extra(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the extra fields by their kind, as far as they can be told apart."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        yield kind, extra[place + 4 : place + 4 + length]
        place += 4 + length


def _place(members: Sequence[Member], directory: int) -> tuple[Member, ...]:
    """Say of each member where it ends; each takes all bytes up to the next."""
    order = sorted({member.start for member in members})
    if len(order) < len(members):
        raise Refused(_DAMAGED.format("two of its files are one"))
    ends = dict(pairwise([*order, directory]))
    return tuple(msgspec.structs.replace(member, end=ends[member.start]) for member in members)


def _check_local(file: int, member: Member) -> None:
    """Raise a `Refused` unless a member's own header agrees with the directory's."""
    head = os.pread(file, LOCAL.size + len(member.name), member.start)
    if len(head) < LOCAL.size + len(member.name) or not head.startswith(b"PK\3\4"):
        raise Refused(_DAMAGED.format(f"{member.text!r} is not where the directory has it"))
    _, _, flags, method, _, _, _, packed, _, name, extra = LOCAL.unpack_from(head)
    if head[LOCAL.size :] != member.name or name != len(member.name) or method != member.method:
        raise Refused(_DAMAGED.format(f"{member.text!r} is another file than the directory says"))
    if not flags & _HAS_DESCRIPTOR and packed not in {member.packed, ZIP64}:
        raise Refused(_DAMAGED.format(f"{member.text!r} is of another size than listed"))
    if member.start + LOCAL.size + name + extra + member.packed > member.end:
        raise Refused(_DAMAGED.format(f"{member.text!r} runs into what follows it"))
