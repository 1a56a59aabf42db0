"""Unpack a comic whole, whatever its format, into numbered files."""

import os
from pathlib import Path

from comics.archives.formats import identify
from comics.archives.rars import unpack_rar
from comics.archives.reading import open_file
from comics.archives.sevenzips import unpack_7z
from comics.archives.tars import unpack_tar
from comics.archives.unpacked import Store, Unpacked
from comics.archives.zips import unpack_zip

__all__ = ["Unpacked", "unpack"]


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
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        found = identify(file, size)
        if found.form == "cbz":
            unpack_zip(file, size, store)
        elif found.form == "cbr":
            unpack_rar(file, size, store, found.start)
        elif found.form == "cb7":
            unpack_7z(file, size, store)
        else:
            unpack_tar(file, size, store)
    return store.in_order()
