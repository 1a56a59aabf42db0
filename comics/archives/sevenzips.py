"""Read a 7z archive by py7zr, with bounds on what its directory may ask for.

Importing this takes a fifth of a second, so it is imported where a 7z is met. The directory of a 7z
stands at its end and is mostly compressed itself.
"""

import lzma
import struct
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import PurePath
from types import TracebackType
from typing import BinaryIO, Self
from zlib import crc32

import py7zr
from py7zr import archiveinfo
from py7zr.exceptions import ArchiveError, UnsupportedCompressionMethodError
from py7zr.py7zr import ArchiveFile

from comics.archives import documents
from comics.archives.contents import (
    CUT_SHORT,
    DAMAGED,
    LARGEST_DOCUMENT,
    LOCKED,
    LOCKED_NAMES,
    MOST_MEMBERS,
    SENSELESS,
    Contents,
    Fault,
    Member,
    describe,
    is_of_the_system,
    is_page,
)
from comics.archives.documents import Unreadable
from comics.archives.unpacked import Store, Writing

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGEST_DIRECTORY = 16 * 2**20
"""The most bytes that a 7z's directory may take, packed or unpacked."""

# py7zr's own limits are for archives of any kind: 256 MiB and 8 million files.
archiveinfo.MAX_HEADER_SIZE = LARGEST_DIRECTORY
archiveinfo.MAX_NUMFILES = MOST_MEMBERS

MOST_BYTES = 4 * 2**30
"""The most bytes that are unpacked of one archive, to reach its documents or all of it."""

_START = struct.Struct("<6sBBLQQL")

_TOO_LARGE = (
    f"The archive's directory is larger than {LARGEST_DIRECTORY // 2**20} MiB "
    f"or lists more than {MOST_MEMBERS:,} files."
)
_ODD_METHOD = "The archive is packed by a method that cannot be read here: pack it anew as a CBZ."
_DAMAGE = (
    ArchiveError,
    lzma.LZMAError,
    zlib.error,
    zstd.ZstdError,
    struct.error,
    EOFError,
    OSError,
    *SENSELESS,
)


def read_7z(file: BinaryIO, size: int) -> Contents:
    """List an open 7z of `size` bytes, or raise a `Fault` if it lists nothing that can be used."""
    with _open(file, size) as archive:
        files = _list_files(archive)
        members = [_member(one) for one in files.values()]
        names = [member.name for member in members]
        is_locked = archive.needs_password()
        extract = _refuse if is_locked else _extract_all(archive, list(files.values()), names)
        return describe(
            "cb7",
            members,
            documents.collect(names, extract),
            is_locked=is_locked and any(map(is_page, names)),
        )


def unpack_7z(file: BinaryIO, size: int, store: Store, only: Member | None = None) -> None:
    """Unpack all files in one pass, or those that are this one, or raise a `Fault`."""
    with _open(file, size) as archive:
        files = {
            place: one
            for place, one in _list_files(archive).items()
            if only in {None, _member(one)}
        }
        if archive.needs_password():
            raise Fault(LOCKED)
        members = {place: _member(one) for place, one in files.items()}
        store.expect(member.size for member in members.values())
        with _damage_as_fault(), _ToStore(store, files, members) as keeping:
            archive.extract(targets=_number(files.values()), factory=keeping)


@contextmanager
def _open(file: BinaryIO, size: int) -> Iterator[py7zr.SevenZipFile]:
    """Open an archive once its first header promises a directory that is in the file, and small."""
    file.seek(0)
    start = file.read(_START.size)
    if len(start) < _START.size:
        raise Fault(CUT_SHORT)
    *_, offset, length, _ = _START.unpack(start)
    if length > LARGEST_DIRECTORY:
        raise Fault(_TOO_LARGE)
    if _START.size + offset + length > size:
        raise Fault(CUT_SHORT)
    file.seek(0)
    with _damage_as_fault():
        archive = py7zr.SevenZipFile(file, max_extract_size=MOST_BYTES)
    with archive:
        yield archive


@contextmanager
def _damage_as_fault() -> Iterator[None]:
    try:
        yield
    except Fault:
        raise
    except py7zr.PasswordRequired as error:
        raise Fault(LOCKED_NAMES) from error
    except UnsupportedCompressionMethodError as error:
        raise Fault(_ODD_METHOD) from error
    except py7zr.DecompressionBombError as error:
        raise Fault(f"The archive unpacks to more than {MOST_BYTES // 2**30} GiB.") from error
    except _DAMAGE as error:
        if is_of_the_system(error):
            raise
        raise Fault(_TOO_LARGE if "exceeds limit" in str(error) else DAMAGED) from error


def _list_files(archive: py7zr.SevenZipFile) -> dict[int, ArchiveFile]:
    """Return what is neither folder, link nor socket, by its place among all."""
    return {
        file.id: file
        for file in archive.files
        if not (file.is_directory or file.is_symlink or file.is_junction or file.is_socket)
    }


def _member(file: ArchiveFile) -> Member:
    """Describe a file; one that is empty has no checksum in a 7z, but is known to have 0."""
    return Member(file.filename, file.uncompressed, file.crc32 if file.uncompressed else 0)


def _refuse(_: int) -> bytes:
    raise Unreadable(documents.LOCKED)


def _extract_all(
    archive: py7zr.SevenZipFile, files: Sequence[ArchiveFile], names: Sequence[str]
) -> documents.Extract:
    """Unpack all documents in one pass, and return a function that has them at hand."""
    wanted = [place for place in documents.wanted(names) if _is_small(files[place])]
    memory = _ToMemory()
    cause = None
    try:
        with _damage_as_fault():
            archive.extract(targets=_number(files[place] for place in wanted), factory=memory)
    except Fault as fault:
        cause = fault.__cause__

    def extract(place: int) -> bytes:
        if not _is_small(files[place]):
            raise Unreadable(documents.TOO_LARGE)
        content = bytes(memory.contents.get(files[place].id, b""))
        if len(content) != files[place].uncompressed or files[place].crc32 not in {
            None,
            crc32(content),
        }:
            raise Unreadable(_explain(cause))
        return content

    return extract


def _is_small(file: ArchiveFile) -> bool:
    return file.uncompressed <= LARGEST_DOCUMENT


def _explain(cause: BaseException | None) -> str:
    if isinstance(cause, UnsupportedCompressionMethodError):
        return "is packed by a method that cannot be read here: pack the archive anew"
    if isinstance(cause, py7zr.DecompressionBombError):
        return f"stands behind more than {MOST_BYTES // 2**30} GiB of other files"
    return documents.DAMAGED


def _number(files: Iterable[ArchiveFile]) -> list[str]:
    """Rename members to their places, so that no name of theirs is a path, and return those."""
    numbers = []
    for file in files:
        file.file_properties()["filename"] = str(file.id)
        numbers.append(str(file.id))
    return numbers


def _read_time(file: ArchiveFile) -> datetime | None:
    if file.lastwritetime is None:
        return None
    try:
        return datetime.fromtimestamp(file.lastwritetime.totimestamp(), UTC)
    except (OverflowError, ValueError, OSError):
        return None


class _Sink(py7zr.Py7zIO):
    """Takes what py7zr unpacks of one member."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self._size = 0

    def write(self, s: bytes | bytearray) -> int:
        self._take(bytes(s))
        self._size += len(s)
        return len(s)

    def size(self) -> int:
        return self._size

    def read(self, size: int | None = None) -> bytes:  # noqa: ARG002 (py7zr asks nothing of it)
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002 (as above)
        return 0

    def flush(self) -> None:
        pass


class _ToMemory(py7zr.WriterFactory):
    """Keeps small members by their places."""

    def __init__(self) -> None:
        self.contents: dict[int, bytearray] = {}

    def create(self, filename: str) -> _Sink:
        content = self.contents[int(PurePath(filename).name)] = bytearray()
        return _Sink(content.extend)


class _ToStore(py7zr.WriterFactory):
    """Keeps members on the disk, one after another."""

    def __init__(
        self, store: Store, files: Mapping[int, ArchiveFile], members: Mapping[int, Member]
    ) -> None:
        self._store = store
        self._files = files
        self._members = members
        self._writing: Writing | None = None

    def create(self, filename: str) -> _Sink:
        self._finish()
        place = int(PurePath(filename).name)
        file = self._files[place]
        self._writing = self._store.open(place, self._members[place], _read_time(file))
        return _Sink(self._writing.write)

    def _finish(self) -> None:
        if self._writing:
            self._writing.finish()
            self._writing = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._finish()
        elif self._writing:
            self._writing.abandon()
