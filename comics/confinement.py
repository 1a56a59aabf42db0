"""Confine a process that reads comics: a damaged archive may crash, hang or exhaust it.

Such a process is the leader of a group of its own, so that the programs which unpack for it end
with it. `comics.children` is the other end of its pipes.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

_MEMORY = 2**30  # bytes of address space
_NICENESS = 10  # requests come first
_WATCH = 1.0  # seconds between two looks at whether the parent lives


def answer_lines(answer: Callable[[bytes], bytes]) -> None:
    """Be such a process: say that it is ready, and answer each line until there are no more."""
    confine()
    _write(b"")
    for line in sys.stdin.buffer:
        _write(answer(line))


def confine() -> None:
    """Bound this process's memory, let others go first, and end it with its parent."""
    end_with_parent()
    limit_memory()
    os.nice(_NICENESS)


def end_with_parent() -> None:
    """End when the parent does, even in the middle of a file, and leave Ctrl-C to the parent."""
    os.setpgid(0, 0)
    parent = os.getppid()

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _WATCH, _WATCH)


def limit_memory(most: int = _MEMORY) -> None:
    """Have this process fail with MemoryError long before the machine runs out."""
    # Some systems name the limit and refuse to set it.
    with suppress(AttributeError, ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
