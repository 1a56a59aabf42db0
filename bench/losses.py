"""Have batches give many comics one name, and see that none is lost: `python -m bench.losses`.

In each folder several comics want the same few names. In each round two batches want all of them at
once, by different templates, while the user moves files in the same folders, some of them to names
that the batches want. Then every comic has to be there, whole and once, by its pages; and in the
end a scan has to find each in the index.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from zipfile import ZipFile

from msgspec import Struct, to_builtins
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.plan import ROOT
from comics.orders import Kind, Orders
from comics.rules import Settings
from comics.writing.moving import move
from comics.writing.refusals import Refused
from db import batches, embedded, engine, schema
from db.batches import Batch, New
from db.listing import Wanted

FOLDERS, COMICS, NUMBERS = 3, 8, 3  # comics a folder, and the numbers that they share
STRAYS = 3  # files a folder that the index does not know
MOVES = 20  # by the user, a round
SCANNED = 4  # rounds from one scan to the next
PATIENCE = 300.0  # seconds for a round: a share that is away is waited for, too
KINDS: tuple[Kind, Kind] = ("process", "rename")


class Shelf(Struct):
    """A library on the disk and in the database; `pages` are what has to be there."""

    root: Path
    url: URL
    chance: Random
    pages: list[str]


def fill(root: Path) -> list[str]:
    """Write the comics and the stray files, and return what their pages hold."""
    pages: list[str] = []
    for place in range(FOLDERS * (COMICS + STRAYS)):
        folder, which = divmod(place, COMICS + STRAYS)
        name = f"comic {which}.cbz" if which < COMICS else f".stray {which}"
        pages.append(f"page of {place}")
        path = root / f"Saga {folder}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with ZipFile(path, "w") as archive:
            archive.writestr("1.png", pages[-1])
            number = f"<Number>{which % NUMBERS}</Number>"
            archive.writestr("ComicInfo.xml", f"<ComicInfo>{number}</ComicInfo>")
    return pages


def longbox(url: URL, root: Path, *arguments: str, workers: int = 1) -> subprocess.Popen[bytes]:
    """Start a command as a user does."""
    told = {"DATABASE_URL": engine.conninfo(url), "LIBRARY": str(root), "LOG_LEVEL": "error"}
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        env=os.environ | told | {"MAX_WORKERS": str(workers)},
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def user_at_work(shelf: Shelf) -> Iterator[None]:
    """Have the user move files about while the block lasts, never over another."""
    done = threading.Event()
    user = threading.Thread(target=move_about, args=[shelf, done])
    user.start()
    try:
        yield
    finally:
        done.set()
        user.join()


def move_about(shelf: Shelf, done: threading.Event) -> None:
    """Move stray files to names that comics want, and comics away, but leave some to batches."""
    for _ in range(MOVES):
        if done.wait(0.02):
            return
        folder = shelf.root / f"Saga {shelf.chance.randrange(FOLDERS)}"
        path = shelf.chance.choice(sorted(folder.iterdir()))
        wanted = f"{folder.name} - Chapter {shelf.chance.randrange(NUMBERS):04}.cbz"
        away = f"moved {shelf.chance.randrange(COMICS)}.cbz"
        if not path.name.startswith(".longbox"):
            with suppress(Refused):
                move(path, folder / shelf.chance.choice([wanted, away]))


async def play(shelf: Shelf, number: int) -> Counter[str]:
    """Play a round of two batches, and return how their items have ended."""
    async with engine.job(shelf.url) as conn:
        made = [
            await batches.make(conn, wish(kind, f"R{number} {place} {{number}}" if place else None))
            for place, kind in enumerate(KINDS)
        ]
        await conn.commit()
        end = time.monotonic() + PATIENCE
        while not all([await has_ended(conn, batch) for batch in made]):
            if time.monotonic() > end:
                raise SystemExit(f"Round {number} did not end within {PATIENCE:g} seconds.")
            await asyncio.sleep(0.02)
        ended = await conn.execute(
            text("SELECT state, count(*) FROM batch_items WHERE batch_id = ANY(:ids) GROUP BY 1"),
            {"ids": [batch.id for batch in made]},
        )
        return Counter({row[0]: row[1] for row in ended})


def wish(kind: Kind, template: str | None) -> New:
    """Say what is to be done to all comics."""
    settings = Settings(filename_format=template) if template else Settings()
    orders = to_builtins(Orders(kind=kind, settings=settings))
    return New(kind=kind, title=kind, chosen=Wanted(), orders=orders)


async def has_ended(conn: AsyncConnection, batch: Batch) -> bool:
    """Tell whether a batch has ended."""
    found = await batches.one(conn, batch.id)
    await conn.commit()
    return found is not None and found.has_ended


def check(shelf: Shelf) -> None:
    """End the run if a comic is not there, is damaged, or is there twice."""
    there: list[str] = []
    for path in shelf.root.rglob("*"):
        if path.is_file() and not path.name.startswith(".longbox"):
            with ZipFile(path) as archive:
                if archive.testzip():
                    raise SystemExit(f"{path} is damaged.")
                there.append(archive.read("1.png").decode())
    if lost := Counter(shelf.pages) - Counter(there):
        raise SystemExit(f"Lost: {sorted(lost)}")
    if twice := Counter(there) - Counter(shelf.pages):
        raise SystemExit(f"There twice: {sorted(twice)}")


async def check_index(shelf: Shelf) -> None:
    """End the run if the index has not each comic that is there, once."""
    named = (path for path in shelf.root.rglob("[!.]*.cbz") if path.is_file())
    async with engine.job(shelf.url) as conn:
        rows = await conn.scalars(text("SELECT path FROM files WHERE missing_since IS NULL"))
        if Counter(rows) != Counter(str(path.relative_to(shelf.root)) for path in named):
            raise SystemExit("The index is not what is on the disk.")


def run(folder: Path, rounds: int, workers: int) -> Counter[str]:
    """Play so many rounds with so many workers, and count how items have ended."""
    root, found = folder / f"comics {workers}", Counter[str]()
    with embedded.server(folder / f"postgres {workers}") as server:
        url = make_url(server)
        schema.migrate(url)
        shelf = Shelf(root, url, Random(workers), fill(root))  # noqa: S311  no secret
        longbox(url, root, "scan").wait(PATIENCE)
        working = longbox(url, root, "worker", workers=workers)
        try:
            asyncio.run(play(shelf, rounds))  # the workers have started when this has ended
            for number in range(rounds):
                with user_at_work(shelf):
                    found += asyncio.run(play(shelf, number))
                check(shelf)
                if number % SCANNED == SCANNED - 1:
                    longbox(url, root, "scan", "--accept-empty").wait(PATIENCE)
            longbox(url, root, "scan", "--accept-empty").wait(PATIENCE)
            asyncio.run(check_index(shelf))
        finally:
            working.terminate()
            working.wait()
    return found


def main() -> None:
    """Play with two workers and with four, and print what was found."""
    parser = argparse.ArgumentParser("python -m bench.losses", description=__doc__)
    parser.add_argument("--batches", type=int, default=1_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="longbox-losses-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the account that runs PostgreSQL reads in it
        for workers in (2, 4):
            start = time.perf_counter()
            found = run(folder, max(1, chosen.batches // 4), workers)
            print(f"{workers} workers, {time.perf_counter() - start:.0f} s, no comic lost: {found}")


if __name__ == "__main__":
    main()
