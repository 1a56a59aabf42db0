"""Read a RAR archive: its headers in Python, what is stored as it is, the rest by a program.

See `rar4` and `rar5` for what is listed without any program, and `tools` for those that are asked.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import islice
from typing import BinaryIO
from zlib import crc32

from comics.archives import documents, rar4, rar5, tools
from comics.archives.contents import (
    CUT_SHORT,
    LARGEST_DOCUMENT,
    LOCKED,
    LOCKED_NAMES,
    Contents,
    Fault,
    Member,
    describe,
    is_page,
)
from comics.archives.documents import Unreadable, UnreadableNow
from comics.archives.rar_headers import Entry, Headers
from comics.archives.unpacked import Store

SECONDS_FOR_ONE = 15.0
"""How long a program may unpack a document: a reader has 60 seconds, and may ask three programs."""
SECONDS_FOR_ALL = 1200.0
"""How long a program may unpack an archive."""

_CHUNK = 2**20  # bytes
_NO_TOOL = f"Its files are compressed, and {tools.MISSING}."


def read_rar(file: BinaryIO, size: int, start: int = 0) -> Contents:
    """List an open RAR of `size` bytes, or raise a `Fault` if it lists nothing that can be used."""
    files = _list_files(file, size, start)
    places = list(files)
    return describe(
        "cbr",
        [_member(entry) for entry in files.values()],
        documents.collect(
            [entry.name for entry in files.values()],
            lambda index: _extract(file, files[places[index]], places[index]),
        ),
        is_locked=any(entry.is_locked for entry in files.values() if is_page(entry.name)),
    )


def unpack_rar(
    file: BinaryIO, size: int, store: Store, start: int = 0, only: Member | None = None
) -> None:
    """Unpack all files in one pass, or the first that is this one, or raise a `Fault`."""
    files = _list_files(file, size, start)
    if only:
        alike = ((place, entry) for place, entry in files.items() if _member(entry) == only)
        files = dict(islice(alike, 1))
    for entry in files.values():
        if entry.is_locked:
            raise Fault(LOCKED)
        if entry.is_copy:
            raise Fault(
                f"{entry.name} is kept as a reference to another file in the archive: "
                "unpack it with WinRAR and pack the pages as a CBZ."
            )
    store.expect(entry.size for entry in files.values())
    if all(entry.is_stored for entry in files.values()):
        for place, entry in files.items():
            store.keep(place, _member(entry), _copy(file, entry), entry.modified)
    else:
        _unpack_by_tools(_path(file), files, store, is_all=only is None)


def _list_files(file: BinaryIO, size: int, start: int) -> dict[int, Entry]:
    """Return what is neither folder nor link, by its place among all."""
    file.seek(start)
    is_new = file.read(len(rar5.MAGIC)) == rar5.MAGIC
    headers = (rar5 if is_new else rar4).read_headers(file, start)
    if headers.is_locked:
        raise Fault(LOCKED_NAMES)
    if headers.is_part:
        raise Fault(_name_part(headers))
    if any(entry.offset + entry.packed > size for entry in headers.entries):
        raise Fault(CUT_SHORT)
    return {
        place: entry
        for place, entry in enumerate(headers.entries)
        if not entry.is_folder and not entry.is_link
    }


def _name_part(headers: Headers) -> str:
    which = f"part {headers.part}" if headers.part else "one part"
    return (
        f"This is {which} of an archive in several parts: "
        "unpack all of them together and pack the pages as one CBZ."
    )


def _member(entry: Entry) -> Member:
    return Member(entry.name, entry.size, entry.crc)


def _path(file: BinaryIO) -> str:
    return os.fsdecode(file.name)


def _copy(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """Yield the bytes of a stored member."""
    file.seek(entry.offset)
    left = entry.packed
    while left and (chunk := file.read(min(left, _CHUNK))):
        left -= len(chunk)
        yield chunk


def _extract(file: BinaryIO, entry: Entry, place: int) -> bytes:
    if entry.is_locked:
        raise Unreadable(documents.LOCKED)
    if entry.size > LARGEST_DOCUMENT:
        raise Unreadable(documents.TOO_LARGE)
    if entry.is_stored:
        content = b"".join(_copy(file, entry)) if entry.packed == entry.size else b""
        if _fits(content, entry):
            return content
        raise Unreadable(documents.DAMAGED)
    return _extract_by_tools(_path(file), entry, place)


def _extract_by_tools(path: str, entry: Entry, place: int) -> bytes:
    found = tools.find()
    if not found:
        raise UnreadableNow(f"is compressed, and {tools.MISSING}")
    reason = documents.DAMAGED
    for tool in found:
        wanted = tools.Wanted(entry.name, place)
        try:
            with closing(tools.unpack(tool, path, wanted, seconds=SECONDS_FOR_ONE)) as chunks:
                content = b"".join(_take(chunks, entry.size + 1))
        except TimeoutError:
            reason = f"could not be unpacked within {SECONDS_FOR_ONE:g} seconds"
            continue
        if _fits(content, entry):
            return content
    raise Unreadable(reason)


def _fits(content: bytes, entry: Entry) -> bool:
    return len(content) == entry.size and entry.crc in {None, crc32(content)}


def _take(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Yield no more than so many bytes."""
    for chunk in chunks:
        yield chunk[:most]
        most -= len(chunk)
        if most <= 0:
            return


def _unpack_by_tools(path: str, files: Mapping[int, Entry], store: Store, *, is_all: bool) -> None:
    """Ask one program after another until these members come out as their checksums say.

    They are all that the archive has, or one.
    """
    faults = [_NO_TOOL]
    seconds = SECONDS_FOR_ALL if is_all else SECONDS_FOR_ONE
    one = next((tools.Wanted(entry.name, place) for place, entry in files.items()), None)
    for tool in tools.find():
        try:
            with closing(
                tools.unpack(tool, path, None if is_all else one, seconds=seconds)
            ) as chunks:
                _split(chunks, files, store)
        except Fault as fault:
            faults.append(str(fault))
        except TimeoutError:
            faults.append(f"The archive could not be unpacked within {seconds:g} seconds.")
        else:
            return
        store.clear()
    raise Fault(faults[-1])


def _split(chunks: Iterator[bytes], files: Mapping[int, Entry], store: Store) -> None:
    """Cut one stream into the members of which it is made."""
    rest = b""

    def take(size: int) -> Iterator[bytes]:
        nonlocal rest
        while size and (chunk := rest or next(chunks, b"")):
            rest = chunk[size:]
            size -= len(chunk) - len(rest)
            yield chunk[: len(chunk) - len(rest)]

    for place, entry in files.items():
        store.keep(place, _member(entry), take(entry.size), entry.modified)
    if rest or next(chunks, b""):
        raise Fault("The archive unpacks to more than its directory says.")
