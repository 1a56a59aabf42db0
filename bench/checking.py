"""Whether a run keeps what the committed one has reached: `python -m bench --check`.

A figure keeps its bound. One that the committed run has missed may not get worse than it was there,
but for the noise between two runs.
"""

from collections.abc import Iterable, Mapping

from bench.table import Figure, Goal

TOLERANCE = 1.25  # times a missed ratio; less means nothing unless the machine is idle


def ratios(table: str) -> dict[str, float]:
    """Read a table's ratios, by what is in the first cell of their rows."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    return {name: float(ratio) for name, _, _, ratio, *_ in rows}


def committed(figure: Figure, known: Mapping[str, float]) -> float | None:
    """Return the ratio that this figure has had, whichever was the worst then."""
    if not figure.which:
        return known.get(figure.name)
    return next((ratio for name, ratio in known.items() if name.startswith(figure.name)), None)


def bound(figure: Figure, known: Mapping[str, float]) -> Goal | None:
    """Return what this figure has to reach, if anything."""
    goal, had = figure.goal, committed(figure, known)
    if goal is None or had is None or goal.reached(had):
        return goal
    return Goal(goal.side, had * TOLERANCE if goal.side == "at most" else had / TOLERANCE)


def worse(figures: Iterable[Figure], known: Mapping[str, float]) -> dict[str, str]:
    """Say of each figure that has got worse what it is and what it had to be."""
    told = {}
    for figure in figures:
        must = bound(figure, known)
        if must and not must.reached(figure.ratio):
            told[figure.name] = f"{figure.ratio:.2f}, and {must.side} {must.ratio:.2f} is allowed"
    return told
