"""Batches of thousands, and their undo, on real comics: `python -m bench.thousands`.

A batch of ten thousand is paused, resumed and cancelled from this process while two workers, which
are others, are at it: each is heeded within a second and the comic under way. Then a thousand
comics are processed and renamed, and both is undone: every name, byte of ComicInfo.xml and mark
has to be what it was, by checksums.
"""

import argparse
import asyncio
import hashlib
import tempfile
import time
from pathlib import Path
from zipfile import ZipFile

from msgspec import to_builtins
from sqlalchemy import URL, make_url, text

from bench import disk
from bench.processing import at_work, wait
from bench.scanning import scan_command
from comics.orders import Kind, Orders
from comics.rules import Settings
from db import batch_states, batches, embedded
from db.batches import Batch, New
from db.engine import job
from db.listing import Wanted

MANY, SOME = 10_000, 1_000
WORKERS = 2
BEGUN = 100  # comics that are done before a batch is stopped
PAUSE = 3.0  # seconds
RENAMED = Settings(filename_format="No. {issue_no_pad} of {series}")

MARK = text("UPDATE files SET marked = id % 3 = 0")
AT_WORK = text("SELECT count(*) FROM batch_items WHERE state = 'running'")
ROWS = text("""
    SELECT path, marked, duplicate, title, tags::text
      FROM files JOIN file_tags ON file_id = id WHERE missing_since IS NULL ORDER BY path
""")


def orders(kind: Kind, settings: Settings) -> New:
    """Say what is to be done to all comics."""
    wanted = to_builtins(Orders(kind=kind, settings=settings))
    return New(kind=kind, title=kind, chosen=Wanted(), orders=wanted)


def checksums(root: Path) -> dict[str, dict[str, str]]:
    """Return a checksum of each member of each comic, by its path."""
    found = {}
    for path in root.rglob("*.cbz"):
        with ZipFile(path) as archive:
            found[str(path.relative_to(root))] = {
                name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()
            }
    return found


async def rows(url: URL) -> list[tuple[object, ...]]:
    """Return what the index knows of the comics that are there."""
    async with job(url) as conn:
        return [tuple(row) for row in await conn.execute(ROWS)]


async def stop(url: URL) -> None:
    """Pause, resume and cancel a batch of all comics, and say how soon that is heeded."""
    async with job(url) as conn:
        batch = await batches.make(conn, orders("process", RENAMED))
        await conn.commit()
    await until_done(url, batch, BEGUN)
    paused = await heeded(url, batch, cancels=False)
    before = await now(url, batch)
    await asyncio.sleep(PAUSE)
    if (await now(url, batch)).done != before.done:
        raise SystemExit("A batch that is paused goes on.")
    async with job(url) as conn:
        await batch_states.resume(conn, batch.id)
        await conn.commit()
    await until_done(url, batch, before.done + BEGUN)
    cancelled = await heeded(url, batch, cancels=True)
    after = await now(url, batch)
    print(
        f"Of {batch.total:,} comics {before.done:,} were done until a pause, heeded within"
        f" {paused:.2f} s, and {after.done:,} until a cancel, within {cancelled:.2f} s."
    )
    await wait(url, batches.undoing(after, "Undo"))


async def now(url: URL, batch: Batch) -> Batch:
    """Return a batch as it is now."""
    async with job(url) as conn:
        return await batches.known(conn, batch.id)


async def until_done(url: URL, batch: Batch, number: int) -> None:
    """Wait until so many comics of a batch are done."""
    while (await now(url, batch)).done < number:  # noqa: ASYNC110  it is no part of us
        await asyncio.sleep(0.05)


async def heeded(url: URL, batch: Batch, *, cancels: bool) -> float:
    """Stop a batch, and return the seconds until no worker is at it."""
    async with job(url) as conn:
        began = time.monotonic()
        change = batch_states.cancel if cancels else batch_states.pause
        await change(conn, batch.id)
        await conn.commit()
        while await conn.scalar(AT_WORK):
            await conn.commit()
            await asyncio.sleep(0.01)
        return time.monotonic() - began


async def undo_both(url: URL, root: Path) -> None:
    """Process the comics, rename them, undo both, and end the run if anything is not as it was."""
    before = checksums(root), await rows(url)
    done = [await wait(url, orders("process", Settings()))]
    done.append(await wait(url, orders("rename", RENAMED)))
    if set(checksums(root)) & set(before[0]):
        raise SystemExit("Not all comics have other names.")
    for batch in reversed(done):
        await wait(url, batches.undoing(batch, "Undo"))
    if (checksums(root), await rows(url)) != before:
        raise SystemExit("An undo has not brought back everything.")
    print(f"{done[0].total:,} comics were processed and renamed, and are what they were.")


def play(folder: Path, number: int, act: str) -> None:
    """Have a library of so many comics, workers, and do this to it."""
    root = folder / act
    with embedded.server(folder / f"postgres {act}") as server:
        url = make_url(server)
        disk.write_comics(root, number)
        scan_command(url, root)
        asyncio.run(mark_some(url))
        with at_work(url, WORKERS):
            asyncio.run(stop(url) if act == "stop" else undo_both(url, root))


async def mark_some(url: URL) -> None:
    """Mark a third of the comics."""
    async with job(url) as conn:
        await conn.execute(MARK)
        await conn.commit()


def main() -> None:
    """Do both, and print what was seen."""
    parser = argparse.ArgumentParser("python -m bench.thousands", description=__doc__)
    parser.add_argument("--many", type=int, default=MANY)
    parser.add_argument("--some", type=int, default=SOME)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="longbox-thousands-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the account that runs PostgreSQL reads in it
        play(folder, chosen.some, "undo")
        play(folder, chosen.many, "stop")


if __name__ == "__main__":
    main()
