"""Read a tar archive, plain or compressed by gzip, bzip2, xz or Zstandard, from end to end.

The formats are POSIX's ustar and pax and those of GNU. A tar keeps no directory and no checksums:
to list it is to inflate it, so what it inflates to is bounded, and it has no fingerprint.
"""

import bz2
import gzip
import lzma
import re
import sys
import tarfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, Protocol

import msgspec

from comics.archives import documents
from comics.archives.contents import (
    DAMAGED,
    LARGEST_DOCUMENT,
    MOST_MEMBERS,
    TOO_MANY,
    Contents,
    Fault,
    Member,
    describe,
)
from comics.archives.documents import Unreadable
from comics.archives.unpacked import Store
from comics.paths import to_text

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST_BYTES = 4 * 2**30
"""The most bytes that a compressed tar may inflate to."""
MOST_TIMES = 200
"""How many times its own size, at most, a compressed tar may inflate to."""

_SLACK = 2**24  # bytes that a small one may inflate to in any case
_MOST_HEADERS = 3 * MOST_MEMBERS  # a name and pax records may stand before each member
_LONGEST_HEADER = 2**20  # bytes of a name or of pax records
_MOST_KEPT = 2**24  # bytes of documents
_CHUNK = 2**18  # bytes
_BLOCK = tarfile.BLOCKSIZE

_REGULAR = {tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE}
_PAX_KINDS = {tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE}
_SPARSE = "GNU.sparse."
_LENGTH = re.compile(rb"[0-9]{1,9}")
_SIZE = re.compile(r"[0-9]{1,18}")

_NO_TAR = "This is a compressed file, but what is in it is not a tar archive."
_CUT = "The archive ends too early: copy or download it again."
_DAMAGE = (EOFError, zlib.error, lzma.LZMAError, zstd.ZstdError, OSError)


class Readable(Protocol):
    """A file, or what the modules of the standard library make of a compressed one."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, and none at the end."""


class _Entry(msgspec.Struct, frozen=True):
    name: str
    size: int
    modified: datetime | None
    is_regular: bool


def read_tar(file: BinaryIO, size: int) -> Contents:
    """List an open tar of `size` bytes, or raise a `Fault` if it cannot be read to its end."""
    stream = _open(file, size)
    members: list[Member] = []
    kept: dict[int, bytes] = {}
    room = _MOST_KEPT
    for entry in _walk(stream):
        if not entry.is_regular:
            continue
        if documents.may_be_one(entry.name) and entry.size <= min(LARGEST_DOCUMENT, room):
            kept[len(members)] = stream.read(entry.size)
            room -= entry.size
        members.append(Member(entry.name, entry.size))

    def extract(place: int) -> bytes:
        if place not in kept:
            raise Unreadable(documents.TOO_LARGE)
        return kept[place]

    return describe("cbt", members, documents.collect([one.name for one in members], extract))


def unpack_tar(file: BinaryIO, size: int, store: Store, only: Member | None = None) -> None:
    """Unpack all regular files, or the first that is this one, or raise a `Fault`."""
    stream = _open(file, size)
    for place, entry in enumerate(_walk(stream)):
        member = Member(entry.name, entry.size)
        if entry.is_regular and only in {None, member}:
            store.keep(place, member, stream.chunks(entry.size), entry.modified)
            if only:
                return
    stream.finish()


class _Stream:
    """The bytes of a tar, read once from its beginning to its end."""

    def __init__(self, raw: Readable, most: int, plain: BinaryIO | None = None) -> None:
        self._raw = raw
        self._most = most
        self._plain = plain
        self.position = 0

    def read(self, size: int) -> bytes:
        """Return exactly so many bytes, or none at the end, or raise a `Fault`."""
        content = b"".join(self.chunks(size))
        if content and len(content) < size:
            raise Fault(_CUT)
        return content

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield so many bytes, or as many as there are."""
        while size and (chunk := self._read(min(size, _CHUNK))):
            size -= len(chunk)
            yield chunk

    def skip_to(self, position: int) -> None:
        """Pass over what is not wanted, or raise a `Fault` if it is not there."""
        if self._plain:
            self._plain.seek(position)
            self.position = position
        for _ in self.chunks(position - self.position):
            pass
        if self.position < position or (self._plain and position > self._most):
            raise Fault(_CUT)

    def finish(self) -> None:
        """Read to the end, where most compressions keep a checksum."""
        while self._read(_CHUNK):
            pass

    def _read(self, size: int) -> bytes:
        try:
            chunk = self._raw.read(size)
        except _DAMAGE as error:
            # The decoders raise OSErrors that are none of the system's.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise Fault(_CUT if isinstance(error, EOFError) else DAMAGED) from error
        self.position += len(chunk)
        if self.position > self._most:
            raise Fault(
                f"The archive inflates to more than {MOST_TIMES} times its size "
                f"or than {MOST_BYTES // 2**30} GiB."
            )
        return chunk


def _open(file: BinaryIO, size: int) -> _Stream:
    """Inflate the archive if its magic number is one of a compression's."""
    file.seek(0)
    head = file.read(6)
    file.seek(0)
    most = min(MOST_BYTES, _SLACK + MOST_TIMES * size)
    if head.startswith(b"\x1f\x8b"):
        return _Stream(gzip.GzipFile(fileobj=file), most)
    if head.startswith(b"BZh"):
        return _Stream(bz2.BZ2File(file), most)
    if head.startswith(b"\xfd7zXZ\x00"):
        return _Stream(lzma.LZMAFile(file), most)
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return _Stream(zstd.ZstdFile(file), most)
    return _Stream(file, size, plain=file)


def _walk(stream: _Stream) -> Iterator[_Entry]:
    """Yield each member while the stream stands at its content, which may be read or not."""
    records: dict[str, str] = {}
    headers = members = 0
    while header := _read_header(stream):
        headers += 1
        end = stream.position + -(-header.size // _BLOCK) * _BLOCK
        if header.type in _PAX_KINDS:
            records |= _read_records(_read_long(stream, header.size))
        elif header.type == tarfile.GNUTYPE_LONGNAME:
            records["path"] = _text(_read_long(stream, header.size).rstrip(b"\0"))
        else:
            entry = _describe(header, records)
            end = stream.position + -(-entry.size // _BLOCK) * _BLOCK
            records = {}
            members += 1
            yield entry
        if members > MOST_MEMBERS or headers > _MOST_HEADERS:
            raise Fault(TOO_MANY)
        stream.skip_to(end)
    if not stream.position:
        raise Fault(_CUT)


def _read_header(stream: _Stream) -> tarfile.TarInfo | None:
    """Return the next header, or None where a block of zeros or the file's end ends the archive."""
    is_first = not stream.position
    block = stream.read(_BLOCK)
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.EmptyHeaderError, tarfile.EOFHeaderError):  # type: ignore[attr-defined]
        return None
    except tarfile.HeaderError as error:
        raise Fault(_NO_TAR if is_first else DAMAGED) from error
    if header.size < 0:
        raise Fault(DAMAGED)
    if header.type == tarfile.GNUTYPE_SPARSE:
        _pass_map(stream, block)
    return header


def _pass_map(stream: _Stream, block: bytes) -> None:
    """Pass over what tells where the holes of a sparse file are, as GNU's first formats have it."""
    is_longer = block[482]
    while is_longer:
        block = stream.read(_BLOCK)
        is_longer = block[504] if block else 0


def _describe(header: tarfile.TarInfo, records: dict[str, str]) -> _Entry:
    size = records.get("size", "")
    is_sparse = any(key.startswith(_SPARSE) for key in records)
    return _Entry(
        name=to_text(records.get("path", header.name)),
        size=int(size) if _SIZE.fullmatch(size) else header.size,
        modified=_read_time(header.mtime),
        is_regular=header.type in _REGULAR and not is_sparse and not header.isdir(),
    )


def _read_time(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _read_long(stream: _Stream, size: int) -> bytes:
    if size > _LONGEST_HEADER:
        raise Fault(DAMAGED)
    return stream.read(size)


def _read_records(content: bytes) -> dict[str, str]:
    """Return pax records: each is its length, a blank, a key, "=", a value and a line's end."""
    records = {}
    while content:
        length, _, _ = content.partition(b" ")
        if not _LENGTH.fullmatch(length) or not len(length) < int(length) <= len(content):
            raise Fault(DAMAGED)
        key, _, value = content[len(length) + 1 : int(length) - 1].partition(b"=")
        records[_text(key)] = _text(value)
        content = content[int(length) :]
    return records


def _text(name: bytes) -> str:
    return name.decode(errors="surrogateescape")
