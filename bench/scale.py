"""Take machines away from Longbox while it works: `python -m bench.scale`, or `make scale-test`.

Three machines answer requests, two carry out batches, and each has a network of its own; one
PostgreSQL and the comics are all that they share. In each run a batch is followed through the
machine that is to be hit, while a scan runs; then that is killed, cut off, or asked to end. The
client goes on at another with Last-Event-ID. All that is promised has to hold: the batch ends, each
event is told once, those who are left answer lists, every comic is in them once, and counts add up.
The machine is put right before the next run, and then has to answer as the others do.

Leases of what is gone run out by themselves, so a run may take a minute. Where no namespaces can be
made (they take root and iproute2), plain processes take their place, and nothing is cut off.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psycopg
from msgspec import Struct, field
from sqlalchemy import URL, make_url

from bench.batch_kills import Client
from bench.machines import NETWORK, Machine, bridge, can_separate, separate, together
from bench.plan import ROOT
from comics.archives.reading import read
from comics.tags.comicinfo import parse
from db import embedded, schema
from db.engine import conninfo

PATIENCE = 150.0  # seconds
SILENCE = 20.0  # seconds without a byte of a stream, which has one each 15 s
QUICK = 10.0  # seconds for an answer
ADDED = 5  # comics that come with each run

HITS: dict[str, Callable[[Machine], None]] = {
    "killed": Machine.kill,
    "cut off": Machine.cut_off,
    "stopped": Machine.stop,
}


class Site(Struct):
    """All machines, and the comics that they share."""

    root: Path
    url: URL
    functions: list[Machine]
    workers: list[Machine]
    comics: int = 0

    def machines(self) -> list[Machine]:
        """Return all of them."""
        return [*self.functions, *self.workers]

    def add_comics(self, count: int) -> None:
        """Write more comics."""
        for number in range(self.comics, self.comics + count):
            path = self.root / f"Saga {number % 7}" / f"{number}.cbz"
            path.parent.mkdir(parents=True, exist_ok=True)
            with ZipFile(path, "w") as archive:
                archive.writestr("1.png", f"page {number}" * 20_000)
                archive.writestr("ComicInfo.xml", f"<ComicInfo><Count>{number}</Count></ComicInfo>")
        self.comics += count

    def scan(self) -> "subprocess.Popen[bytes]":
        """Begin a scan."""
        command = [sys.executable, "-P", "-m", "cli", "scan"]
        told = os.environ | self.environment()
        return subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.DEVNULL)

    def environment(self) -> dict[str, str]:
        """Return what every process is told."""
        return {
            "DATABASE_URL": conninfo(self.url),
            "GUNICORN_WORKERS": "1",
            "LIBRARY": str(self.root),
            "LONGBOX_ALLOW_ANONYMOUS": "1",
            "LOG_LEVEL": "critical",
            "MAX_WORKERS": "1",
        }

    def start(self, machine: Machine) -> None:
        """Have a machine do its part, and wait until it answers if that is to answer."""
        is_function = machine in self.functions
        machine.run("functions" if is_function else "worker", **self.environment())
        if is_function:
            until(partial(answers, machine), f"{machine.name} answers")


class Elsewhere(Struct):
    """Where a client asks: each time at the next of these machines."""

    machines: Iterator[Machine]

    @property
    def address(self) -> str:
        """Return where it asks now."""
        return next(self.machines).address


class Lister(Struct):
    """One that asks those who are left for the list, again and again."""

    machines: list[Machine]
    is_over: bool = False
    seconds: list[float] = field(default_factory=list)  # that each answer took
    totals: list[int] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def go_on(self) -> None:
        """Ask until it is over."""
        for machine in cycle(self.machines):
            if self.is_over:
                return
            begun = time.perf_counter()
            try:
                self.totals.append(ask(machine, "GET", "/api/files")["total_files"])
            except OSError as error:
                self.refusals.append(f"{machine.name}: {error}")
            self.seconds.append(time.perf_counter() - begun)
            time.sleep(0.1)


class Run(Struct):
    """A batch that is followed while a machine is hit; `expected` are its files, numbered."""

    number: int
    victim: Machine
    hit: str
    expected: list[int]
    batch: int
    client: Client
    lister: Lister
    told_before: int = 0  # events before the hit
    seconds: float = 0.0


def ask(machine: Machine, method: str, path: str, content: object = None) -> Any:  # noqa: ANN401  JSON
    """Return what a machine answers; raise OSError if it does not, or refuses."""
    request = urllib.request.Request(
        f"http://{machine.address}{path}",
        method=method,
        data=None if content is None else json.dumps(content).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=QUICK) as answer:  # noqa: S310  our own server
        return json.loads(answer.read())


def answers(machine: Machine) -> bool:
    """Tell whether a machine is ready."""
    try:
        return bool(ask(machine, "GET", "/health/ready"))
    except OSError:
        return False


def until(true: Callable[[], object], what: str) -> None:
    """Wait until something is true, or end with what is not."""
    end = time.monotonic() + PATIENCE
    while not true():
        hold(time.monotonic() < end, f"Within {PATIENCE:g} seconds: {what}")
        time.sleep(0.05)


def hold(promise: bool, what: str) -> None:  # noqa: FBT001  the only one
    """End with what does not hold."""
    if not promise:
        raise SystemExit(f"This does not hold: {what}")


@contextmanager
def shared(folder: Path, plug: str | None) -> Iterator[URL]:
    """Have one PostgreSQL, which listens on the bridge if there is one."""
    with embedded.server(folder, **({"listen_addresses": plug} if plug else {})) as told:
        url = make_url(told)
        if plug:
            with (folder / "data" / "pg_hba.conf").open("a") as allowed:
                allowed.write(f"host all all {NETWORK}.0/24 trust\n")
            with psycopg.connect(conninfo(url), autocommit=True) as conn:
                conn.execute("SELECT pg_reload_conf()")
            url = URL.create("postgresql+psycopg", "longbox", "", plug, 5432, "longbox")
        schema.migrate(url)
        yield url


@contextmanager
def site(folder: Path, chosen: argparse.Namespace, *, apart: bool) -> Iterator[Site]:
    """Have all of it running over a library that was scanned."""
    folder.chmod(0o755)  # the account that runs PostgreSQL reads in it
    names = [f"function {n + 1}" for n in range(chosen.functions)]
    names += [f"worker {n + 1}" for n in range(chosen.workers)]
    with (
        bridge(f"longbox{os.getpid()}") if apart else nullcontext() as plug,
        shared(folder / "postgres", plug) as url,
        separate(names, f"longbox{os.getpid()}") if apart else together(names) as machines,
    ):
        of_functions, of_workers = machines[: chosen.functions], machines[chosen.functions :]
        made = Site(folder / "comics", url, of_functions, of_workers)
        made.add_comics(chosen.comics)
        hold(made.scan().wait() == 0, "the first scan ends well")
        for machine in machines:
            made.start(machine)
        yield made


def begin(all_of_it: Site, number: int, victim: Machine, hit: str) -> Run:
    """Make a batch of all comics through the machine that is to be hit, if it answers at all."""
    left = [machine for machine in all_of_it.functions if machine is not victim]
    through = [victim, *left] if victim in all_of_it.functions else left
    edits = [{"do": "set", "field": "title", "value": f"Run {number}"}]
    wish = {"kind": "tags", "filter": {}, "edits": {"edits": edits}}
    batch = ask(through[0], "POST", "/api/batches", wish)["id"]
    client = Client(Elsewhere(cycle(through)), batch, SILENCE)
    expected = list(range(all_of_it.comics))
    return Run(number, victim, hit, expected, batch, client, Lister(left))


def play(all_of_it: Site, run: Run) -> None:
    """Hit the machine once the client has been told of something, and wait until all has ended."""
    begun = time.perf_counter()
    threads = [threading.Thread(target=one) for one in (run.client.follow, run.lister.go_on)]
    for thread in threads:
        thread.start()
    try:
        until(lambda: run.client.told or run.client.is_over, "the client is told of a comic")
        all_of_it.add_comics(ADDED)
        scan = all_of_it.scan()
        run.told_before = len(run.client.told)
        HITS[run.hit](run.victim)
        left = [machine for machine in all_of_it.machines() if machine is not run.victim]
        until(
            lambda: run.client.is_over or not all(machine.lives for machine in left),
            "the client is told that the batch has ended",
        )
        hold(all(machine.lives for machine in left), "nobody else dies")
        hold(scan.wait() == 0, "the scan ends well")
    finally:
        run.client.is_over = run.lister.is_over = True
        for thread in threads:
            thread.join()
    run.seconds = time.perf_counter() - begun


def check(all_of_it: Site, run: Run) -> None:
    """Hold what was seen against what is promised."""
    told = sorted(run.client.told)
    hold(told == run.expected, f"each comic is told of once, not {Counter(told).most_common(3)}")
    batch = ask(run.lister.machines[0], "GET", f"/api/batches/{run.batch}")
    counted = (batch["state"], batch["done"], batch["total"])
    hold(counted == ("done", len(told), len(told)), f"the batch has done all: {batch}")
    hold(not run.lister.refusals, f"those who are left answer lists: {run.lister.refusals}")
    totals = run.lister.totals
    hold(totals == sorted(totals), f"nothing ever leaves the lists: {totals}")
    check_comics(all_of_it, run)


def check_comics(all_of_it: Site, run: Run) -> None:
    """Read all comics: each is whole, and those of the batch have what it was to write, once."""
    found = Counter[str]()
    for path in all_of_it.root.rglob("*.cbz"):
        contents = read(path)
        hold(not contents.fault and not ZipFile(path).testzip(), f"{path} is whole")
        found[parse(contents.documents["ComicInfo"]).title or ""] += 1
    hold(found[f"Run {run.number}"] == len(run.expected), f"the batch has changed all: {found}")
    hold(found.total() == all_of_it.comics, f"no comic is lost, none is there twice: {found}")


def mend(all_of_it: Site, run: Run) -> None:
    """Put the machine right; then all have to answer alike."""
    if run.hit == "cut off":
        run.victim.plug_in()
    else:
        all_of_it.start(run.victim)
    for machine in all_of_it.functions:
        until(partial(answers, machine), f"{machine.name} answers again")
        listed = ask(machine, "GET", "/api/files?per_page=-1")
        paths = {file["relative_path"] for file in listed["files"]}
        counted = (listed["total_files"], len(listed["files"]), len(paths))
        hold(counted == (all_of_it.comics,) * 3, f"{machine.name} lists each comic once: {counted}")


def report(run: Run) -> str:
    """Say what was seen in a run."""
    asked, slowest = len(run.lister.seconds), max(run.lister.seconds)
    return (
        f"{run.victim.name} was {run.hit} after event {run.told_before} of {len(run.expected)}: the"
        f" batch ended in {run.seconds:.1f} s, each event told once; the others answered {asked}"
        f" lists, the slowest in {slowest * 1000:.0f} ms; every comic whole and listed once by all"
    )


def main() -> None:
    """Play all runs, and print what was seen; the exit code is 1 where a promise does not hold."""
    parser = argparse.ArgumentParser("python -m bench.scale", description=__doc__)
    parser.add_argument("--functions", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--comics", type=int, default=300)
    parser.add_argument("--plain", action="store_true", help="plain processes, no namespaces")
    parser.add_argument("--hit", action="append", metavar="WHOM=HOW", help="such as worker=killed")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # with all that it has made gone
    apart = not chosen.plain and can_separate()
    print("Each machine is a network namespace." if apart else "Plain processes: none is cut off.")
    hits = [tuple(hit.split("=")) for hit in chosen.hit or []] or [
        (whom, how) for how in HITS for whom in ("function", "worker")
    ]
    with (
        tempfile.TemporaryDirectory(prefix="longbox-scale-") as name,
        site(Path(name), chosen, apart=apart) as all_of_it,
    ):
        for number, (whom, how) in enumerate(hits, 1):
            if how == "cut off" and not apart:
                continue
            victim = (all_of_it.functions if whom == "function" else all_of_it.workers)[0]
            run = begin(all_of_it, number, victim, how)
            play(all_of_it, run)
            check(all_of_it, run)
            mend(all_of_it, run)
            print(f"{number}. {report(run)}", flush=True)


if __name__ == "__main__":
    main()
