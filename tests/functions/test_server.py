"""gunicorn as production runs it, with streams open."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from db.engine import conninfo
from tests.conftest import free_port, until

ROOT = Path(__file__).parents[2]
CLIENTS = 20
FOLLOW = b"GET /api/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"


class Gunicorn:
    """The functions in two processes, on a port of their own."""

    def __init__(self, url: URL) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "functions"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": conninfo(url), "WEB_PORT": str(self.port)},
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
def gunicorn(url: URL) -> Iterator[Gunicorn]:
    """Have gunicorn running."""
    running = Gunicorn(url)
    until(running.answers)
    yield running
    running.process.kill()
    running.process.wait()


def rest_of(client: socket.socket) -> bytes:
    """Read a stream to its end."""
    received = b""
    while chunk := client.recv(4096):
        received += chunk
    client.close()
    return received


def test_streams_end_whole_when_gunicorn_is_told_to_end(gunicorn: Gunicorn) -> None:
    """A stream that is cut off ends without the chunk that says so."""
    clients = [gunicorn.follow() for _ in range(CLIENTS)]
    gunicorn.process.send_signal(signal.SIGTERM)
    assert all(rest_of(client).endswith(LAST_CHUNK) for client in clients)
    assert gunicorn.process.wait(30) == 0
