"""Make a CBZ of a comic in another format; the original goes to the trash when the new one is safe.

Killed anywhere, the original is whole, or the CBZ is, or both are; a second run does the rest.
"""

import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from msgspec import structs

from comics.archives.contents import Contents, is_junk, split
from comics.archives.reading import read
from comics.archives.unpacking import Unpacked, unpack
from comics.writing import snapshots
from comics.writing.attributes import copy_attributes
from comics.writing.copying import sync_folder
from comics.writing.drafts import draft_file, draft_folder
from comics.writing.moving import place
from comics.writing.refusals import Passing, Refused, explained
from comics.writing.snapshots import Snapshot
from comics.writing.trash import move_to_trash

MOST_BYTES = 8 * 2**30
"""The most that a comic may unpack to."""

_NAMES = {
    *(".cbr", ".cb7", ".cbt", ".rar", ".7z", ".tar", ".tgz", ".tbz2", ".txz"),
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst"),
}
_OLDEST, _LATEST = datetime(1980, 1, 1), datetime(2107, 12, 31)  # noqa: DTZ001 (DOS has no zones)
_FILE = 0o100644 << 16
_LEFT_BEHIND = {"thumbs.db", "desktop.ini"}
_NOT_AS_MEANT = "The converted comic does not read as it should, so the original was left as it is."


def convert(path: Path, trash: Path, *, most_bytes: int = MOST_BYTES) -> Path:
    """Convert a CBR, CB7 or CBT to a CBZ beside it, and return the path of that.

    Pages are stored as they are; all files keep their order and their dates, and what file managers
    leave behind stays out. Where the CBZ is there already, only the original is put away.

    Raises a `Fault` and leaves the original as it is if it is damaged, if there is another CBZ of
    that name, or if the disk fails.
    """
    with explained():
        target = _name(path)
        before = make_cbz(path, target, most_bytes=most_bytes)
        snapshots.expect(path, before)
        move_to_trash(path, trash)
    return target


def make_cbz(path: Path, target: Path, *, most_bytes: int = MOST_BYTES) -> Snapshot:
    """Make a CBZ of a comic, which stays, and return what that was when it was read.

    Where the CBZ is there already, nothing is done. Raises as `convert` does.
    """
    with explained():
        before = snapshots.take(path)
        contents = _read(path)
        with draft_folder(target.parent) as folder:
            members = _unpack(path, folder, most_bytes)
            if not os.path.lexists(target):
                _make(path, target, members, contents)
            elif not _holds(target, members, contents):
                raise FileExistsError
    return before


def _read(path: Path) -> Contents:
    if path.is_symlink():
        raise Refused("The file is a symbolic link: convert the one that it leads to.")
    contents = read(path)
    if contents.fault:
        raise (Passing if contents.again else Refused)(contents.fault)
    if contents.format == "cbz":
        raise Refused("This is a ZIP archive already, whatever its name says.")
    return contents


def _name(path: Path) -> Path:
    """Return the CBZ's path; only a name that says another format loses its extension."""
    if path.suffix.lower() == ".cbz":
        raise Refused("Its name says CBZ, but it is none: rename it first.")
    name = path.name
    for known in sorted(_NAMES, key=len, reverse=True):
        if name.lower().endswith(known):
            name = name[: -len(known)]
            break
    return path.with_name(f"{name}.cbz")


def _unpack(path: Path, folder: Path, most_bytes: int) -> list[Unpacked]:
    """Unpack all but junk, under names that are harmless and used once.

    Of two files with one name, the later keeps it, as it does where archives are unpacked in place.
    """
    dated = datetime.fromtimestamp(path.stat().st_mtime)  # noqa: DTZ006 (zips tell local times)
    unpacked = [
        structs.replace(member, name=_clean(member.name), modified=member.modified or dated)
        for member in unpack(path, folder, most_bytes=most_bytes)
        if not _is_left_behind(member.name)
    ]
    names = set[str]()
    numbered = [
        structs.replace(member, name=_number(member.name, names)) for member in unpacked[::-1]
    ]
    return numbered[::-1]


def _is_left_behind(name: str) -> bool:
    return is_junk(name) or split(name)[-1:] in ([junk] for junk in _LEFT_BEHIND)


def _clean(name: str) -> str:
    """Return a name that leads nowhere but below where it is unpacked."""
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in {"", ".", ".."})


def _number(name: str, taken: set[str]) -> str:
    path, number, free = PurePosixPath(name), 1, name
    while free in taken:
        number += 1
        free = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
    taken.add(free)
    return free


def _make(path: Path, target: Path, members: Sequence[Unpacked], contents: Contents) -> None:
    with draft_file(target.parent) as (draft, file):
        _pack(file, members)
        with path.open("rb") as original:
            copy_attributes(original.fileno(), file)
        os.fsync(file)
        if not _holds(draft, members, contents):
            raise Refused(_NOT_AS_MEANT)
        place(draft, target)
        sync_folder(target.parent)


def _pack(file: int, members: Sequence[Unpacked]) -> None:
    with os.fdopen(file, "wb", closefd=False) as opened, ZipFile(opened, "w") as archive:
        for member in members:
            told = ZipInfo(member.name, _date(member.modified))
            told.file_size, told.external_attr = member.size, _FILE
            with member.path.open("rb") as content, archive.open(told, "w") as packed:
                shutil.copyfileobj(content, packed, 2**18)


def _date(modified: datetime | None) -> tuple[int, int, int, int, int, int]:
    """Return a date as DOS can tell it: local, and from 1980 on."""
    local = (modified or _OLDEST).replace(microsecond=0)
    local = local.astimezone().replace(tzinfo=None) if local.tzinfo else local
    kept = min(max(local, _OLDEST), _LATEST)
    return kept.year, kept.month, kept.day, kept.hour, kept.minute, kept.second


def _holds(path: Path, members: Sequence[Unpacked], contents: Contents) -> bool:
    """Tell whether a CBZ holds these members, whole, and reads as the original did."""
    written = read(path)
    if written.fault or written.format != "cbz" or written.documents != contents.documents:
        return False
    if len(written.pages or ()) != len(contents.pages or ()):
        return False
    if contents.fingerprint and written.fingerprint != contents.fingerprint:
        return False
    with ZipFile(path) as archive:
        held = [(told.filename, told.CRC, told.file_size) for told in archive.infolist()]
        wanted = [(member.name, member.crc, member.size) for member in members]
        is_stored = all(told.compress_type == ZIP_STORED for told in archive.infolist())
        return held == wanted and is_stored and archive.testzip() is None
