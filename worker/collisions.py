"""Find out before anything moves which comics would get a name that another has.

Names that differ in letter case or in how Unicode spells them count as one: some disks take them
for one, and who copies the library to such a disk would lose a comic.
"""

import os
import posixpath
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from comics.paths import locate, to_text
from db.batch_items import Claimed
from worker import circles
from worker.planning import Intention

Place = tuple[str, str]
"""A folder and a name in it, of all that count as one."""


class Blocked(NamedTuple):
    """A comic, and the whole paths of those files that have the name which it is to get."""

    intention: Intention
    holders: list[str]


class Arrangement(NamedTuple):
    """What can be done, in an order in which no name is taken, and what cannot."""

    ready: list[Intention]
    blocked: list[Blocked]


class Names:
    """The names that are taken in folders, as the disk tells, and as they are about to be."""

    def __init__(self, leaving: Iterable[str] = ()) -> None:
        self._folders: dict[str, dict[str, set[str]]] = {}
        for path in leaving:
            self.leave(path)

    def holders(self, path: str, but: str) -> list[str]:
        """Return the paths of the files that have this name in its folder, but for one of them."""
        folder, _ = posixpath.split(path)
        held = self._have(path)
        return [other for name in sorted(held) if (other := posixpath.join(folder, name)) != but]

    def leave(self, path: str) -> None:
        """Leave a name."""
        self._have(path).discard(posixpath.basename(path))

    def take(self, path: str) -> None:
        """Take a name."""
        self._have(path).add(posixpath.basename(path))

    def _have(self, path: str) -> set[str]:
        folder, name = place_of(path)
        if folder not in self._folders:
            self._folders[folder] = defaultdict(set)
            for entry in _entries(folder):
                self._folders[folder][_fold(entry)].add(entry)
        return self._folders[folder][name]


def arrange(intentions: Sequence[Intention], leaving: Iterable[str] = ()) -> Arrangement:
    """Find the order in which comics get their names; what is `leaving` will have left its own.

    All are of one batch. Of those that want one name the first gets it; who is in the way of
    another and moves away itself goes first; of those that want each other's names, in a circle,
    one steps aside.
    """
    names = Names(leaving)
    ready: list[Intention] = []
    waiting: defaultdict[Place, list[Intention]] = defaultdict(list)
    for intention in intentions:
        _settle(intention, names, ready, waiting)
    stuck = {_old(one): one for those in waiting.values() for one in those}
    stuck = {path: stuck[path] for path in map(_old, intentions) if path in stuck}
    for circle in list(_find_circles(stuck, names)):
        ready += circles.form([stuck.pop(path) for path in circle])
    return Arrangement(ready, [Blocked(one, _holders(one, names)) for one in stuck.values()])


def sort_out(arranged: Arrangement, restless: Iterable[str]) -> tuple[list[Claimed], list[Claimed]]:
    """Return who waits for a name that may yet be left, and who is not to get it.

    Names may be left by the files that are `restless`, by whoever waits itself, and by those that
    are not there any more, unless one that is ready comes there.
    """
    promised = {destination(one) for one in arranged.ready}
    wanted = {holder for one in arranged.blocked for holder in one.holders}
    may_leave = {path for path in wanted - promised if not os.path.lexists(locate("/", path))}
    may_leave |= set(restless)
    left, waiting = arranged.blocked, list[Claimed]()
    while more := [one.intention for one in left if may_leave.issuperset(one.holders)]:
        left = [one for one in left if not may_leave.issuperset(one.holders)]
        may_leave |= set(map(_old, more))
        waiting += [one.claimed for one in more]
    return waiting, [one.intention.claimed for one in left]


def destination(intention: Intention) -> str | None:
    """Return the whole path that a comic is to get in its library, None where it keeps its own."""
    old, new = intention.claimed.path, intention.journal.path
    if new is None or (new == old and not intention.claimed.missing):
        return None
    return posixpath.join(intention.claimed.root, new)


def place_of(path: str) -> Place:
    """Return the place of a path, which others may spell in another way."""
    folder, name = posixpath.split(path)
    return folder, _fold(name)


def _settle(
    first: Intention,
    names: Names,
    ready: list[Intention],
    waiting: defaultdict[Place, list[Intention]],
) -> None:
    """Give a comic its name, and then those their names that have waited for its own."""
    freed = [first]
    while freed:
        one = freed.pop()
        new = destination(one)
        if new is None:
            ready.append(one)
        elif names.holders(new, _old(one)):
            waiting[place_of(new)].append(one)
        else:
            names.leave(_old(one))
            names.take(new)
            ready.append(one)
            freed += reversed(waiting.pop(place_of(_old(one)), []))


def _find_circles(stuck: dict[str, Intention], names: Names) -> Iterator[list[str]]:
    """Yield the paths of those that want each other's names, each that of the one behind it."""
    seen = set[str]()
    for path in stuck:
        at, walk = path, list[str]()
        while at in stuck and at not in seen:
            seen.add(at)
            walk.append(at)
            held = _holders(stuck[at], names)
            at = held[0] if len(held) == 1 else ""
        circle = walk[walk.index(at) :] if at in walk else []
        if circle and circles.can_turn([stuck[one] for one in circle]):
            yield circle


def _holders(intention: Intention, names: Names) -> list[str]:
    new = destination(intention)
    return names.holders(new, _old(intention)) if new else []


def _old(intention: Intention) -> str:
    return posixpath.join(intention.claimed.root, intention.claimed.path)


def _entries(folder: str) -> Iterable[str]:
    try:
        return [to_text(name) for name in os.listdir(locate("/", folder))]  # noqa: PTH208 (names)
    except OSError:
        return []


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
