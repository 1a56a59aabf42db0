"""Batches that want one name lose no comic: the bench of it, in a few rounds."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_batches_and_a_user_who_want_one_name_lose_no_comic() -> None:
    command = [sys.executable, "-m", "bench.losses", "--batches", "8"]
    told = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    assert [line[0] for line in told.splitlines()] == ["2", "4"]
    assert all("no comic lost" in line and "done" in line for line in told.splitlines())
