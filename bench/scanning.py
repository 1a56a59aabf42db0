"""Scans of a library on the disk: the first, and one that finds nothing changed."""

import asyncio
import os
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple
from xml.etree import ElementTree as ET
from zipfile import BadZipFile

from sqlalchemy import URL, text

from bench.comics import read_barely
from bench.plan import ROOT, Place, Plan
from bench.table import Figure, Goal, at_least, at_most
from cli import environment, sample
from db import libraries
from db.engine import conninfo, job
from scanner.scan import Orders, scan

SPEED = 1_000  # files a second
TOOK = text("SELECT extract(epoch FROM finished_at - started_at)::float8 FROM scans")


class Rescan(NamedTuple):
    """How long it took to find nothing changed, in seconds."""

    command: float  # `longbox scan`, from start to end
    scan: float  # in a process that has been running, as the scheduler's
    find: float


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Make a library, scan it for the first time, and again."""
    root, url = place.folder / "comics", place.empty
    sample.make(root, plan.comics)
    command = scan_command(url, root)
    scanned = asyncio.run(took(url))
    rescans = asyncio.run(rescan_all(plan, url, root))
    return [
        speed("first scan, by its own clock", plan, scanned, at_least(1)),
        against_bare(plan.comics / scanned, sorted(root.rglob("*.cbz"))),
        speed("first scan, `longbox scan` with migrations", plan, command, None),
        slowness("unchanged rescan, in a process that has been running", rescans, "scan"),
        slowness("unchanged rescan, `longbox scan`", rescans, "command"),
    ]


def scan_command(url: URL, root: Path) -> float:
    """Run `longbox scan`, and return the seconds it took."""
    began = perf_counter()
    subprocess.run(
        [sys.executable, "-m", "cli", "scan"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": conninfo(url), "LIBRARY": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return perf_counter() - began


async def took(url: URL) -> float:
    """Return the seconds that the only scan of a database says it took."""
    async with job(url) as conn:
        return float((await conn.execute(TOOK)).scalar_one())


async def rescan_all(plan: Plan, url: URL, root: Path) -> list[Rescan]:
    """Scan again and again, and have `find` look at the same files each time."""
    await rescan(url)  # as this process has not been running
    rescans = []
    for _ in range(plan.rounds):
        found = await asyncio.to_thread(find, root)
        scanned = await rescan(url)
        rescans.append(Rescan(await asyncio.to_thread(scan_command, url, root), scanned, found))
    return rescans


async def rescan(url: URL) -> float:
    """Scan the only library of a database in this process, and return the seconds it took."""
    async with job(url) as conn:
        (library,) = await libraries.every(conn)
    return await scan_here(url, library)


async def add_library(url: URL, root: Path) -> None:
    """Make a library of this folder, and scan it in this process."""
    async with job(url) as conn:
        made = await libraries.ensure(conn, str(root), root.name)
        await conn.commit()
        (library,) = [one for one in await libraries.every(conn) if one.id == made]
    await scan_here(url, library)


async def scan_here(url: URL, library: libraries.Library) -> float:
    """Scan a library in this process, and return the seconds it took."""
    began = perf_counter()
    await scan(partial(job, url), library, Orders(readers=environment.readers()), lambda _: None)
    return perf_counter() - began


def find(root: Path) -> float:
    """Have `find` tell what a scan has to know of each file, and return the seconds it took."""
    began = perf_counter()
    command = ["find", str(root), "-printf", r"%p %s %T@\n"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - began


def speed(name: str, plan: Plan, seconds: float, goal: Goal | None) -> Figure:
    """Say how many files a second that were."""
    rate = plan.comics / seconds
    return Figure(name, f"{rate:,.0f} files/s", f"{SPEED:,} files/s", rate / SPEED, goal)


def against_bare(rate: float, zips: list[Path]) -> Figure:
    """Read the same comics with bare Python in this process, which checks and keeps nothing."""
    began = perf_counter()
    for path in zips:
        with suppress(BadZipFile, ET.ParseError):
            read_barely(path)
    bare = len(zips) / (perf_counter() - began)
    return Figure(
        name="first scan, by its own clock, against reading alone",
        measured=f"{rate:,.0f} files/s",
        limit=f"{bare:,.0f} files/s (`zipfile` and ElementTree, one process)",
        ratio=rate / bare,
        goal=at_least(2),
    )


def slowness(name: str, rescans: list[Rescan], kind: str) -> Figure:
    """Say how many times longer it took than `find`."""
    seconds = median(getattr(one, kind) for one in rescans)
    found = median(one.find for one in rescans)
    return Figure(
        name=name,
        measured=f"{seconds * 1000:.0f} ms",
        limit=f"{found * 1000:.0f} ms (`find -printf`)",
        ratio=median(getattr(one, kind) / one.find for one in rescans),
        goal=at_most(4) if kind == "scan" else None,
    )
