"""How the libraries' folders are: there, to be read and written, full of comics, with a trash."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.filesize import decimal

from cli.doctor_findings import Finding, broken, doubtful, well
from cli.doctor_machine import room, writable
from comics.paths import from_text
from comics.roots import BadRoot, check, holds_anything
from comics.writing import trash
from db.libraries import Library

MOST: Final = 100_000  # files of a trash that are counted


def libraries(known: list[Library]) -> Iterator[Finding]:
    """Tell of each library, and of the disks that they are on."""
    if not known:
        yield doubtful(
            "library", "There is no library yet.", "Add one: `longbox library add FOLDER`."
        )
    for library in known:
        yield from folder(library)
    yield from room({f"library {one.name}": Path(from_text(one.root)) for one in known})


def folder(library: Library) -> Iterator[Finding]:
    """Tell how the folder of a library is."""
    try:
        check(library.root)
    except BadRoot as error:
        yield broken(
            "library",
            str(error),
            f"Mount the disk that it is on, or say where it is now: `longbox library edit "
            f"{library.id} --root FOLDER`. Its comics keep their marks.",
        )
        return
    if library.files and not holds_anything(from_text(library.root)):
        yield broken(
            "library",
            f"{library.root} is empty, though {library.files:,} comics are known in it.",
            "Mount the disk that it is on. If they are gone for good: `longbox scan "
            "--accept-empty`.",
        )
        return
    yield rights(library)
    yield from trashed(library)


def rights(library: Library) -> Finding:
    """Tell whether comics of a library can be changed, if they may be."""
    told = f"{library.root} has {library.files:,} comics"
    if library.read_only:
        return well("library", f"{told}, and none of them is ever changed.")
    return writable(
        "library",
        Path(from_text(library.root)),
        f"{told}.",
        "Give this user the right to write there, or have the library be read-only: "
        f"`longbox library edit {library.id} --read-only`.",
    )


def trashed(library: Library) -> Iterator[Finding]:
    """Tell how much lies in a library's trash, if anything does."""
    number = total = 0
    for file in files_below(os.path.join(from_text(library.root), trash.FOLDER)):  # noqa: PTH118  bytes
        number, total = number + 1, total + file.stat(follow_symlinks=False).st_size
        if number == MOST:
            break
    if number:
        yield well(
            "trash",
            f"{number:,} comics, {decimal(total)}, lie in the trash of {library.root}: "
            "`longbox batch purge --all` empties it.",
        )


def files_below(place: str) -> Iterator["os.DirEntry[str]"]:
    """Yield the files in a folder and in those in it; what cannot be listed has none."""
    try:
        entries = list(os.scandir(place))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from files_below(entry.path)
        else:
            yield entry
