"""What an archive holds, whatever its format, and which of its members are pages."""

import hashlib
import struct
from collections.abc import Iterable

import msgspec

LARGEST_COMIC_INFO = 4 * 2**20
"""The most bytes that a ComicInfo.xml may inflate to."""

MOST_MEMBERS = 20_000
"""The most members that an archive may list."""

_PAGE_TYPES = frozenset(
    {"jpg", "jpeg", "png", "gif", "webp", "avif", "jxl", "bmp", "tif", "tiff", "heic"}
)
_JUNK_FOLDERS = frozenset({"__macosx", "@eadir"})
_PAGE = struct.Struct(">LQ")


class Fault(ValueError):
    """Say in a sentence what is wrong with an archive and, if there is a remedy, what to do."""


class Contents(msgspec.Struct, frozen=True):
    """What one file turned out to hold.

    `format` is by content, not by extension: "cbz", "cbr", "cb7", "cbt" or, for anything else,
    None. `pages` is None where they could not be counted. `again` tells a fault of the moment, such
    as a share that went away, from one that stays until the file changes.
    """

    format: str | None = None
    pages: int | None = None
    fault: str | None = None
    again: bool = False
    fingerprint: bytes | None = None
    comic_info: bytes | None = None


def is_page(name: str) -> bool:
    """Tell a page, by its name alone, from folders, texts and what file managers leave behind."""
    _, dot, kind = name.rpartition(".")
    return bool(dot) and kind.lower() in _PAGE_TYPES and not is_junk(name)


def is_comic_info(name: str) -> bool:
    """Tell a ComicInfo.xml in any folder and any letter case."""
    return split(name)[-1:] == ["comicinfo.xml"] and not is_junk(name)


def is_junk(name: str) -> bool:
    """Tell hidden members, such as macOS's "._" doubles, and the folders of macOS and Synology."""
    parts = split(name)
    return any(part in _JUNK_FOLDERS or part.startswith(".") for part in parts)


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
    packed = b"".join(_PAGE.pack(*page) for page in sorted(pages))
    return hashlib.sha256(packed).digest() if packed else None
