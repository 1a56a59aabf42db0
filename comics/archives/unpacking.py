"""Unpack a comic whole, or one file of it, whatever its format, into numbered files."""

import os
from pathlib import Path

from comics.archives.contents import Fault, Member
from comics.archives.formats import identify
from comics.archives.rars import unpack_rar
from comics.archives.reading import open_file
from comics.archives.sevenzips import unpack_7z
from comics.archives.tars import unpack_tar
from comics.archives.unpacked import Store, Unpacked
from comics.archives.zips import unpack_zip

__all__ = ["Unpacked", "unpack", "unpack_one"]


def unpack(
    path: str | bytes | os.PathLike[str], folder: Path, *, most_bytes: int
) -> list[Unpacked]:
    """Unpack all files of an archive, in its order, into an empty folder.

    Folders and links are left out. Each file's bytes are checked against the size and the checksum
    that the archive has for it, and no more than `most_bytes` are written. Raises a `Fault` if
    anything is damaged, encrypted or too large, and OSErrors of the disk; files that are whole stay
    in the folder then.
    """
    store = Store(folder, most_bytes)
    _unpack(path, store)
    return store.in_order()


def unpack_one(
    path: str | bytes | os.PathLike[str], member: Member, folder: Path, *, most_bytes: int
) -> Unpacked:
    """Unpack one file of an archive, as its directory has it, as `unpack` does with all."""
    if member.size > most_bytes:
        raise Fault(f"{member.name} is larger than {most_bytes:,} bytes.")
    store = Store(folder, most_bytes)
    _unpack(path, store, member)
    unpacked = store.in_order()
    if not unpacked:
        raise Fault(f"{member.name} is no longer in the archive.")
    return unpacked[0]


def _unpack(path: str | bytes | os.PathLike[str], store: Store, only: Member | None = None) -> None:
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        found = identify(file, size)
        if found.form == "cbz":
            unpack_zip(file, size, store, only)
        elif found.form == "cbr":
            unpack_rar(file, size, store, found.start, only)
        elif found.form == "cb7":
            unpack_7z(file, size, store, only)
        else:
            unpack_tar(file, size, store, only)
