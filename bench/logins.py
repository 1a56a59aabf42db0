"""What it costs to be asked who one is, and what strangers who try passwords cost the others.

Each stranger has another name and another address, so that every try is hashed: whoever tries from
one place, or one name, is refused sooner and costs less.
"""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median
from threading import Event, Thread

import psycopg
from msgspec import Struct
from sqlalchemy import URL

from bench.asking import PERCENT, Connection, WrongAnswer, in_turn, slowest
from bench.plan import Place, Plan
from bench.running import running
from bench.streams import PAGE
from bench.table import Figure, at_most
from db.engine import conninfo
from functions.callers import hashed
from functions.passwords import make_hash

WORKERS = 2
A_MINUTE = 500  # log-ins
FIRST = 8  # of them, of which each worker gets some
SECRET = "a session"  # noqa: S105  of the bench alone
PROXY = {"LONGBOX_TRUSTED_PROXIES": "127.0.0.1"}  # ourselves, who tell of strangers

LOG_IN = """
    WITH made AS (
        INSERT INTO users (name, name_key, role, password)
        VALUES ('bench', 'bench', 'admin', %s) RETURNING id
    )
    INSERT INTO sessions (key, user_id, expires_at, agent)
    SELECT %s, id, now() + interval '1 day', '' FROM made
"""


class Round(Struct, frozen=True):
    """What one round has told, in milliseconds."""

    anonymous: float  # median of a page while there is no user
    logged_in: float  # the same with a session
    calm: float  # 99th percentile of a page
    tried: float  # the same while strangers try to log in


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Measure both over the small library."""
    rounds = [measure_once(plan, place.small) for _ in range(plan.rounds)]
    anonymous, logged_in, calm, tried = (
        median(getattr(one, name) for one in rounds) for name in Round.__struct_fields__
    )
    return [
        Figure(
            name="page 1, logged in",
            measured=f"{logged_in:.2f} ms",
            limit=f"{anonymous:.2f} ms (anonymous)",
            ratio=median(one.logged_in / one.anonymous for one in rounds),
            goal=at_most(1.15),
        ),
        Figure(
            name=f"page 1 while {A_MINUTE} log-ins a minute have wrong passwords, p99",
            measured=f"{tried:.2f} ms",
            limit=f"{calm:.2f} ms (none)",
            ratio=median(one.tried / one.calm for one in rounds),
            goal=at_most(2),
        ),
    ]


def measure_once(plan: Plan, url: URL) -> Round:
    """Measure without users, then with one, and then beside strangers."""
    requests = PERCENT * plan.requests
    with (
        running(url, workers=WORKERS, **PROXY) as functions,
        functions.clients(WORKERS) as asking,
    ):
        in_turn(asking, PAGE, plan.warm)
        anonymous = median(in_turn(asking, PAGE, requests))
        with logged_in(url, asking):
            in_turn(asking, PAGE, plan.warm)
            calm = in_turn(asking, PAGE, requests)
            with strangers(functions.port):
                tried = in_turn(asking, PAGE, requests)
    return Round(anonymous, median(calm), slowest(calm), slowest(tried))


@contextmanager
def logged_in(url: URL, asking: list[Connection]) -> Iterator[None]:
    """Have a user, who asks by these connections."""
    password = asyncio.run(make_hash("of no use here"))
    with psycopg.connect(conninfo(url), autocommit=True) as conn:
        conn.execute(LOG_IN, (password, hashed(SECRET)))
        for one in asking:
            one.headers = f"Cookie: longbox={SECRET}\r\n"
        try:
            yield
        finally:
            conn.execute("DELETE FROM users")
            for one in asking:
                one.headers = ""


@contextmanager
def strangers(port: int) -> Iterator[None]:
    """Have them try to log in until this ends, one after another; the first are waited for."""
    for number in range(FIRST):
        with attempt(port, number) as client:
            if not client.recv(2**16).startswith(b"HTTP/1.1 401 "):
                raise WrongAnswer("A wrong password was not refused.")
    over = Event()
    trying = Thread(target=try_on, args=(port, over))
    trying.start()
    try:
        yield
    finally:
        over.set()
        trying.join()


def try_on(port: int, over: Event) -> None:
    """Try to log in so many times a minute; nobody waits for the answer to the one before."""
    began = time.monotonic()
    sent: list[socket.socket] = []
    for number in count(FIRST):
        if over.wait(max(0.0, began + (number - FIRST) * 60 / A_MINUTE - time.monotonic())):
            break
        sent.append(attempt(port, number))
        if len(sent) > A_MINUTE:
            sent.pop(0).close()
    for client in sent:
        client.close()


def attempt(port: int, number: int) -> socket.socket:
    """Send a log-in with a wrong name and password, as a proxy hands it on."""
    body = json.dumps({"name": f"stranger {number}", "password": "a wrong one"})
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    client.sendall(
        f"POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Forwarded-For: 10.{number >> 8 & 255}.{number & 255}.1"
        f"\r\n\r\n{body}".encode()
    )
    return client
