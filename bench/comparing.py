"""How what a walk tells is compared with the index, no disk involved: against COPYing as much."""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from statistics import median
from time import perf_counter
from typing import NamedTuple

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.plan import Place, Plan
from bench.running import memory
from bench.table import Figure, at_most
from db import differences
from db.differences import Listing, Seen
from db.engine import job
from scanner.walk import CHUNK, fingerprint

MOST_ROUNDS = 5
LIBRARY = 1

ALL = text("SELECT path, size, mtime_ns, inode FROM files WHERE missing_since IS NULL")
DISTRUST = text("UPDATE folders SET fingerprint = NULL WHERE library_id = :library")


class Compared(NamedTuple):
    """How long it took, in seconds."""

    copied: float  # to bring over every file, and no more
    unchanged: float  # to find that each folder is as it was
    one_by_one: float  # to find that each file is, where no folder is trusted


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Compare a large library with itself."""
    rounds = asyncio.run(compare_all(place.large, min(plan.rounds, MOST_ROUNDS)))
    return [
        figure(f"{plan.large:,} rows compared, nothing changed", rounds, "unchanged"),
        figure(f"{plan.large:,} rows compared one by one", rounds, "one_by_one"),
    ]


async def compare_all(url: URL, rounds: int) -> list[Compared]:
    """Have each way look at the same files, again and again."""
    async with job(url) as conn:
        folders = await shelves(conn)
        await conn.rollback()
    compared = []
    for _ in range(rounds):
        copied = await copy(url, folders)
        await distrust(url)
        one_by_one = await compare(url, folders)
        compared.append(Compared(copied, await compare(url, folders), one_by_one))
    return compared


async def shelves(conn: AsyncConnection) -> dict[str, list[Seen]]:
    """Return what a walk would see in each folder."""
    folders: defaultdict[str, list[Seen]] = defaultdict(list)
    async for row in await conn.stream(ALL):
        folder, slash, _ = row.path.rpartition("/")
        folders[folder + slash].append(Seen(*row))
    return folders


async def walk(folders: dict[str, list[Seen]]) -> AsyncIterator[list[Listing]]:
    """Be a walk that finds these folders."""
    chunk: list[Listing] = []
    held = 0
    for path, seen in folders.items():
        chunk.append(Listing(path, fingerprint(seen), is_mount=False, seen=seen))
        held += 1 + len(seen)
        if held >= CHUNK:
            yield chunk
            chunk, held = [], 0
    yield chunk


async def distrust(url: URL) -> None:
    """Forget what the folders held."""
    async with job(url) as conn:
        await conn.execute(DISTRUST, {"library": LIBRARY})
        await conn.commit()


async def copy(url: URL, folders: dict[str, list[Seen]]) -> float:
    """Bring over every file in one COPY."""
    async with job(url) as conn:
        for table in differences.TABLES:
            await conn.execute(table)
        seen = [one for each in folders.values() for one in each]
        began = perf_counter()
        await differences.copy_seen(conn, seen)
        await conn.commit()
        return perf_counter() - began


async def compare(url: URL, folders: dict[str, list[Seen]]) -> float:
    """Compare as a scan does, and trust the folders that were compared by file."""
    async with job(url) as conn:
        began = perf_counter()
        await differences.bring(conn, LIBRARY, walk(folders))
        if await differences.check(conn, LIBRARY, folder=None, unlisted=[]):
            await differences.compare(conn, LIBRARY, unlisted=[])
        took = perf_counter() - began
        if (await has_differences(conn)) is not None:
            await differences.trust(conn, LIBRARY)
        return took


async def has_differences(conn: AsyncConnection) -> str | None:
    """Return the name of the table of differences, if there is one."""
    name: str | None = await conn.scalar(text("SELECT to_regclass('pg_temp.difference')::text"))
    return name


def figure(name: str, rounds: list[Compared], kind: str) -> Figure:
    """Say how many times longer it took than to bring the files over."""
    seconds = median(getattr(one, kind) for one in rounds)
    copied = median(one.copied for one in rounds)
    return Figure(
        name=name,
        measured=f"{seconds * 1000:,.0f} ms, {memory(os.getpid(), 'Rss'):.0f} MB",
        limit=f"{copied * 1000:,.0f} ms (COPY)",
        ratio=median(getattr(one, kind) / one.copied for one in rounds),
        goal=at_most(3),
    )
