"""Two hundred open event streams: what they cost a page, how soon all are told, how they end."""

import asyncio
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from statistics import median
from time import perf_counter

import psycopg
from msgspec import Struct
from sqlalchemy import URL

from bench.asking import PERCENT, in_turn, slowest
from bench.batches import attend
from bench.plan import Place, Plan
from bench.running import Running, running
from bench.table import Figure, at_most
from db import batch_states, batches
from db.engine import conninfo, job

STREAMS = 200  # or as many as there are files, if those are fewer
WORKERS = 2
PAGE = "/api/files"
FOLLOW = b"GET /api/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
PROCESS_ALL = (
    b"POST /api/process-all?stream=true HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: 0\r\n\r\n"
)
PAUSE = 0.05  # seconds between two events
FIRST = 100  # milliseconds to the first event
WARM = 3  # of them before any counts
SOON = 10  # milliseconds to the last client
END = 5  # seconds after SIGTERM

MAKE = """
    INSERT INTO batches (kind, title, orders, state, total)
    VALUES ('process', 'A batch under way', '{}', 'paused', 100) RETURNING id
"""
TELL = """
    WITH told AS (UPDATE batches SET event = nextval('events') WHERE id = %s RETURNING id)
    SELECT pg_notify('batches', id::text) FROM told
"""


class Round(Struct, frozen=True):
    """What one round has told: milliseconds, and the seconds to the end."""

    alone: float  # 99th percentile of a page
    beside: float  # the same with the streams open
    told: float  # median from a change to the last client
    end: float


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Measure streams over the small library."""
    batch, streams = make_batch(place.small), number_of(plan)
    rounds = [measure_once(plan, place.small, batch) for _ in range(plan.rounds)]
    alone, beside, told, end = (
        median(getattr(one, name) for one in rounds) for name in Round.__struct_fields__
    )
    return [
        Figure(
            name=f"page 1 with {streams} event streams open, 99th percentile",
            measured=f"{beside:.2f} ms",
            limit=f"{alone:.2f} ms (none open)",
            ratio=median(one.beside / one.alone for one in rounds),
            goal=at_most(1.5),
        ),
        Figure(
            name=f"from a change of a batch to the last of {streams} clients",
            measured=f"{told:.2f} ms",
            limit=f"{SOON} ms",
            ratio=told / SOON,
            goal=at_most(1),
        ),
        first_event(plan, place.large),
        Figure(
            name=f"from SIGTERM to the end, with {streams} event streams open",
            measured=f"{end:.2f} s",
            limit=f"{END} s",
            ratio=end / END,
            goal=at_most(1),
        ),
    ]


def number_of(plan: Plan) -> int:
    """Return how many streams are opened."""
    return min(STREAMS, plan.large)


def first_event(plan: Plan, url: URL) -> Figure:
    """Process all of the large library, and wait for the stream's first event.

    Whoever works says of each file that it is well: what it would do otherwise is no part of this.
    """
    spawning = multiprocessing.get_context("spawn")
    worker = spawning.Process(target=attend, args=(url,), daemon=True)
    worker.start()
    with running(url, workers=WORKERS) as functions:
        took = [time_to_first(functions.port, url) for _ in range(plan.rounds + WARM)][WARM:]
    worker.terminate()
    worker.join()
    return Figure(
        name=f"from `POST /api/process-all?stream=true` to its first event, {plan.large:,} files",
        measured=f"{median(took):.0f} ms",
        limit=f"{FIRST} ms",
        ratio=median(took) / FIRST,
        goal=at_most(1),
    )


def time_to_first(port: int, url: URL) -> float:
    """Return the milliseconds from asking for a stream until a file is told; cancel the rest."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        began, received = perf_counter(), b""
        client.sendall(PROCESS_ALL)
        while b'"current":1,' not in received:
            received += client.recv(2**16)
        took = (perf_counter() - began) * 1000
    asyncio.run(cancel_all(url))
    return took


async def cancel_all(url: URL) -> None:
    """Cancel what is under way."""
    async with job(url) as conn:
        for batch in await batches.active(conn):
            await batch_states.cancel(conn, batch.id)
        await conn.commit()


def make_batch(url: URL) -> int:
    """Make a batch that nobody works on, and return it."""
    with psycopg.connect(conninfo(url), autocommit=True) as conn:
        row = conn.execute(MAKE).fetchone()
        return int(row[0]) if row else 0


def measure_once(plan: Plan, url: URL, batch: int) -> Round:
    """Start the functions, and measure them without streams and with them, up to their end."""
    with running(url, workers=WORKERS) as functions, ExitStack() as stack:
        with functions.clients(WORKERS) as asking:
            in_turn(asking, PAGE, plan.warm)
            alone = slowest(in_turn(asking, PAGE, PERCENT * plan.requests))
            streams = stack.enter_context(open_streams(functions.port, number_of(plan)))
            beside = slowest(in_turn(asking, PAGE, PERCENT * plan.requests))
        told = time_to_last(streams, url, batch, 2 * plan.requests)
        return Round(alone, beside, told, time_to_end(functions))


@contextmanager
def open_streams(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Open the streams, all at once, and wait until each has begun."""
    with ExitStack() as stack:
        streams = [stack.enter_context(follow(port)) for _ in range(count)]
        for number in range(count):
            while not has_begun(streams[number]):  # a busy machine answers 503 to some
                streams[number].close()
                streams[number] = stack.enter_context(follow(port))
        yield streams


def follow(port: int) -> socket.socket:
    """Ask for a stream."""
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    client.sendall(FOLLOW)
    return client


def has_begun(client: socket.socket) -> bool:
    """Wait for the first event of a stream, and tell whether it came."""
    received = client.recv(2**16)
    while received.startswith(b"HTTP/1.1 200 ") and b"retry: " not in received:
        received += client.recv(2**16)
    return b"retry: " in received


def time_to_last(streams: list[socket.socket], url: URL, batch: int, times: int) -> float:
    """Change a batch again and again, and return the median until the last stream has told it."""
    with psycopg.connect(conninfo(url), autocommit=True) as conn, DefaultSelector() as selector:
        for client in streams:
            selector.register(client, EVENT_READ)
        return median(time_once(conn, selector, batch) for _ in range(times))


def time_once(
    conn: psycopg.Connection[tuple[object, ...]], selector: DefaultSelector, batch: int
) -> float:
    """Change a batch, and return the milliseconds until each stream has told it."""
    time.sleep(PAUSE)
    began, waiting = perf_counter(), len(selector.get_map())
    conn.execute(TELL, (batch,))
    while waiting:
        for key, _ in selector.select():
            client = key.fileobj
            if isinstance(client, socket.socket) and b"job_updated" in client.recv(2**16):
                waiting -= 1
    return (perf_counter() - began) * 1000


def time_to_end(functions: Running) -> float:
    """Have gunicorn end, and return the seconds that it takes."""
    began = perf_counter()
    os.kill(functions.master, signal.SIGTERM)
    while not has_ended(functions.master):
        time.sleep(0.01)
    return perf_counter() - began


def has_ended(process: int) -> bool:
    """Tell whether a process of ours has ended; until it is waited for it is a zombie."""
    status = Path(f"/proc/{process}/stat").read_text()
    return status.rpartition(")")[2].split()[0] == "Z"
