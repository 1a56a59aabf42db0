"""What this process counts of its own work, until `db.metrics` adds it to what all have counted.

To count costs a fraction of a microsecond, for it is done for every request.
"""

from bisect import bisect_left
from typing import Final, NamedTuple

from msgspec import Struct

BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds up to which each bucket reaches; one more has all that took longer."""


class Series(NamedTuple):
    """What took time: the name of the figure, and the values of its labels."""

    name: str
    labels: tuple[str, ...]


class Counted(Struct):
    """How often it took how long, by bucket, and the seconds in all."""

    counts: list[int]
    seconds: float = 0.0


_counted: dict[Series, Counted] = {}  # and not saved yet


def observe(series: Series, seconds: float) -> None:
    """Count that something took so long."""
    known = _counted.get(series)
    if known is None:
        known = _counted[series] = Counted([0] * (len(BOUNDS) + 1))
    known.counts[bisect_left(BOUNDS, seconds)] += 1
    known.seconds += seconds


def take() -> dict[Series, Counted]:
    """Return all that was counted, and begin anew."""
    taken = _counted.copy()
    _counted.clear()
    return taken


def give_back(taken: dict[Series, Counted]) -> None:
    """Count what was taken all the same."""
    for series, counted in taken.items():
        known = _counted.setdefault(series, Counted([0] * len(counted.counts)))
        known.counts = [sum(pair) for pair in zip(known.counts, counted.counts, strict=True)]
        known.seconds += counted.seconds
