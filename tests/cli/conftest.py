"""The `longbox` command, run as a user runs it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import URL

from db import engine
from tests import processes
from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
OURS = ("DATABASE_URL", "FUNCTIONS", "GUNICORN_", "LIBRARY", "LOG_", "LONGBOX_", "MAX_WORKERS")
KNOWN = (*OURS, "WATCHED_DIR", "WEB_PORT")

Longbox = Callable[..., "subprocess.CompletedProcess[str]"]


def command(*arguments: str) -> list[str]:
    """Return the command."""
    return [sys.executable, "-m", "cli", *arguments]


def surroundings(**environment: str) -> dict[str, str]:
    """Return our environment without what it says to Longbox, but with this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(KNOWN)}
    return kept | environment


@pytest.fixture
def longbox(home: Path) -> Longbox:
    """Return a function that runs a command to its end."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*arguments),
            cwd=ROOT,
            env=surroundings(LONGBOX_DATA=str(home), **environment),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def home() -> Iterator[Path]:
    """Have a folder for all that Longbox keeps, which the server's account can reach."""
    with tempfile.TemporaryDirectory(prefix="longbox-home-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name, "data")


@pytest.fixture
def database_url(url: URL) -> str:
    """Have a database of the user's own."""
    return engine.conninfo(url)


class Served(NamedTuple):
    """A `longbox serve` of a test's own."""

    process: subprocess.Popen[bytes]
    output: Path
    home: Path
    port: int

    @property
    def address(self) -> str:
        """Return where the page is."""
        return f"http://127.0.0.1:{self.port}"

    def postmaster(self) -> int:
        """Return the pid of the private server."""
        return int((self.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])

    def all_pids(self) -> set[int]:
        """Return every process of it, and those of its private server."""
        pids = {self.process.pid} | {one.pid for one in processes.below(self.process.pid)}
        with suppress(FileNotFoundError):
            server = self.postmaster()
            pids |= {server} | {one.pid for one in processes.below(server)}
        return pids


Start = Callable[..., Served]


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Return a function that starts Longbox on a library, and waits until it is announced.

    All that it started has ended before its home is removed.
    """
    assert not home.exists()
    with ExitStack() as stack:

        def start(library: Path, home: Path, **environment: str) -> Served:
            port = free_port()
            output = home.with_name(f"{home.name}.out")
            told = {"LIBRARY": str(library), "LONGBOX_DATA": str(home), "WEB_PORT": str(port)}
            with output.open("wb") as file:
                process = subprocess.Popen(
                    command("serve"),
                    cwd=ROOT,
                    env=surroundings(**told, LOG_LEVEL="warning", **environment),
                    stdout=file,
                )
            stack.callback(stop, process)
            until(lambda: output.read_bytes().endswith(b"\n") or process.poll() is not None)
            return Served(process, output, home, port)

        yield start


def stop(process: subprocess.Popen[bytes]) -> int:
    """End Longbox as a service manager does; return its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(30)


def until(true: Callable[[], object], seconds: float = 40) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)
