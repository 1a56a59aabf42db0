"""The processes that carry out batches."""

import os
import secrets
import socket
import sys
from functools import partial
from typing import Final

from cli import environment, tree
from comics.confinement import limit_memory
from db import alive, engine
from worker.run import run

MEMORY: Final = 2 * 2**30  # bytes of address space: what unpacks archives may need much
NICENESS: Final = 10  # requests come first


def children() -> list[tree.Child]:
    """Return the workers of the tree, each a process: a damaged comic may end one, not all."""
    command = [sys.executable, "-P", "-m", "cli", "worker", "--alone"]
    return [tree.Child(f"worker {place + 1}", command) for place in range(environment.workers())]


def confine() -> None:
    """Bound what this process may take of the machine."""
    limit_memory(MEMORY)
    os.nice(NICENESS)


async def work() -> None:
    """Carry out batches until cancelled, under a name that no other worker has or had."""
    connect = partial(engine.working, known_as=alive.known_as("worker"))
    await run(connect, f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")
