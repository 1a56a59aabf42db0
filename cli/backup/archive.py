"""The file of a backup: JSON lines, compressed by gzip, between a first line and a last.

The first, `backup`, says which version of the format it is; the last, `end`, how many lines of each
kind there have to be, so that nobody takes a part for the whole.
"""

import gzip
import os
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, cast

import msgspec
from msgspec import Struct

from comics.writing.copying import sync_folder
from comics.writing.drafts import draft_file
from db.backup import Content, Line

FORMAT: Final = 1


class Backup(Line):
    """The first line. `event` is the last that there was."""

    version: int
    made_at: datetime
    made_by: str  # this version of Longbox
    event: int


class End(Line):
    """The last line: how many there are of each kind."""

    lines: dict[str, int]


class Unusable(ValueError):
    """A file is no backup, or no whole one, or of a later format; the sentence says so."""


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Lend a file that takes this path once it is whole and on the disk.

    Only its owner may read it.
    """
    with draft_file(path.parent) as (draft, file):
        with open(file, "wb", closefd=False) as raw:
            with gzip.GzipFile(path.name, "wb", 6, raw) as packed:
                yield cast("BinaryIO", packed)
            raw.flush()
        os.fsync(file)
        draft.replace(path)
        sync_folder(path.parent)


class First(Struct):
    """What the first line has in every version of the format."""

    line: str
    version: int


_FIRST: Final = msgspec.json.Decoder(First)
_BACKUP: Final = msgspec.json.Decoder(Backup)
_LINES: Final = msgspec.json.Decoder(Content | End)


@contextmanager
def reading(path: Path) -> Iterator[tuple[Backup, Iterator[Content]]]:
    """Lend the first line of a backup and what is between it and the last.

    Raises `Unusable` where it turns out to be damaged, or another's, or newer than this Longbox.
    """
    with gzip.open(path) as file:
        with _told(path):
            first = _begin(path, file.readline())
        yield first, _contents(path, cast("BinaryIO", file))


def _begin(path: Path, text: bytes) -> Backup:
    """Read the first line; what is not the same in every version only if this one knows it."""
    first = _FIRST.decode(text)
    if first.line != name_of(Backup):
        raise Unusable(f"{path} is no backup of Longbox.")
    if first.version > FORMAT:
        raise Unusable(
            f"{path} was made by a later version of Longbox (format {first.version}, and this one"
            f" knows {FORMAT}): install that, or a later one."
        )
    return _BACKUP.decode(text)


def _contents(path: Path, file: BinaryIO) -> Iterator[Content]:
    """Yield the lines, and raise `Unusable` unless they end with the last."""
    met = Counter[str]()
    with _told(path):
        for text in file:
            line = _LINES.decode(text)
            if isinstance(line, End):
                if line.lines != met or file.read(1):  # which also has the checksum compared
                    raise Unusable(f"{path} has lines too many, or too few: nothing is restored.")
                return
            met[name_of(type(line))] += 1
            yield line
    raise Unusable(f"{path} has no end: nothing is restored.")


def name_of(kind: type[Line]) -> str:
    """Return what a kind of line is called in the file."""
    return str(kind.__struct_config__.tag)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in a sentence what is wrong with a file that cannot be read to its end."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, msgspec.DecodeError) as error:
        raise Unusable(f"{path} is no backup, or is damaged ({error}).") from error
