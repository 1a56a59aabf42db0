"""Machines that are taken away while Longbox works: the bench of it, once, with plain processes."""

import subprocess
import sys
from itertools import repeat
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bench.batch_kills import Client
from bench.machines import Machine
from bench.scale import Elsewhere, Lister, Run, Site, check

ROOT = Path(__file__).parents[2]


def test_a_client_whose_machine_is_killed_is_told_the_rest_by_another() -> None:
    command = [sys.executable, "-m", "bench.scale", "--plain", "--hit", "function=killed"]
    small = ["--functions", "2", "--workers", "1", "--comics", "40"]
    played = subprocess.run(
        [*command, *small], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    first, row = played.stdout.splitlines()
    assert first == "Plain processes: none is cut off."
    assert row.startswith("1. function 1 was killed after event ")
    assert "every comic whole and listed once by all" in row


@pytest.mark.parametrize("told", [[0], [0, 1, 1]])
def test_an_event_that_is_told_never_or_twice_is_found(tmp_path: Path, told: list[int]) -> None:
    machine = Machine("function 1", "127.0.0.1", 1)
    client = Client(Elsewhere(repeat(machine)), 1, told=told)
    run = Run(1, machine, "killed", [0, 1], 1, client, Lister([machine]))
    site = Site(tmp_path, make_url("postgresql://nowhere"), [machine], [])
    with pytest.raises(SystemExit, match="each comic is told of once"):
        check(site, run)
