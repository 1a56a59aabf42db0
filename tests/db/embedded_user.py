"""A user of the private server, as a process: joins, obeys lines, leaves when its input ends.

Usage: embedded_user.py FOLDER [UID]. With a UID, root becomes that user first; it does so here
because root's Python may lie where nobody else can start it.
"""

# ruff: noqa: T201 - what it prints is what it tells the test
import os
import sys
from pathlib import Path

from db import embedded

folder = Path(sys.argv[1])
if len(sys.argv) > 2:
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))
with embedded.server(folder, fsync="off") as url:
    print(url, flush=True)
    for line in sys.stdin:
        if line == "revive\n":
            print(embedded.revive(folder), flush=True)
