"""Kill scans and their PostgreSQL at random moments: `python -m bench.crashes --times 200`.

Between two kills comics are written, moved and removed. After each, a scan that is let finish has
to bring the index to what the disk holds: each comic once, read, with its row and its mark.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile

import psycopg
from msgspec import Struct, field
from sqlalchemy import make_url

from bench.plan import ROOT
from bench.running import postmaster
from db import embedded, schema
from db.engine import conninfo

COMICS, CHANGES = 400, 60
FOLDERS = 12
LONGEST = 2.5  # seconds until a kill: a scan of these takes about as long
PATIENCE = 60.0  # seconds for PostgreSQL to be back
WHOM = ("the scan", "PostgreSQL, at once", "PostgreSQL, with no time to say so")


class Shelf(Struct):
    """A library on the disk, and what is known to be true of it."""

    root: Path
    chance: Random
    comics: dict[str, str] = field(default_factory=dict)  # path -> title
    marked: set[str] = field(default_factory=set)  # titles
    written: int = 0
    scanned: int = 0  # of those written

    def write(self) -> None:
        """Write a comic where none has been, or it might be taken for that."""
        self.written += 1
        title, path = f"Comic {self.written}", f"{self.folder()}/new {self.written}.cbz"
        with ZipFile(self.root / path, "w") as archive:
            archive.writestr("1.png", title)
            archive.writestr("ComicInfo.xml", f"<ComicInfo><Title>{title}</Title></ComicInfo>")
        self.comics[path] = title

    def move(self) -> None:
        """Move a comic to where there is none, or has been one until now."""
        old, new = self.chance.choice(self.known()), self.free()
        (self.root / old).rename(self.root / new)
        self.comics[new] = self.comics.pop(old)

    def swap(self) -> None:
        """Have two comics change places."""
        one, other = self.chance.sample(self.known(), 2)
        aside = self.root / "aside"
        (self.root / one).rename(aside)
        (self.root / other).rename(self.root / one)
        aside.rename(self.root / other)
        self.comics[one], self.comics[other] = self.comics[other], self.comics[one]

    def remove(self) -> None:
        """Remove a comic."""
        path = self.chance.choice(list(self.comics))
        (self.root / path).unlink()
        del self.comics[path]

    def known(self) -> list[str]:
        """Return the paths of comics that a scan has met: what is new might be taken for others."""
        return [path for path, title in self.comics.items() if number(title) <= self.scanned]

    def change(self) -> None:
        """Do all of this, some of it more often."""
        self.scanned = self.written
        acts = (self.write, self.write, self.move, self.move, self.swap, self.remove)
        for _ in range(CHANGES):
            self.chance.choice(acts)()

    def free(self) -> str:
        """Return a path at which there is no comic."""
        while True:
            path = f"{self.folder()}/{self.chance.randrange(COMICS // 4):03}.cbz"
            if path not in self.comics:
                return path

    def folder(self) -> str:
        """Return one of the folders, made if need be."""
        name = f"{self.chance.randrange(FOLDERS):02}"
        (self.root / name).mkdir(exist_ok=True)
        return name


def number(title: str) -> int:
    """Return the how manieth comic has this title."""
    return int(title.rpartition(" ")[2])


def start_scan(url: str, root: Path) -> subprocess.Popen[bytes]:
    """Start a scan as a user does."""
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "scan", "--accept-empty"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "LIBRARY": str(root), "MAX_WORKERS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def crash(shelf: Shelf, url: str, home: Path) -> str:
    """Start a scan, kill it or its server in the middle, and say whom."""
    scanning = start_scan(url, shelf.root)
    whom = shelf.chance.choice(WHOM)
    time.sleep(shelf.chance.uniform(0.2, LONGEST))
    if whom == WHOM[0]:
        scanning.kill()
    else:
        os.kill(postmaster(home), signal.SIGQUIT if whom == WHOM[1] else signal.SIGKILL)
    scanning.wait(PATIENCE)
    await_server(url, home)
    return whom


def await_server(url: str, home: Path) -> None:
    """Have the server again, if it was killed."""
    end = time.monotonic() + PATIENCE
    while True:
        embedded.revive(home)
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def check(shelf: Shelf, conn: psycopg.Connection[Any]) -> None:
    """Raise AssertionError where the index is not what the disk is, or a mark has gone astray."""
    rows = conn.execute("SELECT path, title FROM files WHERE missing_since IS NULL").fetchall()
    twice = [path for path, count in Counter(path for path, _ in rows).items() if count > 1]
    assert not twice, f"listed twice: {twice}"  # noqa: S101  a check is what this is
    assert dict(rows) == shelf.comics, set(rows) ^ set(shelf.comics.items())  # noqa: S101
    marked = conn.execute("SELECT title FROM files WHERE marked").fetchall()
    astray = set(shelf.marked) ^ {title for (title,) in marked}
    assert not astray, f"marked on one side: {astray}"  # noqa: S101
    assert len(marked) == len(shelf.marked)  # noqa: S101
    counted = conn.execute("SELECT sum(present)::int FROM counts").fetchone()
    assert counted == (len(shelf.comics),), counted  # noqa: S101


def mark(shelf: Shelf, conn: psycopg.Connection[Any]) -> None:
    """Mark some comics more."""
    chosen = shelf.chance.sample(sorted(shelf.comics.values()), 5)
    conn.execute("UPDATE files SET marked = true WHERE title = ANY(%s)", [chosen])
    conn.commit()
    shelf.marked |= set(chosen)


def main() -> None:
    """Crash as often as is asked for."""
    parser = argparse.ArgumentParser("python -m bench.crashes", description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="longbox-crashes-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the account that runs PostgreSQL reads in it
        shelf = Shelf(folder / "comics", Random(chosen.seed))  # noqa: S311  no secret
        shelf.root.mkdir()
        for _ in range(COMICS):
            shelf.write()
        home = folder / "postgres"
        with embedded.server(home) as server:
            schema.migrate(make_url(server))
            url = conninfo(make_url(server))
            print(Counter(crash_and_check(shelf, url, home) for _ in range(chosen.times)))


def crash_and_check(shelf: Shelf, url: str, home: Path) -> str:
    """Crash once, scan, check, and go on."""
    whom = crash(shelf, url, home)
    scan = start_scan(url, shelf.root)
    if scan.wait(PATIENCE):
        raise ChildProcessError(f"After {whom} was killed, the next scan ended with an error.")
    with psycopg.connect(url) as conn:
        check(shelf, conn)
        mark(shelf, conn)
    shelf.change()
    return whom


if __name__ == "__main__":
    main()
