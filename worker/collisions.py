"""Find out before anything moves which comics would get a name that another has.

Names that differ in letter case or in how Unicode spells them count as one: some disks take them
for one, and who copies the library to such a disk would lose a comic.
"""

import os
import posixpath
import unicodedata
from collections.abc import Iterable, Sequence

from comics.paths import locate, to_text
from worker.planning import Intention


class Names:
    """The names that are taken in folders, as the disk tells, and as they are about to be."""

    def __init__(self) -> None:
        self._folders: dict[str, dict[str, str]] = {}

    def holder(self, path: str) -> str | None:
        """Return the path of the file that has this name in its folder, or None."""
        folder, name = posixpath.split(path)
        held = self._list(folder).get(_fold(name))
        return None if held is None else posixpath.join(folder, held)

    def move(self, old: str, new: str) -> None:
        """Take a name, and leave another."""
        folder, name = posixpath.split(old)
        self._list(folder).pop(_fold(name), None)
        folder, name = posixpath.split(new)
        self._list(folder)[_fold(name)] = name

    def _list(self, folder: str) -> dict[str, str]:
        if folder not in self._folders:
            self._folders[folder] = {_fold(name): name for name in _entries(folder)}
        return self._folders[folder]


def arrange(intentions: Sequence[Intention]) -> tuple[list[Intention], list[Intention]]:
    """Return what can be done, in an order in which no name is taken, and what cannot.

    Of those that want one name the first gets it; who is in the way of another and moves away
    itself goes first. Names that circle round have nobody who can begin.
    """
    names = Names()
    ready: list[Intention] = []
    waiting: list[Intention] = []
    for intention in intentions:
        (ready if destination(intention) is None else waiting).append(intention)
    while True:
        left: list[Intention] = []
        for intention in waiting:
            (ready if _give(names, intention) else left).append(intention)
        if len(left) == len(waiting):
            return ready, left
        waiting = left


def destination(intention: Intention) -> str | None:
    """Return the whole path that a comic is to get in its library, None where it keeps its own."""
    old, new = intention.claimed.path, intention.journal.path
    if new is None or (new == old and not intention.claimed.missing):
        return None
    return posixpath.join(intention.claimed.root, new)


def _give(names: Names, intention: Intention) -> bool:
    """Give a comic its name, unless another has it."""
    new = destination(intention)
    old = posixpath.join(intention.claimed.root, intention.claimed.path)
    if new is None or names.holder(new) not in {None, old}:
        return False
    names.move(old, new)
    return True


def _entries(folder: str) -> Iterable[str]:
    try:
        return [to_text(name) for name in os.listdir(locate("/", folder))]  # noqa: PTH208 (names)
    except OSError:
        return []


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
