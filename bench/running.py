"""The functions as production runs them, and what processes use."""

import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from socket import socket

from msgspec import Struct
from sqlalchemy import URL

from bench.asking import Connection
from bench.plan import ROOT
from db.engine import conninfo

FUNCTIONS = ("cli", "functions")  # a module and its arguments
LIVE = "/health/live"
PATIENCE = 60.0  # seconds
TICK = 1000 / os.sysconf("SC_CLK_TCK")  # milliseconds


class Running(Struct, frozen=True):
    """A running gunicorn: the port it answers at, and its master process."""

    port: int
    master: int

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        return children(self.master)

    @contextmanager
    def clients(self, number: int) -> Iterator[list[Connection]]:
        """Connect so many clients, the same number to each worker.

        Whichever worker is first accepts a connection. So more of them are opened than are used.
        """
        with ExitStack() as stack:
            used: defaultdict[int, list[Connection]] = defaultdict(list)
            while self.lacks(used, number):
                connection = stack.enter_context(Connection(self.port))
                connection.ask(LIVE)
                used[self.holder(connection)].append(connection)
            share = number // len(used)
            yield [connection for theirs in used.values() for connection in theirs[:share]]

    def lacks(self, used: Mapping[int, list[Connection]], number: int) -> bool:
        """Tell whether some worker, one that has just started too, has less than its share."""
        workers = self.workers()
        return any(len(used[worker]) < number // len(workers) for worker in workers)

    def holder(self, connection: Connection) -> int:
        """Return the worker that has accepted this connection: it holds the socket's other end."""
        port = connection.socket.getsockname()[1]
        sockets = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
        ends = {(local[-4:], remote[-4:]): row[6] for _, local, remote, *row in sockets}
        held = f"socket:[{ends[f'{self.port:04X}', f'{port:04X}']}]"
        for worker in self.workers():
            if held in opened(worker):
                return worker
        raise ProcessLookupError(f"No worker has accepted {held}.")


def opened(process: int) -> Iterator[str]:
    """Yield what a process has open, but for what it closes meanwhile."""
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            yield str(descriptor.readlink())


@contextmanager
def running(
    url: URL, *, workers: int, module: Iterable[str] = FUNCTIONS, **more: str
) -> Iterator[Running]:
    """Run the functions on this database until they are live, and end them in the end.

    A line is logged for each request, as in production, but to no disk.
    """
    port = free_port()
    environment = {
        "DATABASE_URL": conninfo(url),
        "WEB_PORT": str(port),
        "GUNICORN_WORKERS": str(workers),
        "LOG_LEVEL": "info",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        env=os.environ | environment | more,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_live(port)
        yield Running(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def await_live(port: int) -> None:
    """Ask until somebody answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError), Connection(port) as connection:
            connection.ask(LIVE)
            return
        time.sleep(0.005)
    raise TimeoutError(f"{LIVE} was not answered within {PATIENCE:g} seconds.")


def postmaster(folder: Path) -> int:
    """Return the first process of the private server in this folder."""
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def children(process: int) -> list[int]:
    """Return the processes that this one has started and that live."""
    return [
        int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


def cpu(process: int) -> float:
    """Return the milliseconds of CPU that a process and its children have used until now."""
    ticks = 0
    for child in children(process):
        with suppress(FileNotFoundError):  # it has just ended, and its parent knows its ticks
            ticks += sum(_ticks(child)[:2])
    return (ticks + sum(_ticks(process))) * TICK


def _ticks(process: int) -> list[int]:
    """Read a process's ticks as user and in the kernel, then those of children that have ended.

    They are the 14th to 17th field of proc(5); the second is a name, which may hold spaces.
    """
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return [int(field) for field in fields[11:15]]


def memory(process: int, kind: str) -> float:
    """Return a process's memory in MB; the kind is Rss or Pss (shared pages in shares)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) / 1024
