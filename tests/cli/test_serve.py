"""`longbox serve`, all of it: what it starts, what it says, and that nothing of it is left."""

import json
import os
import signal
import time
import urllib.request
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import processes
from tests.cli.conftest import Served, Start, stop, until
from tests.conftest import answer_of
from tests.disk import write_comic, write_slow_comics


def ask(served: Served, path: str) -> dict[str, Any]:
    """Return the answer to a GET request."""
    with urllib.request.urlopen(f"{served.address}{path}", timeout=5) as answer:  # noqa: S310  our own server
        found: dict[str, Any] = json.load(answer)
        return found


def names(served: Served) -> list[str]:
    """Return the comics that are listed."""
    return [file["name"] for file in ask(served, "/api/files")["files"]]


def living(pids: set[int]) -> set[int]:
    """Return those of these processes that still live."""
    return pids & {process.pid for process in processes.every()}


def test_two_installations_live_side_by_side_and_leave_nothing_behind(
    start: Start, home: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        write_comic(tmp_path / name / f"{name}.cbz")
    served = [
        start(tmp_path / name, home.with_name(name), GUNICORN_WORKERS="1")
        for name in ("one", "two")
    ]
    for each, name in zip(served, ("one", "two"), strict=True):
        until(lambda each=each, name=name: names(each) == [f"{name}.cbz"])  # type: ignore[misc]
    left = {pid for each in served for pid in each.all_pids()}
    assert len(left) > 20
    one, two = served
    assert stop(one.process) == 0
    assert names(two) == ["two.cbz"]
    assert stop(two.process) == 0
    until(lambda: not living(left), seconds=5)
    for each in served:
        first, warning = each.output.read_text().splitlines()
        assert first == f"Longbox is at {each.address}"
        assert "whoever uses this machine may do everything" in warning
        assert answer_of(f"{each.address}/health") is None
        assert not (each.home / "postgres" / "data" / "postmaster.pid").exists()


@pytest.fixture
def served(start: Start, tmp_path: Path, home: Path, database_url: str) -> Served:
    """Have Longbox running on a database of the user's own, over a library that takes seconds."""
    write_slow_comics(tmp_path / "comics", 1500)
    environment = {"DATABASE_URL": database_url, "GUNICORN_WORKERS": "1", "MAX_WORKERS": "1"}
    return start(tmp_path / "comics", home, **environment)


def test_with_a_database_of_the_users_own_none_is_started(served: Served, home: Path) -> None:
    assert not processes.below(served.process.pid, "postgres")
    assert [each.name for each in home.iterdir()] == ["logs"]
    assert stop(served.process) == 0


def test_what_one_of_its_processes_logs_another_can_show(served: Served, home: Path) -> None:
    (scheduler,) = processes.below(served.process.pid, "-m cli scheduler")
    os.kill(scheduler.pid, signal.SIGKILL)
    until(lambda: (home / "logs" / "longbox.log").stat().st_size)
    (line,) = map(json.loads, ask(served, "/api/logs")["logs"].splitlines())
    assert (line["event"], line["child"], line["level"]) == ("child died", "scheduler", "warning")
    assert stop(served.process) == 0


def test_sigterm_in_the_middle_of_a_scan_interrupts_it_and_leaves_no_process(
    served: Served, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        until(lambda: conn.execute("SELECT FROM scans WHERE state = 'running'").rowcount)
        until(lambda: processes.below(served.process.pid, "scanner.reader"))
        left = served.all_pids()
        began = time.monotonic()
        assert stop(served.process) == 0
        assert time.monotonic() - began < 5
        assert conn.execute("SELECT state FROM scans").fetchall() == [("interrupted",)]
    until(lambda: not living(left), seconds=3)
