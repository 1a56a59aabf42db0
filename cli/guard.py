"""Stand by `longbox serve`, and end its children should it be killed.

A script for `cli.tree` alone, which starts it as `guard.py GRACE`, with the end of a pipe as its
input. A line there is a process group that now lives, or, with a minus, one that no longer does.
The kernel ends the input when the tree has ended, however it did; what then still lives gets
SIGTERM, and its group SIGKILL after GRACE seconds. It imports no package, which saves memory.
"""

import os
import signal
import sys
import time
from contextlib import suppress


def main() -> None:
    """Wait for the end of the input, and end the groups that are left."""
    living = set[int]()
    for line in sys.stdin:
        group = int(line)
        if group > 0:
            living.add(group)
        else:
            living.discard(-group)
    end = time.monotonic() + float(sys.argv[1])
    for leader in living:
        sent(leader, signal.SIGTERM)
    while any(sent(-group, 0) for group in living) and time.monotonic() < end:
        time.sleep(0.05)
    for group in living:
        sent(-group, signal.SIGKILL)


def sent(pid: int, number: int) -> bool:
    """Send a signal to a process, or, with a minus, to its group; tell whether there is one.

    The signal 0 only asks.
    """
    with suppress(ProcessLookupError, PermissionError):  # macOS denies zombies
        os.kill(pid, number)
        return True
    return False


if __name__ == "__main__":
    main()
