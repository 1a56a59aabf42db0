"""Kill conversions of one comic, each a little later, until one gets to its end; print how many.

Run by test_converting.py as `kill_conversions.py COMIC TRASH`: a process of its own forks cheaply.
"""

import os
import signal
import sys
import time
from pathlib import Path

from comics.writing.converting import convert

STEP = 0.0005  # seconds


def kill_after(seconds: float, path: Path, trash: Path) -> bool:
    """Convert in a child, kill it after some time, and tell whether that was too late."""
    child = os.fork()
    if not child:
        try:
            convert(path, trash)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return not os.WIFSIGNALED(os.waitpid(child, 0)[1])


def main() -> None:
    """Kill until there is nothing left to convert."""
    path, trash = map(Path, sys.argv[1:])
    original, kills = path.read_bytes(), 0
    while not kill_after(kills * STEP, path, trash):
        kills += 1
        kept = path if path.exists() else trash / path.parent.name / path.name
        if kept.read_bytes() != original:
            raise SystemExit(f"The original is damaged after kill {kills}.")
        if kept != path:
            break
    print(kills)  # noqa: T201 (for the test)


if __name__ == "__main__":
    main()
