"""The process tree of `longbox serve`: children that are restarted, and that end with the tree.

Each child leads a session of its own, so that signals reach its whole process group (gunicorn's
workers, too), and Ctrl-C on the terminal reaches the tree alone. Should the tree be killed, so that
it cannot end its children itself, `cli.guard` does. No child escapes it: a child's first act,
before its command starts, is to report itself to the guard, and until then it holds the pipe open
whose end the guard waits for. This is POSIX and the same on Linux and macOS, where prctl's
PR_SET_PDEATHSIG is Linux alone and does not reach the children's own children.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO

import structlog
from msgspec import Struct

from cli import guard

log = structlog.get_logger()

FIRST_DELAY, LAST_DELAY = 0.5, 30.0  # seconds before a child that died is started again
STEADY = 60.0  # seconds after which a death is no longer a repetition
PULSE = 1.0  # seconds between two calls of tend
STOPPING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
REPORT = 'echo $$ >&0; exec "$@" </dev/null'  # standard input is the guard's pipe


class Child(Struct, frozen=True):
    """A command to keep running, and the name that the log calls it by."""

    name: str
    command: list[str]


class Branch(Struct):
    """A child's process, or when the next is to be started."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    delay: float = FIRST_DELAY
    due: float = 0.0


class Guard:
    """The process of `cli.guard`, and the pipe whose end it waits for.

    What lives already is in the pipe before it starts, so that none is there and does not know.
    """

    def __init__(self, grace: float, living: Iterable[int] = ()) -> None:
        command = [sys.executable, "-I", "-S", guard.__file__, str(grace)]
        end, pipe = os.pipe()
        self.pipe: IO[bytes] = os.fdopen(pipe, "wb", buffering=0)
        try:
            for group in living:
                self.tell(group)
            self.process = subprocess.Popen(  # noqa: S603 - our own script
                command, stdin=end, start_new_session=True
            )
        finally:
            os.close(end)

    def tell(self, group: int) -> None:
        """Tell of a process group that lives, or, with a minus, of one that does no more."""
        with suppress(BrokenPipeError):  # it was killed, and its successor is told what lives
            self.pipe.write(b"%d\n" % group)

    def dismiss(self) -> None:
        """End the pipe, and wait until the guard has seen that nothing is left to do."""
        self.pipe.close()
        self.process.wait()


def run(
    children: list[Child], *, tend: Callable[[], object] | None = None, grace: float = 10.0
) -> int:
    """Keep children running until SIGTERM, SIGINT or SIGHUP; return the code to exit with.

    That is 0, or 78 (EX_CONFIG) if a child ended with it: such a child would never do better, so
    the tree ends. `tend` is called each second, and more often when a child dies; what it raises
    ends the tree. Whoever is left after `grace` seconds is killed. For the main thread.
    """
    branches = [Branch(child) for child in children]
    watch = Guard(grace)
    with _signals() as inbox:
        try:
            while not STOPPING & _received(inbox, _pause(branches)):
                watch = _guarded(watch, branches, grace)
                if os.EX_CONFIG in [_keep(branch, watch) for branch in branches]:
                    return os.EX_CONFIG
                if tend:
                    tend()
            return 0
        finally:
            _stop(branches, watch, grace)
            watch.dismiss()


@contextmanager
def _signals() -> Iterator[int]:
    """Lend a descriptor that reads as a byte for each signal that arrives, its number."""
    inbox, outbox = os.pipe()
    os.set_blocking(outbox, False)
    before = signal.set_wakeup_fd(outbox, warn_on_full_buffer=False)
    handlers = {each: signal.signal(each, _noted) for each in (*STOPPING, signal.SIGCHLD)}
    try:
        yield inbox
    finally:
        for each, handler in handlers.items():
            signal.signal(each, handler)
        signal.set_wakeup_fd(before)
        os.close(inbox)
        os.close(outbox)


def _noted(number: int, frame: FrameType | None) -> None:
    """Leave a signal to the byte that Python has written for it."""


def _received(inbox: int, seconds: float) -> set[int]:
    """Wait for signals, and return their numbers."""
    ready, _, _ = select.select([inbox], [], [], seconds)
    return set(os.read(inbox, 1024)) if ready else set()


def _pause(branches: list[Branch]) -> float:
    """Return the seconds until there is something to do without a signal."""
    now = time.monotonic()
    waits = [branch.due - now for branch in branches if branch.process is None]
    return max(0.0, min([PULSE, *waits]))


def _guarded(watch: Guard, branches: list[Branch], grace: float) -> Guard:
    """Return the guard, or a new one if it was killed."""
    if watch.process.poll() is None:
        return watch
    watch.dismiss()
    return Guard(grace, [branch.process.pid for branch in branches if branch.process])


def _keep(branch: Branch, watch: Guard) -> int | None:
    """Start a child if it is due, and return its exit code if it died."""
    if branch.process is None:
        if time.monotonic() >= branch.due:
            _start(branch, watch)
        return None
    code = branch.process.poll()
    if code is not None:
        _bury(branch, branch.process, watch)
        log.warning("child died", child=branch.child.name, code=code, restart_in=_postpone(branch))
    return code


def _start(branch: Branch, watch: Guard) -> None:
    """Start a child, which reports itself to the guard."""
    branch.process = subprocess.Popen(  # noqa: S603 - the commands are our own
        ["/bin/sh", "-c", REPORT, branch.child.name, *branch.child.command],
        stdin=watch.pipe,
        start_new_session=True,
    )
    branch.began = time.monotonic()


def _bury(branch: Branch, process: subprocess.Popen[bytes], watch: Guard) -> None:
    """Kill what a child has left of its process group, and have the guard forget the group."""
    with suppress(ProcessLookupError, PermissionError):  # macOS denies zombies
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    watch.tell(-process.pid)
    branch.process = None


def _postpone(branch: Branch) -> float:
    """Put off the next start of a child, the longer the more often it died; return the seconds."""
    now = time.monotonic()
    delay = FIRST_DELAY if now - branch.began >= STEADY else branch.delay
    branch.due = now + delay
    branch.delay = min(delay * 2, LAST_DELAY)
    return delay


def _stop(branches: list[Branch], watch: Guard, grace: float) -> None:
    """Ask all children to end, and after `grace` seconds kill what is left of their groups."""
    running = [(branch, branch.process) for branch in branches if branch.process]
    for _, process in running:
        process.terminate()
    end = time.monotonic() + grace
    for _, process in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, end - time.monotonic()))
    for branch, process in running:
        _bury(branch, process, watch)
