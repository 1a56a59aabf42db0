"""What a check against the committed table lets through, and what it does not."""

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import URL

from bench import __main__ as bench
from bench.checking import TOLERANCE, ratios, worse
from bench.plan import Place, Plan
from bench.table import Figure, Goal, at_least, at_most, table

ROOT = Path(__file__).parents[2]


def figure(ratio: float, goal: Goal | None, name: str = "pages", which: str = "") -> Figure:
    """Say that so much has been measured."""
    return Figure(name, "", "", ratio, goal, which)


@pytest.mark.parametrize(
    ("goal", "had", "passes", "fails"),
    [
        (at_most(1), 0.5, 1.0, 1.01),
        (at_most(1), 2.0, 2.0 * TOLERANCE, 2.0 * TOLERANCE + 0.01),
        (at_least(1), 3.0, 1.0, 0.99),
        (at_least(1), 0.5, 0.5 / TOLERANCE, 0.5 / TOLERANCE - 0.01),
    ],
)
def test_a_figure_keeps_its_bound_or_what_it_had_when_it_missed_that(
    goal: Goal, had: float, passes: float, fails: float
) -> None:
    known = ratios(table([figure(had, goal)]))
    assert worse([figure(passes, goal)], known) == {}
    assert list(worse([figure(fails, goal)], known)) == ["pages"]


def test_a_figure_without_a_bound_may_be_anything() -> None:
    assert worse([figure(99, None)], ratios(table([figure(1, None)]))) == {}


def test_a_figure_that_is_new_keeps_its_bound() -> None:
    assert worse([figure(0.9, at_most(1), "new"), figure(1.1, at_most(1), "newer")], {}) == {
        "newer": "1.10, and at most 1.00 is allowed"
    }


def test_the_worst_of_many_is_held_against_the_worst_of_the_committed_run() -> None:
    known = ratios(table([figure(2, at_most(1), which="sort=name"), figure(0.9, None, "pages, b")]))
    assert worse([figure(2, at_most(1), which="sort=size")], known) == {}
    assert worse([figure(2, at_most(1), "pages, b")], known) != {}


def test_every_committed_figure_is_read() -> None:
    committed = (ROOT / "bench" / "results.md").read_text()
    assert len(ratios(committed)) == len(committed.splitlines()) - 2


@pytest.mark.parametrize(("second", "fails"), [((0.9, 1.1), False), ((1.1, 0.9), True)])
def test_what_got_worse_is_measured_once_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, second: tuple[float, float], *, fails: bool
) -> None:
    measured = iter([(1.1, 0.9), second])

    def measure(*_: object) -> list[Figure]:
        pages, others = next(measured)
        return [figure(pages, at_most(1)), figure(others, at_most(1), "others")]

    (tmp_path / "results.md").write_text(table([figure(1, at_most(1))]))
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "results.md")
    monkeypatch.setattr(bench, "PARTS", {"some": measure})
    nowhere = URL.create("postgresql+psycopg")
    plan, place = Plan(1, 1, 1, 1, 1, 1), Place(tmp_path, tmp_path, *[nowhere] * 5)
    parts = {"some": bench.measure("some", plan, place)}
    if fails:
        with pytest.raises(SystemExit, match=r"^Worse than it was:\npages: 1.10[^\n]*$"):
            bench.check(parts, plan, place)
    else:
        bench.check(parts, plan, place)
    assert list(measured) == []


def test_make_checks_what_the_bench_measures() -> None:
    command = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "--assume-old=dev", "bench-check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert command.stdout.rstrip().endswith("python -m bench --check")
