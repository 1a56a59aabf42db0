"""gunicorn over a database, as `longbox functions` runs it."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL

from db.engine import conninfo
from tests.conftest import free_port, until

ROOT = Path(__file__).parents[2]
FOLLOW = b"GET /api/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"

Run = Callable[..., "Gunicorn"]


class Gunicorn:
    """The functions in two processes, on a port of their own."""

    def __init__(self, url: URL, **environment: str) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "functions"],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": conninfo(url),
                "WEB_PORT": str(self.port),
                **environment,
            },
            stderr=subprocess.DEVNULL,
        )

    def answers(self) -> bool:
        """Tell whether somebody accepts connections."""
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def follow(self) -> socket.socket:
        """Open a stream, and wait for its first event."""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        client.sendall(FOLLOW)
        received = b""
        while b"retry: " not in received:
            received += client.recv(4096)
        return client


@pytest.fixture
def run(url: URL) -> Iterator[Run]:
    """Run gunicorn in some environment."""
    with runs(url) as run:
        yield run


@contextmanager
def runs(url: URL) -> Iterator[Run]:
    """Lend what runs gunicorn in an environment; all of them end with this."""
    with ExitStack() as stack:

        def run(**environment: str) -> Gunicorn:
            running = Gunicorn(url, **environment)
            stack.callback(running.process.wait)
            stack.callback(running.process.kill)
            until(running.answers)
            return running

        yield run
