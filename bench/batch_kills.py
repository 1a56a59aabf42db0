"""Kill Longbox while it runs batches, at random moments: `python -m bench.batch_kills --times 100`.

In each run one batch writes new tags into all comics and another gives them new names; a worker, a
process that answers requests, PostgreSQL or everything is killed with SIGKILL; what died with all
is started again. Then both batches have to end with every comic done once, whole and in its place,
with counts that add up; and a client of each, which connects again by Last-Event-ID whenever it is
cut off, has to be told of every comic once. Leases of dead workers are ended at once, as a run
would else take half a minute longer.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, Protocol
from zipfile import ZipFile

import psycopg
from msgspec import Struct, field
from sqlalchemy import make_url

from bench.plan import ROOT
from bench.running import free_port, postmaster
from comics.archives.reading import read
from comics.tags.comicinfo import parse
from comics.writing.drafts import is_draft
from db import embedded
from db.engine import conninfo
from tests import processes

COMICS = 80
WORKERS = 2
LONGEST = 3.0  # seconds until a kill
PATIENCE = 120.0  # seconds
HOLDERS = "SELECT DISTINCT worker FROM batch_items WHERE state = 'running' AND worker <> ''"
WHOM = ("a worker", "a function", "PostgreSQL", "everything")


class Installation(Struct):
    """A running Longbox, and its library."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return where it answers."""
        return f"127.0.0.1:{self.port}"

    @property
    def root(self) -> Path:
        """Return where the comics are."""
        return self.folder / "comics"

    @property
    def postgres(self) -> Path:
        """Return where the private server is."""
        return self.folder / "home" / "postgres"

    def start(self) -> None:
        """Start all of it, and wait until it answers."""
        told = {
            "LIBRARY": str(self.root),
            "LONGBOX_DATA": str(self.folder / "home"),
            "DATABASE_URL": "",
            "WEB_PORT": str(self.port),
            "MAX_WORKERS": str(WORKERS),
            "LOG_LEVEL": "critical",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve"],
            cwd=ROOT,
            env=os.environ | told,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.until(lambda: self.ask("GET", "/health/ready") is not None)

    def ask(self, method: str, path: str, content: object = None) -> Any:  # noqa: ANN401  JSON
        """Return what is answered, or None if nothing is."""
        request = urllib.request.Request(
            f"http://{self.address}{path}",
            method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={"Content-Type": "application/json"},
        )
        with suppress(OSError, ValueError), urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return json.loads(answer.read() or b"true")
        return None

    def insist(self, method: str, path: str, content: object = None) -> Any:  # noqa: ANN401  JSON
        """Ask until there is an answer."""
        return self.until(lambda: self.ask(method, path, content))

    def until(self, true: Any) -> Any:  # noqa: ANN401  whatever is true
        """Wait until something is true, and return it."""
        end = time.monotonic() + PATIENCE
        while not (found := true()):
            if time.monotonic() > end:
                raise SystemExit(f"It did not come true within {PATIENCE:g} seconds.")
            time.sleep(0.05)
        return found

    def kill(self, whom: str, chance: Random) -> None:
        """Kill one of these processes, or all and start them again."""
        assert self.process  # noqa: S101  it was started
        living = processes.below(self.process.pid)
        server = postmaster(self.postgres)
        kinds = {"a worker": "cli worker", "a function": "gunicorn"}
        if whom == "everything":
            for pid in [self.process.pid, *(one.pid for one in living), server]:
                processes.kill(pid, signal.SIGKILL)
            self.process.wait()
            self.start()
        elif whom == "PostgreSQL":
            processes.kill(server, signal.SIGKILL)
        elif found := [one.pid for one in living if kinds[whom] in one.command]:
            processes.kill(chance.choice(found), signal.SIGKILL)


class Address(Protocol):
    """Where to ask: whoever asks again may be sent to another place."""

    @property
    def address(self) -> str: ...  # noqa: D102  see above


class Client(Struct):
    """One that follows a batch; `told` are the comics it was told of."""

    installation: Address
    batch: int
    patience: float = 30.0  # seconds without a byte
    told: list[int] = field(default_factory=list)
    is_over: bool = False
    last: str = ""

    def follow(self) -> None:
        """Read events until the batch has ended, and connect again whenever the stream does."""
        while not self.is_over:
            with suppress(OSError, ValueError):
                self.read()
            time.sleep(0.05)

    def read(self) -> None:
        """Read one stream to its end."""
        request = urllib.request.Request(
            f"http://{self.installation.address}/api/batches/{self.batch}/events",
            headers={"Last-Event-ID": self.last} if self.last else {},
        )
        with urllib.request.urlopen(request, timeout=self.patience) as stream:  # noqa: S310
            self.is_over = stream.status == 204  # noqa: PLR2004  nothing more
            name, number = "", ""
            for line in stream:
                key, _, value = line.decode().rstrip("\n").partition(": ")
                name = value if key == "event" else name
                number = value if key == "id" else number
                if key == "data":
                    self.hear(name, number, json.loads(value))

    def hear(self, name: str, number: str, content: dict[str, Any]) -> None:
        """Note an event."""
        self.last = number or self.last
        if name == "item":
            self.told.append(content["seq"])
        elif name == "batch" and content["state"] == "done":
            self.is_over = True


def fill(root: Path) -> None:
    """Write the comics."""
    for number in range(COMICS):
        path = root / f"Saga {number % 5}" / f"{number}.cbz"
        path.parent.mkdir(parents=True, exist_ok=True)
        with ZipFile(path, "w") as archive:
            archive.writestr("1.png", f"page {number}" * 5_000)
            tags = f"<Series>Saga</Series><Number>{number}</Number>"
            archive.writestr("ComicInfo.xml", f"<ComicInfo>{tags}</ComicInfo>")


def wish(installation: Installation, run: int) -> list[dict[str, Any]]:
    """Make both batches of a run, each once, and return them."""
    settings = {"filename_format": f"Saga R{run} {{number}}"}
    installation.insist("PATCH", "/api/settings", settings)
    edits = {"edits": [{"do": "set", "field": "title", "value": f"Run {run}"}]}
    return [
        installation.insist("POST", "/api/batches", {"kind": "tags", "filter": {}, "edits": edits}),
        installation.insist("POST", "/api/batches", {"kind": "rename", "filter": {}}),
    ]


def end_leases(installation: Installation) -> None:
    """Let the time pass that the leases of dead workers have left."""
    living = {one.pid for one in processes.every() if "cli worker" in one.command}
    with (
        suppress(psycopg.Error, embedded.ServerError),
        embedded.server(installation.postgres) as url,
        psycopg.connect(conninfo(make_url(url)), autocommit=True) as conn,
    ):
        names = [row[0] for row in conn.execute(HOLDERS)]
        dead = [name for name in names if int(name.split(":")[1]) not in living]
        conn.execute("UPDATE batch_items SET lease = now() WHERE worker = ANY(%s)", [dead])


def check(installation: Installation, run: int, clients: list[Client]) -> None:
    """End the bench if a comic, a count or an event is not as it has to be."""
    found = Counter[str]()
    for path in installation.root.rglob("*"):
        if path.is_file() and not is_draft(path.name):
            contents = read(path)
            if contents.fault or ZipFile(path).testzip():
                raise SystemExit(f"{path} is damaged: {contents.fault}")
            tags = parse(contents.documents["ComicInfo"])
            if (tags.title, path.name) != (f"Run {run}", f"Saga R{run} {tags.number}.cbz"):
                raise SystemExit(f"{path} has not had what was wanted: {tags.title}")
            found[tags.number] += 1
    if found != Counter(map(str, range(COMICS))):
        raise SystemExit(f"Comics are not there once each: {found}")
    for client in clients:
        batch = installation.insist("GET", f"/api/batches/{client.batch}")
        if (batch["state"], batch["done"], batch["total"]) != ("done", COMICS, COMICS):
            raise SystemExit(f"The counts are wrong: {batch}")
        if sorted(client.told) != list(range(COMICS)):
            raise SystemExit(f"The client was not told of each comic once: {client.told}")
    listed = installation.insist("GET", "/api/files?per_page=-1")["files"]
    named = {(file["title"], Path(file["relative_path"]).name[:6]) for file in listed}
    if len(listed) != COMICS or named != {(f"Run {run}", f"Saga R{run}"[:6])}:
        raise SystemExit(f"The index does not have the comics as they are: {named}")


def play(installation: Installation, run: int, chance: Random) -> str:
    """Play one run, and return who was killed in it."""
    clients = [Client(installation, batch["id"]) for batch in wish(installation, run)]
    threads = [threading.Thread(target=client.follow) for client in clients]
    for thread in threads:
        thread.start()
    whom = chance.choice(WHOM)
    time.sleep(chance.uniform(0.05, LONGEST))
    installation.kill(whom, chance)
    end = time.monotonic() + PATIENCE
    while any(thread.is_alive() for thread in threads):
        end_leases(installation)
        time.sleep(0.5)
        if time.monotonic() > end:
            raise SystemExit(f"Run {run}, in which {whom} was killed, does not end.")
    check(installation, run, clients)
    return whom


def main() -> None:
    """Kill as often as is asked for, and print who was."""
    parser = argparse.ArgumentParser("python -m bench.batch_kills", description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    chance, start = Random(chosen.seed), time.perf_counter()  # noqa: S311  no secret
    with tempfile.TemporaryDirectory(prefix="longbox-batch-kills-") as name:
        installation = Installation(Path(name), free_port())
        installation.folder.chmod(0o755)  # the account that runs PostgreSQL reads in it
        fill(installation.root)
        installation.start()
        try:
            installation.until(lambda: len(listed(installation)) == COMICS)
            killed = Counter(play(installation, run, chance) for run in range(1, chosen.times + 1))
        finally:
            if installation.process:
                installation.process.terminate()
                installation.process.wait()
    print(f"{chosen.times} kills in {time.perf_counter() - start:.0f} s, all as it has to be:")
    for whom, times in killed.most_common():
        print(f"  {whom}: {times}")


def listed(installation: Installation) -> list[Any]:
    """Return what is listed and read."""
    answer = installation.ask("GET", "/api/files?per_page=-1") or {"files": []}
    return [file for file in answer["files"] if file["series"]]


if __name__ == "__main__":
    main()
