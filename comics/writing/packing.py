"""Make what a zip needs when one member of it is another: its bytes, and a directory that fits.

The format is PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
"""

import struct
import time
import zlib

from comics.writing.layouts import (
    END,
    END_64,
    IS_UTF8,
    LOCAL,
    LOCATOR,
    RECORD,
    ZIP64,
    Layout,
    Member,
    extra_of,
    split_extra,
)

_STORED, _DEFLATED = 0, 8
_NEEDS = 20  # version 2.0 of the format: folders and deflate
_NEEDS_64 = 45
_MADE_BY = 3 << 8 | _NEEDS  # Unix
_RW_R_R = 0o100644 << 16
_MOST_MEMBERS = 0xFFFF


def pack_member(old: Member | None, content: bytes) -> tuple[bytes, bytes]:
    """Return a member as it stands in the archive, and its record, which points nowhere yet.

    It takes over the name, the comment, the attributes and whether it is compressed. Extra fields
    tell of the old one's times and sizes, so they go.
    """
    name, flags = (old.name, old.flags & IS_UTF8) if old else (b"ComicInfo.xml", 0)
    method = _STORED if old and old.method == _STORED else _DEFLATED
    packed = _deflate(content) if method == _DEFLATED else content
    sizes = zlib.crc32(content), len(packed), len(content), len(name)
    told = _NEEDS, flags, method, *_now(), *sizes
    local = LOCAL.pack(b"PK\3\4", *told, 0) + name + packed
    made_by, comment, inner, outer = _inherit(old)
    record = RECORD.pack(b"PK\1\2", made_by, *told, 0, len(comment), 0, inner, outer, 0)
    return local, record + name + comment


def pack_directory(layout: Layout, records: list[bytes], start: int) -> bytes:
    """Return the directory and all that follows it, for records that already point rightly."""
    directory = b"".join(records)
    told = len(records), len(directory), start - layout.shift
    end_64 = _pack_end_64(layout, told) if _is_wide(layout, told) else b""
    return directory + end_64 + _pack_end(layout, told)


def point(record: bytes, offset: int) -> bytes:
    """Return a record that points to another offset, and is else as it was."""
    fields = RECORD.unpack_from(record)
    if fields[-1] != ZIP64 and offset < ZIP64:
        return RECORD.pack(*fields[:-1], offset) + record[RECORD.size :]
    name = record[RECORD.size : RECORD.size + fields[10]]
    extra = _widen(record, offset)
    rest = record[RECORD.size + fields[10] + fields[11] :]
    needs = max(fields[2], _NEEDS_64)
    head = (*fields[:2], needs, *fields[3:11], len(extra), *fields[12:-1], ZIP64)
    return RECORD.pack(*head) + name + extra + rest


def _deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def _now() -> tuple[int, int]:
    """Return the time and the date of this moment as DOS wrote them: local, in steps of 2 s."""
    now = time.localtime()
    date = (max(now.tm_year, 1980) - 1980) << 9 | now.tm_mon << 5 | now.tm_mday
    return now.tm_hour << 11 | now.tm_min << 5 | min(now.tm_sec, 59) // 2, date


def _inherit(old: Member | None) -> tuple[int, bytes, int, int]:
    """Return who made a member, its comment, and its inner and outer attributes."""
    if old is None:
        return _MADE_BY, b"", 0, _RW_R_R
    fields = RECORD.unpack_from(old.record)
    comment = old.record[len(old.record) - fields[12] :]
    return fields[1], comment, fields[14], fields[15]


def _widen(record: bytes, offset: int) -> bytes:
    """Return the extra fields of a record with an offset of 64 bits among them."""
    fields = RECORD.unpack_from(record)
    extra, place, wide = extra_of(record), 0, b""
    for kind, value in split_extra(extra):
        if kind == 1:
            wide = value
            break
        place += 4 + len(value)
    else:
        place = 0
    before = 8 * sum(field == ZIP64 for field in fields[8:10])
    after = before + (8 if fields[-1] == ZIP64 else 0)
    wider = wide[:before] + struct.pack("<Q", offset) + wide[after:]
    rest = extra[place + 4 + len(wide) :] if wide else extra[place:]
    return extra[:place] + struct.pack("<HH", 1, len(wider)) + wider + rest


def _is_wide(layout: Layout, told: tuple[int, int, int]) -> bool:
    members, length, start = told
    return bool(layout.end_64) or members >= _MOST_MEMBERS or max(length, start) >= ZIP64


def _pack_end_64(layout: Layout, told: tuple[int, int, int]) -> bytes:
    members, length, start = told
    version = layout.end_64[12:16] or struct.pack("<HH", _NEEDS_64, _NEEDS_64)
    fixed = b"PK\6\6", END_64.size - 12, *struct.unpack("<HH", version), 0, 0
    end = END_64.pack(*fixed, members, members, length, start)
    return end + LOCATOR.pack(b"PK\6\7", 0, start + length, 1)


def _pack_end(layout: Layout, told: tuple[int, int, int]) -> bytes:
    """Return the end record, where a field that stands in zip64 alone stays as it is."""
    members, length, start = told
    _, _, _, _, old_members, old_length, old_start, comment = END.unpack_from(layout.tail)
    members = _MOST_MEMBERS if old_members == _MOST_MEMBERS else min(members, _MOST_MEMBERS)
    length = ZIP64 if old_length == ZIP64 else min(length, ZIP64)
    start = ZIP64 if old_start == ZIP64 else min(start, ZIP64)
    end = END.pack(b"PK\5\6", 0, 0, members, members, length, start, comment)
    return end + layout.tail[END.size :]
