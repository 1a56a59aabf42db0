"""What is asked of `comics.pictures.reader`, and what it answers."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Version(msgspec.Struct, frozen=True):
    """Which state of a file something is true of."""

    mtime_ns: int
    size: int


class Library(msgspec.Struct, frozen=True):
    """Where a comic is kept: the root that its path may not leave, and what the index has of it."""

    root: str
    known: Version


class Listing(msgspec.Struct, frozen=True, tag=True):
    """Ask which pages a comic has; `path` is below the library's root, else a whole one."""

    path: str
    library: Library | None = None


class Showing(msgspec.Struct, frozen=True, tag=True):
    """Ask for a page, counted from 1, or for the cover, made as wide as that.

    It is put into `folder`, which is empty.
    """

    path: str
    folder: str = ""
    page: int | None = None
    width: int = 0
    library: Library | None = None


Question = Listing | Showing


class PageEntry(msgspec.Struct, frozen=True):
    """A page as its archive has it."""

    number: Annotated[int, Meta(description="From 1.")]
    name: Annotated[str, Meta(description="In the archive, with its folders.")]
    size: Annotated[int, Meta(description="Bytes.")]
    kind: Annotated[
        str | None, Meta(description="As ComicInfo has it, such as FrontCover or Story.")
    ]
    width: Annotated[int | None, Meta(description="Pixels, if ComicInfo says so.")]
    height: int | None


class Listed(msgspec.Struct, frozen=True, tag=True):
    """The pages in the order of reading, and the number of the cover."""

    version: Version
    pages: list[PageEntry]
    cover: int


class Shown(msgspec.Struct, frozen=True, tag=True):
    """A picture: its file's name in the folder that was named, its media type and its bytes."""

    version: Version
    name: str
    size: int
    media_type: str


class Withheld(msgspec.Struct, frozen=True, tag=True):
    """Why there is no picture, in sentences.

    `again` tells that it is the disk's fault, or the moment's, and `is_absent` that the comic has
    no such page. The version is that of which it is true, if the file could be opened at all.
    """

    fault: str
    again: bool = False
    is_absent: bool = False
    version: Version | None = None


Answer = Listed | Shown | Withheld
