"""The bench, on a handful of comics: it must never rot, whatever the figures are."""

import subprocess
import sys
from pathlib import Path

from bench.table import HEADINGS

ROOT = Path(__file__).parents[2]
FIGURES = 63


def test_a_tiny_run_prints_every_figure_beside_its_limit() -> None:
    size = ["--rows", "30,60", "--comics", "12"]
    time = ["--rounds", "1", "--requests", "1", "--seconds", "0.1"]
    told = subprocess.run(
        [sys.executable, "-m", "bench", *size, *time],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    heading, _, *figures = (
        [cell.strip() for cell in row.split("|")[1:-1]] for row in told.splitlines()
    )
    assert tuple(heading) == HEADINGS
    assert len(figures) == FIGURES
    assert [row for row in figures if float(row[3]) <= 0] == []
