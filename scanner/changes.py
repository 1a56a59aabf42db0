"""What has changed in a library's folder, kept until it is quiet."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

QUIET: Final = 5.0  # seconds without a change after which a file is taken for written
LONGEST: Final = 600.0  # seconds after which a scan looks though the changes go on
MANY: Final = 100  # changed places, beyond which the whole library is one
FEW: Final = 10  # changed files of one folder, beyond which the folder is one


class Pending:
    """The places that changed; of one within another, the outer stands for both.

    Moments are seconds of any clock that does not go back.
    """

    def __init__(self) -> None:
        self._touched: dict[str, tuple[float, float]] = {}  # the first change, and the last

    def touch(self, path: str, now: float) -> None:
        """Note a change of a file or a folder; "" is the whole library."""
        place = next((outer for outer in outward(path) if outer in self._touched), path)
        first, _ = self._touched.get(place, (now, now))
        self._touched[place] = first, now
        if len(self._touched) > MANY:
            self._touched = {"": (min(first for first, _ in self._touched.values()), now)}

    def touch_all(self, paths: Iterable[str], now: float) -> None:
        """Note changes that are told at once, in no order: a folder stands for what is in it."""
        for path in sorted(paths):
            self.touch(path, now)

    def take_quiet(self, now: float) -> list[str]:
        """Return the places where nothing has changed for a while, or has for too long."""
        quiet = [
            place
            for place, (first, last) in self._touched.items()
            if now - last >= QUIET or now - first >= LONGEST
        ]
        for place in quiet:
            del self._touched[place]
        return outermost(widen(quiet))


def outward(path: str) -> list[str]:
    """Return a path and the folders that it is in, out to the library's own."""
    names = path.split("/")
    return ["/".join(names[:depth]) for depth in range(len(names), -1, -1)]


def widen(places: list[str]) -> set[str]:
    """Put a folder in the place of its files where many of them have changed."""
    folders = Counter(place.rpartition("/")[0] for place in places)
    crowded = {folder for folder, count in folders.items() if count > FEW}
    return {
        folder if (folder := place.rpartition("/")[0]) in crowded else place for place in places
    }


def outermost(places: set[str]) -> list[str]:
    """Leave out what is within another of these places."""
    return sorted(place for place in places if places.isdisjoint({*outward(place)} - {place}))
