"""Which processes there are, as `ps` tells them."""

import os
import subprocess
from contextlib import suppress
from typing import NamedTuple


class Process(NamedTuple):
    """A process; `command` is its arguments with blanks between."""

    pid: int
    parent: int
    state: str
    command: str


def every() -> list[Process]:
    """Return all processes but zombies, which nobody has waited for yet."""
    command = ["ps", "-ww", "-eo", "pid=,ppid=,stat=,args="]
    told = subprocess.run(command, check=True, capture_output=True, text=True, errors="replace")
    rows = [line.split(None, 3) for line in told.stdout.splitlines()]
    found = [Process(int(pid), int(parent), state, *rest) for pid, parent, state, *rest in rows]
    return [process for process in found if not process.state.startswith("Z")]


def below(pid: int, command: str = "") -> list[Process]:
    """Return the processes that this one has started, and theirs, of which the command tells so."""
    living = every()
    found: list[Process] = []
    parents = {pid}
    while children := [one for one in living if one.parent in parents]:
        found += children
        parents = {child.pid for child in children}
    return [process for process in found if command in process.command]


def kill(pid: int, number: int) -> None:
    """Send a signal, unless the process has ended by itself."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)
