"""Look at the folders of this machine, for whoever chooses a library's.

No file is opened and no folder entered unasked: a link is told of with where it leads. Of a very
large folder, or a slow disk, only as much is seen as a person would wait for.
"""

import os
from collections.abc import Iterator
from itertools import islice
from time import monotonic
from typing import Annotated, Final

from msgspec import Meta, Struct

from comics import roots
from comics.folding import fold, sort_key
from comics.names.portable import EXTENSIONS
from comics.paths import from_text, to_text

MOST_FOLDERS: Final = 1_000
MOST_ENTRIES: Final = 20_000  # of one folder
PATIENCE: Final = 2.0  # seconds for looking into all folders of a folder
KERNEL: Final = frozenset({"/dev", "/proc", "/sys"})  # that which is no disk

Comics = Annotated[
    int,
    Meta(description=f"Comics directly in it, among its first {MOST_ENTRIES:,} entries."),
]


class Place(Struct, frozen=True):
    """A folder that may be chosen, or looked into."""

    name: str
    path: Annotated[str, Meta(description="The whole path, links and all.")]
    leads_to: Annotated[str | None, Meta(description="Where it really is, if it is a link.")]
    comics: Annotated[Comics | None, Meta(description="Null for what was not looked into.")]
    fault: Annotated[str | None, Meta(description="Why it cannot be read.")]


class Level(Struct, frozen=True):
    """A folder and the folders in it, in natural order; those that are hidden are left out."""

    path: str
    parent: Annotated[str | None, Meta(description="The folder that it is in, as its path says.")]
    comics: Comics
    places: list[Place]
    is_all: Annotated[bool, Meta(description="Or it holds more than could be looked at.")]


def look(path: str, patience: float = PATIENCE) -> Level:
    """Look at a folder, whose path is written as a library's root is.

    Raises `comics.roots.BadRoot` for what is no folder that can be read. Folders that are not
    looked into within `patience` seconds are listed without their comics.
    """
    path = roots.check(path)
    end = monotonic() + patience
    with os.scandir(from_text(path)) as entries:
        seen = list(islice(entries, MOST_ENTRIES + 1))
    folders = sorted(filter(is_offered, seen[:MOST_ENTRIES]), key=order)
    return Level(
        path=path,
        parent=path.rpartition("/")[0] or "/" if path != "/" else None,
        comics=sum(is_comic(entry.name) for entry in seen[:MOST_ENTRIES]),
        places=list(look_into(folders[:MOST_FOLDERS], path, end)),
        is_all=len(seen) <= MOST_ENTRIES and len(folders) <= MOST_FOLDERS,
    )


def is_offered(entry: os.DirEntry[str]) -> bool:
    """Tell a folder that may hold a library from all else."""
    try:
        is_folder = entry.is_dir()
    except OSError:
        return False
    return is_folder and not entry.name.startswith(".") and entry.path not in KERNEL


def order(entry: os.DirEntry[str]) -> tuple[str, str]:
    """Return what folders are sorted by."""
    return sort_key([fold(to_text(entry.name))]), entry.name


def is_comic(name: str) -> bool:
    """Tell a comic by its name alone."""
    return name.lower().endswith(EXTENSIONS) and not name.startswith(".")


def look_into(folders: list[os.DirEntry[str]], path: str, end: float) -> Iterator[Place]:
    """Say of each folder what lies in it, until the time is up."""
    for entry in folders:
        name = to_text(entry.name)
        comics, fault = count(entry.path) if monotonic() < end else (None, None)
        yield Place(
            name=name,
            path=f"{path.rstrip('/')}/{name}",
            leads_to=to_text(os.path.realpath(entry.path)) if entry.is_symlink() else None,
            comics=comics,
            fault=fault,
        )


def count(folder: str) -> tuple[int | None, str | None]:
    """Count the comics directly in a folder, or say why it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sum(is_comic(entry.name) for entry in islice(entries, MOST_ENTRIES)), None
    except OSError as error:
        return None, error.strerror
