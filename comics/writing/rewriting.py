"""Put another ComicInfo.xml into a zip: killed anywhere, the comic is the old one or the new.

All other members are copied as they are, byte for byte, into a draft beside the comic; the draft is
verified, and takes the comic's place in one step.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import structs

from comics.archives.contents import Contents
from comics.archives.documents import find_comic_info
from comics.archives.reading import read
from comics.writing import locks, snapshots
from comics.writing.attributes import copy_attributes, copy_times
from comics.writing.copying import copy_range, reserve, sync_folder, write_all
from comics.writing.drafts import draft_file
from comics.writing.layouts import END, Layout, Member, read_layout
from comics.writing.packing import pack_directory, pack_member, point
from comics.writing.refusals import Passing, Refused, explained
from comics.writing.snapshots import Snapshot

Edit = Callable[[bytes | None], bytes | None]
"""Makes of a ComicInfo.xml, or of None where there is none, the one to be written, or None."""

_WRITABLE = 0o222
_NOT_AS_MEANT = "What was written does not read as it should, so the comic was left as it is."


def rewrite(
    path: Path, edit: Edit, *, expected: Snapshot | None = None, keep_mtime: bool = False
) -> Snapshot:
    """Change the ComicInfo.xml that is read from a zip, and return what the file is then.

    It keeps its place and its name, is added at the end as ComicInfo.xml where there is none, and
    goes where `edit` returns None. Nothing is written if that returns what it got. A symbolic link
    stays, and the file that it leads to is replaced. Other hard links keep the comic as it was: one
    of two names may belong to a program that seeds it.

    Raises a `Refused` and leaves the file untouched if it is not as `expected`, changes meanwhile,
    is damaged, encrypted or read-only, or if the disk fails; what `edit` raises goes through.
    """
    with explained(), _held(path) as (real, comic):
        before = snapshots.take(comic)
        snapshots.expect(real, expected or before)
        contents = _read(real)
        old = contents.documents.get("ComicInfo")
        new = edit(old)
        if new == old:
            return before
        snapshots.expect(real, before)  # before much is read in vain: an edit may take its time
        with draft_file(real.parent) as (draft, file):
            _write(comic, file, new)
            _verify(draft, contents, new)
            copy_times(os.fstat(comic), file, keep_mtime=keep_mtime)
            snapshots.expect(real, before)
            draft.replace(real)
            sync_folder(real.parent)
            return snapshots.take(file)


@contextmanager
def _held(link: Path) -> Iterator[tuple[Path, int]]:
    """Open a comic that may be written, as its own path and its descriptor, and keep others off."""
    path = Path(os.path.realpath(link, strict=True)) if link.is_symlink() else link
    comic = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not os.fstat(comic).st_mode & _WRITABLE or not os.access(path, os.W_OK):
            raise Refused("The file is read-only: allow writing to it first.")
        if not path.parent.stat().st_mode & _WRITABLE or not os.access(path.parent, os.W_OK):
            raise Refused("The folder is read-only: allow writing to it first.")
        if not locks.lock_if_possible(comic):
            raise Passing("The file is being changed just now: try again later.")
        yield path, comic
    finally:
        os.close(comic)


def _read(path: Path) -> Contents:
    contents = read(path)
    if contents.fault:
        raise (Passing if contents.again else Refused)(contents.fault)
    if contents.format != "cbz":
        raise Refused("Only ZIP archives are written: convert the comic to CBZ first.")
    return contents


def _write(comic: int, draft: int, xml: bytes | None) -> None:
    """Make a draft the comic with other tags, attributes and all, and have the disk keep it."""
    layout = read_layout(comic)
    _copy(comic, draft, layout, xml)
    copy_attributes(comic, draft)
    os.fsync(draft)
    _verify_layout(draft, layout, is_tagged=xml is not None)


def _find(members: tuple[Member, ...]) -> Member | None:
    """Choose the ComicInfo.xml that is read."""
    place = find_comic_info([member.text for member in members])
    return None if place is None else members[place]


def _copy(comic: int, draft: int, layout: Layout, xml: bytes | None) -> None:
    """Write what is before the tags, the tags, what is after them, and a directory that fits."""
    found = _find(layout.members)
    start, end = (found.start, found.end) if found else (layout.directory, layout.directory)
    local, record = (b"", b"") if xml is None else pack_member(found, xml)
    shift = len(local) - (end - start)
    records: dict[Member | None, bytes] = {
        member: point(member.record, member.start - layout.shift + shift * (member.start > start))
        for member in layout.members
    }
    if xml is None:
        records.pop(found, None)
    else:
        records[found] = point(record, start - layout.shift)  # in its place, or last
    directory = pack_directory(layout, [*records.values()], layout.directory + shift)
    reserve(draft, layout.directory + shift + len(directory))
    copy_range(comic, draft, 0, start)
    write_all(draft, local)
    copy_range(comic, draft, end, layout.directory)
    write_all(draft, directory)


def _verify_layout(draft: int, layout: Layout, *, is_tagged: bool) -> None:
    """Raise a `Refused` unless all but one member of a draft are those of the comic.

    Their bytes were compared when they were copied; that they are where the directory has them
    is told by the headers before them.
    """
    written = read_layout(draft)
    old, new = _find(layout.members), _find(written.members) if is_tagged else None
    before = [member.identity for member in layout.members if member is not old]
    after = [member.identity for member in written.members if member is not new]
    if before != after or written.tail[END.size :] != layout.tail[END.size :]:
        raise Refused(_NOT_AS_MEANT)


def _verify(draft: Path, contents: Contents, xml: bytes | None) -> None:
    """Raise a `Refused` unless a draft reads as the comic did, with other tags."""
    documents = {**contents.documents}
    documents.pop("ComicInfo", None)
    if xml is not None:
        documents["ComicInfo"] = xml
    meant = structs.replace(contents, documents=documents)
    written = read(draft)
    if structs.replace(written, notes=meant.notes) != meant:
        raise Refused(_NOT_AS_MEANT)
