"""A library as large as the large database, on the disk: scanned for the first time, and again.

Its comics are as small as valid ones can be: what is measured is the scanner, and how a client
fares who asks for page 1 meanwhile.
"""

import asyncio
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from statistics import median
from zipfile import ZipFile

from msgspec import Struct
from sqlalchemy import URL

from bench.asking import Connection, slowest, timed
from bench.plan import ROOT, Place, Plan
from bench.running import running
from bench.scanning import find, rescan
from bench.table import Figure, at_most
from db import schema
from db.engine import conninfo

FOLDER = 100  # comics in each
ROOM = 200  # MB that a process of the scan may take
RESCANS = 3
WORKERS = 2
PAGE = "/api/files"
INFO = "<ComicInfo><Series>{series}</Series><Number>{number}</Number></ComicInfo>"


class Scanned(Struct, frozen=True):
    """What the first scan was like."""

    calm: list[float]  # milliseconds for page 1 before it
    busy: list[float]  # and while it ran
    memory: float  # MB, the most that a process of it had


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Make the library, scan it while a client asks, and scan it again."""
    root = place.folder / "many"
    write_comics(root, plan.large)
    scanned = scan_while_asking(plan, place.disk, root)
    calm, busy = slowest(scanned.calm), slowest(scanned.busy)
    return [
        Figure(
            name=f"page 1 while {plan.large:,} comics are scanned for the first time, p99",
            measured=f"{busy:.2f} ms (median {median(scanned.busy):.2f})",
            limit=f"{calm:.2f} ms (median {median(scanned.calm):.2f}) before",
            ratio=busy / calm,
            goal=at_most(2),
        ),
        Figure(
            name=f"memory of the scanner, first scan of {plan.large:,} comics",
            measured=f"{scanned.memory:.0f} MB",
            limit=f"{ROOM} MB",
            ratio=scanned.memory / ROOM,
            goal=at_most(1),
        ),
        rescans(plan, place.disk, root),
    ]


def write_comics(root: Path, number: int) -> None:
    """Write so many comics, no two alike, a hundred to a folder."""
    for folder in range(-(-number // FOLDER)):
        series = f"Salt Comet {folder}"
        (root / series).mkdir(parents=True)
        for issue in range(min(FOLDER, number - folder * FOLDER)):
            (root / series / f"{series} {issue:03}.cbz").write_bytes(make_comic(series, issue))


def make_comic(series: str, number: int) -> bytes:
    """Make a comic of one page."""
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("1.jpg", f"Page 1 of {series} {number}")
        archive.writestr("ComicInfo.xml", INFO.format(series=series, number=number))
    return made.getvalue()


def scan_while_asking(plan: Plan, url: URL, root: Path) -> Scanned:
    """Scan the library for the first time, and ask for page 1 before and meanwhile."""
    schema.migrate(url)
    with running(url, workers=WORKERS) as functions, Connection(functions.port) as asking:
        timed(asking, PAGE, plan.seconds)  # warms everything up
        calm = timed(asking, PAGE, plan.seconds)
        scan = subprocess.Popen(
            [sys.executable, "-m", "cli", "scan"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": conninfo(url), "LIBRARY": str(root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        busy: list[float] = []
        while True:
            busy.append(asking.ask(PAGE).seconds * 1000)
            ended, status, used = os.wait4(scan.pid, os.WNOHANG)
            if ended:
                break
        scan.returncode = os.waitstatus_to_exitcode(status)
        if scan.returncode:
            raise subprocess.CalledProcessError(scan.returncode, scan.args)
        return Scanned(calm, busy, used.ru_maxrss / 1024)


def rescans(plan: Plan, url: URL, root: Path) -> Figure:
    """Scan again and again where nothing has changed, and have `find` look at the same files."""
    asyncio.run(rescan(url))  # as this process has not been running
    pairs = [(asyncio.run(rescan(url)), find(root)) for _ in range(RESCANS)]
    ours, theirs = (median(side) * 1000 for side in zip(*pairs, strict=True))
    return Figure(
        name=f"unchanged rescan of {plan.large:,} comics",
        measured=f"{ours:.0f} ms",
        limit=f"{theirs:.0f} ms (`find -printf`)",
        ratio=median(one / other for one, other in pairs),
        goal=at_most(3),
    )
