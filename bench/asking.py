"""A client light enough to measure with: HTTP/1.1, keep-alive, one request at a time.

It knows as much of HTTP as it needs for our own answers, which tell their length.
"""

import re
import socket
from collections.abc import Iterable, Sequence
from itertools import cycle, islice
from selectors import EVENT_READ, DefaultSelector
from statistics import quantiles
from time import perf_counter
from typing import NamedTuple, Self

HEAD = re.compile(
    rb"HTTP/1\.1 200 [^\n]*\n(?:.+\n)*?content-length: *(\d+)\r\n(?:.+\n)*?\r\n", re.IGNORECASE
)
BUFFER = 2**18  # bytes
PERCENT = 100
FEWEST = 2  # answers of which there are percentiles


class WrongAnswer(OSError):
    """What came back is not what is measured here."""


class Answer(NamedTuple):
    """A body, and the seconds that it took."""

    body: bytes
    seconds: float


class Connection:
    """A connection to 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.headers = ""  # more of them, each ended by \r\n
        self._parts: list[bytes] = []
        self._missing = 0  # bytes of the body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, path: str) -> Answer:
        """Ask, and wait for the answer; raise WrongAnswer if it is not a 200."""
        began = perf_counter()
        self.send(path)
        while not self.receive():
            pass
        return Answer(b"".join(self._parts), perf_counter() - began)

    def send(self, path: str) -> None:
        """Ask, and do not wait."""
        self._parts, self._missing = [], 0
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{self.headers}\r\n"
        self.socket.sendall(head.encode())

    def receive(self) -> bool:
        """Take in what has come of the answer, and tell whether that is all of it."""
        received = self.socket.recv(BUFFER)
        if not received:
            raise WrongAnswer("The connection was closed before the end of an answer.")
        if not self._parts:
            head = HEAD.match(received)
            if not head:
                raise WrongAnswer(f"This is not a 200 with a length: {received[:500]!r}")
            received = received[head.end() :]
            self._missing = int(head[1])
        self._parts.append(received)
        self._missing -= len(received)
        return not self._missing


def timed(asking: Connection, path: str, seconds: float) -> list[float]:
    """Ask on and on for so many seconds, and return the milliseconds of each answer.

    There are two at least, however few the seconds: of one there are no percentiles.
    """
    end = perf_counter() + seconds
    times: list[float] = []
    while perf_counter() < end or len(times) < FEWEST:
        times.append(asking.ask(path).seconds * 1000)
    return times


def in_turn(asking: Sequence[Connection], path: str, requests: int) -> list[float]:
    """Ask by these connections in turn, and return the milliseconds of each answer."""
    return [one.ask(path).seconds * 1000 for one in islice(cycle(asking), requests)]


def slowest(times: Sequence[float]) -> float:
    """Return the 99th percentile: what the slowest hundredth takes at least."""
    return quantiles(times, n=PERCENT)[-1]


def rate(connections: Iterable[Connection], path: str, seconds: float) -> float:
    """Have all of these ask on and on, and return the answers a second."""
    with DefaultSelector() as selector:
        for connection in connections:
            connection.send(path)
            selector.register(connection.socket, EVENT_READ, connection)
        answered, began = 0, perf_counter()
        while selector.get_map():
            for key, _ in selector.select():
                if not key.data.receive():
                    continue
                answered += 1
                if perf_counter() < began + seconds:
                    key.data.send(path)
                else:
                    selector.unregister(key.fileobj)
        return answered / (perf_counter() - began)
