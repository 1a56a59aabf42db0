"""The process tree, with real children that are killed, that die, and that refuse to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from cli import tree
from cli.tree import Child
from tests import processes

ROOT = Path(__file__).parents[2]
GUARD = "/cli/guard.py"
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]

Grow = Callable[..., subprocess.Popen[str]]


class Notes:
    """A file to which children write their pids."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "pids"
        self.file.touch()

    def child(self, then: str, name: str = "child") -> Child:
        """Return a child that notes its pid first."""
        return Child(name, ["sh", "-c", f"echo $$ >> {self.file}; {then}"])

    def steady(self, name: str = "steady") -> Child:
        """Return a child that runs until it is asked to end."""
        return self.child("exec sleep 60", name)

    def stubborn(self) -> Child:
        """Return a child that ignores SIGTERM, as does its own child, whose pid it notes too."""
        return self.child(f"trap '' TERM; sleep 60 & echo $! >> {self.file}; wait")

    def pids(self, count: int) -> list[int]:
        """Wait for so many notes."""
        wait_for(lambda: len(self.file.read_text().splitlines()) >= count)
        return [int(line) for line in self.file.read_text().splitlines()]


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path)


@pytest.fixture
def grow() -> Iterator[Grow]:
    """Return a function that runs a tree in a process of its own."""
    with ExitStack() as stack:

        def start(*children: Child, grace: float = 10) -> subprocess.Popen[str]:
            told = msgspec.json.encode(children).decode()
            process = subprocess.Popen(
                [sys.executable, "tests/cli/grow_tree.py", str(grace), told],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.terminate)
            return process

        yield start


def wait_for(true: Callable[[], object]) -> None:
    """Wait until something is true, for ten seconds."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def state(pid: int) -> tuple[str, int, str]:
    """Return whether a process runs (its state in ps, or nothing), its parent, its command."""
    command = ["ps", "-o", "stat=,ppid=,args=", "-p", str(pid)]
    told = subprocess.run(command, check=False, capture_output=True, text=True).stdout.split(
        None, 2
    )
    return (told[0], int(told[1]), told[2]) if told else ("", 0, "")


def gone(*pids: int) -> bool:
    """Tell whether processes are no more, or zombies that nobody has waited for yet."""
    return all(state(pid)[0][:1] in {"", "Z"} for pid in pids)


def guard_of(process: subprocess.Popen[str]) -> int:
    """Return the pid of a tree's guard, or 0 while there is none."""
    return next((guard.pid for guard in processes.below(process.pid, GUARD)), 0)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_the_tree_and_all_its_children(
    grow: Grow, notes: Notes, number: signal.Signals
) -> None:
    process = grow(notes.steady("one"), notes.steady("two"))
    pids = notes.pids(2)
    guard = guard_of(process)
    process.send_signal(number)
    assert process.wait(5) == 0
    assert gone(*pids, guard)


def test_a_killed_child_is_started_again_and_the_other_left_alone(grow: Grow, notes: Notes) -> None:
    process = grow(notes.steady("one"), notes.steady("two"))
    one, two = notes.pids(2)
    os.kill(one, signal.SIGKILL)
    assert process.stdout
    died = msgspec.json.decode(process.stdout.readline())
    assert died["code"] == -9
    assert died["child"] in {"one", "two"}
    successor = notes.pids(3)[2]
    assert not gone(two, successor)


def test_what_a_killed_child_leaves_is_killed_before_it_is_started_again(
    grow: Grow, notes: Notes
) -> None:
    grow(notes.child(f"sleep 60 & echo $! >> {notes.file}; wait"))
    leader, worker = notes.pids(2)
    os.kill(leader, signal.SIGKILL)
    notes.pids(3)
    assert gone(worker)


def test_a_child_that_ignores_sigterm_is_killed_with_its_own_children(
    grow: Grow, notes: Notes
) -> None:
    process = grow(notes.stubborn(), grace=0.3)
    pids = notes.pids(2)
    process.terminate()
    assert process.wait(5) == 0
    wait_for(lambda: gone(*pids))


def test_the_children_of_a_killed_tree_end(grow: Grow, notes: Notes) -> None:
    process = grow(notes.steady())
    pids = notes.pids(1)
    process.kill()
    wait_for(lambda: gone(*pids))


def test_the_children_of_a_killed_tree_that_ignore_sigterm_are_killed(
    grow: Grow, notes: Notes
) -> None:
    process = grow(notes.stubborn(), grace=0.3)
    pids = notes.pids(2)
    process.kill()
    wait_for(lambda: gone(*pids))


def test_a_killed_guard_is_replaced(grow: Grow, notes: Notes) -> None:
    process = grow(notes.steady())
    pids = notes.pids(1)
    wait_for(lambda: guard_of(process) > 0)
    first = guard_of(process)
    assert first, "to kill 0 would end the tests"
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: guard_of(process) not in {0, first})
    process.kill()
    wait_for(lambda: gone(*pids))


def test_a_child_that_is_misconfigured_ends_the_tree_with_its_code(
    grow: Grow, notes: Notes
) -> None:
    process = grow(notes.steady(), notes.child("sleep 0.2; exit 78"))
    pids = notes.pids(2)
    assert process.wait(5) == 78
    assert gone(*pids)


def test_a_child_that_dies_at_once_is_started_again_ever_more_slowly(
    grow: Grow, notes: Notes
) -> None:
    process = grow(notes.child("exit 3"))
    began = time.monotonic()
    notes.pids(3)
    assert time.monotonic() - began >= 1.4
    assert process.stdout
    deaths = [msgspec.json.decode(process.stdout.readline()) for _ in range(3)]
    assert [death["restart_in"] for death in deaths] == [0.5, 1.0, 2.0]
    assert {death["code"] for death in deaths} == {3}


def test_a_child_that_ran_for_long_is_started_again_as_fast_as_the_first_time(
    notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "STEADY", 0.0)
    monkeypatch.setattr(tree, "FIRST_DELAY", 0.1)
    with capture_logs() as deaths, pytest.raises(EnoughError):
        tree.run([notes.child("exit 3")], tend=lambda: enough(when=len(deaths) == 3))
    assert [death["restart_in"] for death in deaths] == [0.1, 0.1, 0.1]


def test_the_tree_tends_each_second_and_ends_its_children_when_that_fails(notes: Notes) -> None:
    calls: list[float] = []

    def tend() -> None:
        calls.append(time.monotonic())
        enough(when=len(calls) == 3)

    with pytest.raises(EnoughError):
        tree.run([notes.steady()], tend=tend)
    assert [round(after - before) for before, after in pairwise(calls)] == [
        1,
        1,
    ]
    assert gone(*notes.pids(1))
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


class EnoughError(Exception):
    """What ends a tree that runs in this process."""


def enough(*, when: bool) -> None:
    """End the tree that calls this, in time."""
    if when:
        raise EnoughError
