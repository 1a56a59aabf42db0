"""Look at a comic on the disk, and read it anew where it is not what the index knows."""

import os
from pathlib import Path

from msgspec import Struct, convert

from comics import telling
from comics.archives.contents import Contents
from comics.archives.reading import read
from comics.folding import file_key
from comics.inside import locate
from comics.orders import Subject
from comics.paths import from_text
from comics.roots import holds_anything
from comics.tags.comicinfo import Tags
from comics.tags.metadata import Metadata, own
from comics.telling import Told
from comics.writing import snapshots
from comics.writing.refusals import Gone, Passing, Refused, explained
from comics.writing.snapshots import Snapshot
from db.batch_items import Claimed
from db.differences import Unread
from db.placements import Placed
from db.rows import bounded, combine, signed


class Sight(Struct, frozen=True):
    """A comic as it is now: its file, and what is told of it, of which the index may know less."""

    here: Snapshot
    told: Told
    is_news: bool = False


def look(claimed: Claimed) -> Sight:
    """Look at a comic; raises a `Gone` or, if its disk or share is away for now, a `Passing`."""
    try:
        here = take(claimed.root, claimed.path)
        if _is_known(claimed, here):
            return Sight(here, _remember(claimed))
        return Sight(here, _read(claimed.root, claimed.path), is_news=True)
    except Gone:
        expect_root(claimed.root)
        raise


def take(root: str, path: str) -> Snapshot:
    """Take a snapshot of a file; raises a `Refused`."""
    with explained():
        return snapshots.take(locate(root, path))


def expect_root(root: str) -> None:
    """Raise a `Passing` where a library's folder is gone, or is empty as one without its share."""
    if not holds_anything(from_text(root)):
        raise Passing(f"{root} is away: is its disk or share mounted?")


def see(claimed: Claimed, sight: Sight) -> Subject:
    """Tell a plan what it is made from."""
    held = own(Metadata(sight.told.tags, sight.told.provenance))
    return Subject(
        path=claimed.path,
        tags=held.tags,
        root_name=claimed.root.rpartition("/")[2],
        content=sight.told.format,
        fault=sight.told.fault,
        root=claimed.root,
        provenance=held.provenance,
        position=claimed.seq,
        read_only=claimed.read_only,
    )


def open_up(claimed: Claimed) -> Contents:
    """Read a comic whose documents are to change; raises a `Refused`."""
    contents = read(locate(claimed.root, claimed.path))
    if contents.fault:
        raise (Passing if contents.again else Refused)(contents.fault)
    return contents


def place(claimed: Claimed, path: str) -> Placed:
    """Read a comic where it is now, and make the row that a scan would; raises a `Refused`."""
    here = take(claimed.root, path)  # first: what changes after this, the next scan sees
    return make_row(claimed, path, Sight(here, _read(claimed.root, path)))


def make_row(claimed: Claimed, path: str, sight: Sight) -> Placed:
    """Put together the row of a comic."""
    here = sight.here
    file = Unread(
        id=claimed.file,
        path=path,
        size=here.size,
        mtime_ns=bounded(here.mtime_ns),
        inode=signed(here.inode),
        is_new=False,
    )
    return Placed(combine(file, telling.columns(sight.told, path)), file_key(path))


def find(root: str, *paths: str | None) -> str | None:
    """Return the first of these paths at which there is a file."""
    there = (path for path in paths if path and os.path.lexists(locate(root, path)))
    return next(there, None)


def _is_known(claimed: Claimed, here: Snapshot) -> bool:
    """Tell whether a file is as the index has it, and was read then without a fault."""
    if claimed.tags is None or claimed.fault is not None:
        return False
    return (claimed.size, claimed.mtime_ns) == (here.size, bounded(here.mtime_ns))


def _remember(claimed: Claimed) -> Told:
    return Told(
        format=claimed.format,
        tags=convert(claimed.tags, Tags),
        provenance=claimed.provenance,
    )


def _read(root: str, path: str) -> Told:
    file: Path = locate(root, path)
    told = telling.read(str(file), path)
    if told.again:
        raise Passing(told.fault)
    return told
