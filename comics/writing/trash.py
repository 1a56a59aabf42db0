"""Put away what is no longer wanted, so that it can be had back.

The trash is a folder of the library's root; below it, files lie in the folders that they come from.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from comics.writing.moving import move
from comics.writing.refusals import Occupied, explained


def move_to_trash(path: Path, trash: Path) -> Path:
    """Move a file to the trash, never over another, and return where it lies then.

    A second file of the same name becomes "name (2).cbr", and so on. A file from outside the
    trash's parent keeps its whole path. Raises a `Refused` and leaves the file where it is if the
    disk fails.
    """
    whole = path.absolute()
    folder = trash / _relative(whole.parent, trash.absolute().parent)
    with explained():
        folder.mkdir(parents=True, exist_ok=True)
    for name in _names(path):
        with suppress(Occupied):
            move(whole, folder / name)
            return folder / name
    raise AssertionError("There is always another number.")


def restore(trashed: Path, path: Path, trash: Path) -> None:
    """Move a file from the trash back to its path, and remove the folders that this empties.

    Raises a `Refused` if there is another file by now, or if the disk fails.
    """
    with explained():
        path.parent.mkdir(parents=True, exist_ok=True)
    move(trashed, path)
    for folder in trashed.parents:
        if not folder.is_relative_to(trash) or any(folder.iterdir()):
            break
        with explained():
            folder.rmdir()


def _names(path: Path) -> Iterator[str]:
    yield path.name
    for number in count(2):
        yield f"{path.stem} ({number}){path.suffix}"


def _relative(folder: Path, root: Path) -> Path:
    return folder.relative_to(root if folder.is_relative_to(root) else folder.anchor)
