"""Put away what is no longer wanted, so that it can be had back.

The trash is a folder of the library's root; below it, files lie in the folders that they come from.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from comics.writing.moving import move, tidy
from comics.writing.refusals import Occupied, explained

FOLDER = ".longbox-trash"
"""The trash's name in a library, hidden, so that no walk looks into it."""


def move_to_trash(path: Path, trash: Path) -> Path:
    """Move a file to the trash, never over another, and return where it lies then.

    A second file of the same name becomes "name (2).cbr", and so on. A file from outside the
    trash's parent keeps its whole path. Raises a `Refused` and leaves the file where it is if the
    disk fails.
    """
    whole = path.absolute()
    for place in places(path, trash):
        with explained():
            place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(Occupied):
            move(whole, place)
            return place
    raise AssertionError("There is always another number.")


def places(path: Path, trash: Path) -> Iterator[Path]:
    """Yield where in the trash a file may lie, in the order in which they are to be tried."""
    folder = trash / _relative(path.absolute().parent, trash.absolute().parent)
    return numbered(folder / path.name)


def numbered(path: Path) -> Iterator[Path]:
    """Yield a path, and then those with a number in their name."""
    yield path
    for number in count(2):
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")


def restore(trashed: Path, path: Path, trash: Path) -> None:
    """Move a file from the trash back to its path, and remove the folders that this empties.

    Raises a `Refused` if there is another file by now, or if the disk fails.
    """
    with explained():
        path.parent.mkdir(parents=True, exist_ok=True)
    move(trashed, path)
    tidy(trashed.parent, trash.parent)


def _relative(folder: Path, root: Path) -> Path:
    return folder.relative_to(root if folder.is_relative_to(root) else folder.anchor)
