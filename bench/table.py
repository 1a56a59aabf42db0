"""What a measurement has told, and the Markdown table of them all."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

HEADINGS = ("figure", "measured", "limit in the same run", "ratio", "must reach", "reached")
LEAST = 0.1  # with two decimals; what is less has one digit that says something
ALIGNED = ("---", "---:", "---:", "---:", "---:", "---")


class Goal(Struct, frozen=True):
    """What a ratio must reach."""

    side: Literal["at least", "at most"]
    ratio: float

    def reached(self, ratio: float) -> bool:
        """Tell whether this ratio does."""
        return ratio >= self.ratio if self.side == "at least" else ratio <= self.ratio


class Figure(Struct, frozen=True):
    """One figure beside its limit; both are text with their units, and medians unless they say so.

    A figure without a goal is there to be known.
    """

    name: str
    measured: str
    limit: str
    ratio: float
    goal: Goal | None = None
    which: str = ""  # of those that were measured this is, which may be another in the next run


def at_least(ratio: float) -> Goal:
    """Ask for this much of the limit, or more."""
    return Goal("at least", ratio)


def at_most(ratio: float) -> Goal:
    """Ask for this many times the limit, or fewer."""
    return Goal("at most", ratio)


def row(figure: Figure) -> tuple[str, ...]:
    """Write the cells of a figure's row."""
    name = f"{figure.name}, `{figure.which}`" if figure.which else figure.name
    ratio = f"{figure.ratio:.2f}" if figure.ratio >= LEAST else f"{figure.ratio:.1g}"
    if figure.goal is None:
        return (name, figure.measured, figure.limit, ratio, "", "")
    must = f"{figure.goal.side} {figure.goal.ratio:g}"
    reached = "yes" if figure.goal.reached(figure.ratio) else "**no**"
    return (name, figure.measured, figure.limit, ratio, must, reached)


def table(figures: Iterable[Figure]) -> str:
    """Write the Markdown table."""
    rows = [HEADINGS, ALIGNED, *map(row, figures)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
