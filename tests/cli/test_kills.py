"""The whole of Longbox while its processes are killed: what clients see, and what is left at last.

Sixteen clients ask all along, while a library is scanned for the first time and one process of each
kind is killed in the middle of it.
"""

import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import psycopg

from tests import processes
from tests.cli.conftest import Served, Start, until
from tests.disk import write_slow_comics

COMICS = 1500
CLIENTS = 16
RECOVERY = 15.0  # seconds after which a killed PostgreSQL answers again, on a slow machine


class Answer(NamedTuple):
    """What a client was told, and when; a connection that broke has the status 0."""

    moment: float
    status: int
    total: int
    ids: list[int]


def ask(served: Served, path: str) -> dict[str, Any]:
    """Return the answer to a GET request, a problem too."""
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)) as client:
        client.request("GET", path)
        found: dict[str, Any] = json.loads(client.getresponse().read())
        return found


def ask_on(port: int, done: Event) -> list[Answer]:
    """Ask for a page of comics again and again, as a client does that stays connected."""
    answers: list[Answer] = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as client:
        while not done.wait(0.05):
            try:
                client.request("GET", "/api/files?per_page=50&sort=date&direction=desc")
                answer = client.getresponse()
                answers.append(understand(answer.status, json.loads(answer.read())))
            except (OSError, http.client.HTTPException):
                client.close()  # it connects again by itself
                answers.append(understand(0, {}))
    return answers


def understand(status: int, page: dict[str, Any]) -> Answer:
    """Keep what is checked of an answer."""
    ids = [file["id"] for file in page.get("files", [])]
    return Answer(time.monotonic(), status, page.get("total_files", 0), ids)


@contextmanager
def clients(port: int) -> Iterator[list[list[Answer]]]:
    """Have clients that ask until the block ends; then the list holds what each was told."""
    done = Event()
    told: list[list[Answer]] = []
    with ThreadPoolExecutor(CLIENTS) as threads:
        asking = [threads.submit(ask_on, port, done) for _ in range(CLIENTS)]
        try:
            yield told
        finally:
            done.set()
        told += [one.result() for one in asking]


class Killer:
    """Kills processes of a running Longbox while it scans."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.killed: dict[str, float] = {}
        told = (served.home / "postgres/data/postmaster.pid").read_text().splitlines()
        self.socket = told[4]

    def kill(self, name: str, find: Callable[[], int | None]) -> None:
        """Kill a process as soon as it is there and a scan is reading; note when."""
        found: list[int] = []

        def meet() -> bool:
            pid = find() if self.scan_is_reading() else None
            found.extend([pid] if pid else [])
            return bool(found)

        until(meet)
        os.kill(found[0], signal.SIGKILL)
        self.killed[name] = time.monotonic()
        until(lambda: found[0] not in {process.pid for process in processes.every()}, seconds=5)

    def scan_is_reading(self) -> bool:
        """Tell whether some comics are read, others not, and a reader is there to go on."""
        if not self.one("scanner.reader"):
            return False
        with suppress(psycopg.OperationalError), self.connect() as conn:
            known = conn.execute("SELECT DISTINCT read_mtime_ns IS NULL FROM files").fetchall()
            return len(known) == 2
        return False

    def connect(self) -> psycopg.Connection[Any]:
        """Connect to the private server, whose socket's folder is ours to enter."""
        return psycopg.connect(host=self.socket, port=5432, user="longbox", dbname="longbox")

    def one(self, command: str, parent: str = "") -> int | None:
        """Return a process of which the command, and its parent's, hold these words."""
        below = processes.below(self.served.process.pid)
        parents = {process.pid for process in below if parent in process.command}
        for process in below:
            if command in process.command and (not parent or process.parent in parents):
                return process.pid
        return None


def newest_scan(served: Served) -> dict[str, Any]:
    """Return the newest scan, or nothing while the database is away."""
    return next(iter(ask(served, "/api/scans?limit=1").get("scans", [])), {})


def list_all(served: Served) -> list[dict[str, Any]]:
    """Return all files, from a worker whose pool may still be connecting again."""
    files: list[dict[str, Any]] = []

    def answered() -> bool:
        files.extend(ask(served, "/api/files?per_page=0").get("files", []))
        return bool(files)

    until(answered, seconds=RECOVERY)
    return files


def check_told(told: list[Answer], killed: dict[str, float]) -> None:
    """Check what one client was told: nothing failed but for a while, and counts only grew."""
    away = killed["postmaster"]
    for answer in told:
        assert answer.status in {0, 200, 503}, answer
        assert len(set(answer.ids)) == len(answer.ids), answer
        assert answer.status != 503 or away <= answer.moment <= away + RECOVERY, answer
    broken = [answer.moment - killed["worker"] for answer in told if not answer.status]
    assert len(broken) <= 1, "more connections broke than that to the killed worker"
    assert all(0 <= seconds < 5 for seconds in broken)
    totals = [answer.total for answer in told if answer.status == 200]
    assert totals == sorted(totals)
    assert totals[-1] == COMICS


def test_whatever_is_killed_in_the_first_scan_clients_are_answered_and_nothing_is_lost(
    start: Start, tmp_path: Path, home: Path
) -> None:
    paths = write_slow_comics(tmp_path, COMICS)
    served = start(tmp_path, home, MAX_WORKERS="1")
    killer = Killer(served)
    with clients(served.port) as told:
        killer.kill("reader", lambda: killer.one("scanner.reader"))
        killer.kill("worker", lambda: killer.one("gunicorn", parent="gunicorn"))
        killer.kill("scheduler", lambda: killer.one("cli scheduler"))
        killer.kill("postmaster", served.postmaster)
        killer.kill("reader of the last scan", lambda: killer.one("scanner.reader"))
        until(lambda: newest_scan(served).get("state") == "done")
        time.sleep(0.5)  # so that each client asks once more
    files = list_all(served)
    assert sorted(file["relative_path"] for file in files) == paths
    assert len({file["id"] for file in files}) == COMICS
    read = {(file["title"], file["fault"], file["missing"]) for file in files}
    assert read == {(f"Number {path}", None, False) for path in paths}
    for one in told:
        check_told(one, killer.killed)
