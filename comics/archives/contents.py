"""What an archive holds, whatever its format, and which of its members are pages."""

import hashlib
import re
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import starmap, takewhile
from operator import attrgetter
from typing import Literal

import msgspec

from comics.folding import fold, sort_key

Source = Literal["ComicInfo", "MetronInfo", "ComicBookInfo", "CoMet"]

LARGEST_DOCUMENT = 4 * 2**20
"""The most bytes that a ComicInfo.xml, or another document of its kind, may inflate to."""

MOST_MEMBERS = 20_000
"""The most members that an archive may list."""

CUT_SHORT = "The archive is shorter than its directory says: copy or download it again."
MISSING_END = "The end of the archive is missing: copy or download it again."
DAMAGED = "The archive's directory is damaged: copy or download it again."
LOCKED = "The pages are encrypted: unpack the archive with its password and pack it without one."
LOCKED_NAMES = (
    "The archive is encrypted, even the names of its files: "
    "unpack it with its password and pack it without one."
)
TOO_MANY = f"The archive lists more than {MOST_MEMBERS:,} files."

SENSELESS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
)
"""What decoders that are written in Python raise for numbers that make no sense."""

_PAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|jxl|bmp|tiff?|heic)\Z", re.IGNORECASE)
_JUNK = re.compile(
    r"""
    (?: \A | [\\/] )
    (?: \. (?! \.? (?: [\\/] | \Z ) )               # hidden, but neither "." nor ".."
      | (?: __macosx | @eadir ) (?: [\\/] | \Z ) )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PAGE = struct.Struct(">LQ")
_NAME = attrgetter("name")
_ASCII_DIGITS = re.compile("[0-9]+").fullmatch


class Fault(ValueError):
    """Say in a sentence what is wrong with an archive and, if there is a remedy, what to do."""


class Member(msgspec.Struct, frozen=True):
    """A file inside an archive: its name as written there, its bytes, and its CRC-32.

    `crc` is None where the archive keeps none, as a tar never does.
    """

    name: str
    size: int
    crc: int | None = None


class Found(msgspec.Struct, frozen=True):
    """The documents of an archive, and in `fault` why one of them could not be had.

    `again` tells that it is for want of something that may be there the next time.
    """

    documents: dict[Source, bytes]
    fault: str | None = None
    again: bool = False


class Contents(msgspec.Struct, frozen=True):
    """What one file turned out to hold.

    `format` is by content, not by extension: "cbz", "cbr", "cb7", "cbt" or, for anything else,
    None. `pages` are in the order of reading, and None where they could not be listed. `again`
    tells a fault of the moment, such as a share that went away, from one that stays until the file
    changes. `notes` are sentences about what is odd but hinders nothing.
    """

    format: str | None = None
    pages: tuple[Member, ...] | None = None
    fault: str | None = None
    again: bool = False
    notes: tuple[str, ...] = ()
    fingerprint: bytes | None = None
    documents: dict[Source, bytes] = {}


def is_page(name: str) -> bool:
    """Tell a page, by its name alone, from folders, texts and what file managers leave behind."""
    return _PAGE_NAME.search(name) is not None and not is_junk(name)


def is_of_the_system(error: Exception) -> bool:
    """Tell a disk's OSError from those without a number that decoders raise for damaged bytes."""
    return isinstance(error, OSError) and error.errno is not None


def is_junk(name: str) -> bool:
    """Tell hidden members, such as macOS's "._" doubles, and the folders of macOS and Synology."""
    return _JUNK.search(name) is not None


def split(name: str) -> list[str]:
    """Split a member's name, in lower case, at either kind of slash: Windows tools write both."""
    return [
        part for part in name.lower().replace("\\", "/").split("/") if part not in {"", ".", ".."}
    ]


def fingerprint(pages: Iterable[tuple[int, int]]) -> bytes | None:
    """Return 32 bytes that stand for pages given as (CRC-32, size), whatever their names and order.

    Archives keep both in their directories, so that comics with the same pages are found without
    reading a page.
    """
    packed = b"".join(starmap(_PAGE.pack, sorted(pages)))
    return hashlib.sha256(packed).digest() if packed else None


def overlap(one: Iterable[Member], other: Iterable[Member]) -> float:
    """Return the share of pages that two comics have in common: 1.0 for the same, 0.0 for none.

    That is what both hold of what either holds (the Jaccard index), by CRC-32 and size, whatever
    the names; a page that is there twice counts twice. One without a checksum is like no other.
    """
    ours, theirs = _count(one), _count(other)
    either = (ours | theirs).total()
    return (ours & theirs).total() / either if either else 0.0


def _count(pages: Iterable[Member]) -> Counter[object]:
    return Counter((page.crc, page.size) if page.crc is not None else object() for page in pages)


def describe(
    form: str,
    members: Sequence[Member],
    found: Found,
    *,
    notes: tuple[str, ...] = (),
    is_locked: bool = False,
) -> Contents:
    """Return what an archive of that format holds.

    Encryption may blank the checksums, and then unlike comics would look the same: locked pages
    have no fingerprint.
    """
    pages = in_reading_order(member for member in members if is_page(member.name))
    fault = _judge(members, pages, is_locked=is_locked)
    return Contents(
        format=form,
        pages=pages,
        fault=fault or found.fault,
        again=found.again and not fault,
        notes=notes,
        fingerprint=None if is_locked else _take_fingerprint(pages),
        documents=found.documents,
    )


def in_reading_order(pages: Iterable[Member]) -> tuple[Member, ...]:
    """Sort pages as readers show them: folder by folder, "2" before "10", "1" before "1a"."""
    ordered = sorted(pages, key=_NAME)
    if ordered and not _are_numbered([page.name for page in ordered]):
        ordered.sort(key=lambda page: _reading_key(page.name))
    return tuple(ordered)


def _are_numbered(names: Sequence[str]) -> bool:
    """Tell sorted names that differ in one number of as many digits: the usual case, and quick."""
    first, last = names[0], names[-1]
    alike = takewhile(lambda letters: letters[0] == letters[1], zip(first, last, strict=False))
    begin, end = sum(1 for _ in alike), first.rfind(".")
    kind, size = first[end:], len(first)
    return all(
        len(name) == size and name.endswith(kind) and _ASCII_DIGITS(name, begin, end)
        for name in names
    )


def _reading_key(name: str) -> str:
    stem, _, kind = fold(name.replace("\\", "/")).rpartition(".")
    return sort_key((*stem.split("/"), kind))


def _judge(members: Sequence[Member], pages: Sequence[Member], *, is_locked: bool) -> str | None:
    if is_locked:
        return LOCKED
    if not members:
        return "The archive is empty."
    return None if pages else "The archive holds no pages: none of its files is an image."


def _take_fingerprint(pages: Sequence[Member]) -> bytes | None:
    known = [(page.crc, page.size) for page in pages if page.crc is not None]
    return fingerprint(known) if len(known) == len(pages) else None
