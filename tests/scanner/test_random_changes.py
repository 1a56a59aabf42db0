"""Whatever is done to a library between scans: the index equals the disk, and rows their files."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from sqlalchemy import text

from tests.conftest import ASTRAY
from tests.disk import write_comic
from tests.scanner.conftest import Shelf

FOLDERS = ("", "A/", "B/", "A/C/", "A C/")
NAMES = ("1.cbz", "2.cbz", "3.cbz")
ROUNDS = 6
TURN = text("UPDATE files SET marked = NOT marked WHERE id = :id")


class Known(NamedTuple):
    """What a scan has left: whose row a path has, and what was there."""

    row: int
    identity: tuple[int, int, int]  # inode, time and size


class Vandal:
    """Does to a folder what people do, chosen by chance."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.chance = Random(seed)  # noqa: S311  no secret
        self.written = 0

    def act(self) -> None:
        """Do something once."""
        acts: list[Callable[[], object]] = [
            *(self.write, self.write, self.move, self.move, self.move, self.swap),
            *(self.copy, self.copy_anew, self.link, self.remove, self.move_folder),
        ]
        self.chance.choice(acts)()

    def comics(self) -> list[Path]:
        """Return every comic there is."""
        return sorted(self.root.rglob("*.cbz"))

    def anywhere(self) -> Path:
        """Return a path, whether or not there is a comic."""
        path = self.root / (self.chance.choice(FOLDERS) + self.chance.choice(NAMES))
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def any_comic(self) -> Path:
        """Return a comic, written if there is none."""
        return self.chance.choice(self.comics()) if self.comics() else self.write()

    def write(self) -> Path:
        """Write a comic, perhaps over another."""
        self.written += 1
        path = self.anywhere()
        path.unlink(missing_ok=True)
        return write_comic(path, f"Comic {self.written}")

    def move(self) -> None:
        """Move a comic, perhaps over another."""
        self.any_comic().replace(self.anywhere())

    def swap(self) -> None:
        """Have two comics change places."""
        one, other = self.any_comic(), self.any_comic()
        one.rename(self.root / "aside")
        if one != other:
            other.rename(one)
        (self.root / "aside").rename(other)

    def copy(self) -> None:
        """Copy a comic with its time."""
        one, new = self.any_comic(), self.anywhere()
        if not new.exists():
            shutil.copy2(one, new)

    def copy_anew(self) -> None:
        """Copy a comic as to another disk."""
        content = self.any_comic().read_bytes()
        new = self.anywhere()
        new.unlink(missing_ok=True)
        new.write_bytes(content)

    def link(self) -> None:
        """Give a comic another name."""
        one, new = self.any_comic(), self.anywhere()
        if not new.exists():
            new.hardlink_to(one)

    def remove(self) -> None:
        """Remove a comic."""
        self.any_comic().unlink()

    def move_folder(self) -> None:
        """Rename a folder."""
        folders = [path for path in self.root.iterdir() if path.is_dir()]
        if folders:
            new = self.root / f"Folder {self.chance.randrange(3)}"
            if not new.exists():
                self.chance.choice(folders).rename(new)


def on_disk(root: Path) -> dict[str, tuple[bytes, tuple[int, int, int]]]:
    """Return what is at each path: the content, and what a scan tells it by."""
    found = {}
    for path in root.rglob("*.cbz"):
        status = path.stat()
        identity = (status.st_ino, status.st_mtime_ns, status.st_size)
        found[str(path.relative_to(root))] = (path.read_bytes(), identity)
    return found


def twins(root: Path) -> set[tuple[int, int]]:
    """Return the times and sizes that several paths have: copies, and links to one file."""
    known = Counter((time, size) for _, (_, time, size) in on_disk(root).values())
    return {one for one, count in known.items() if count > 1}


async def check(
    shelf: Shelf, before: dict[str, Known], doubted: set[tuple[int, int]]
) -> dict[str, Known]:
    """Check the index against the disk, and each file's row against the one that it had.

    Which of two files of the same time and size a row belongs to is anybody's guess, and so is
    what became of a file where scans of single folders came in between: they took another that was
    written in its place for it.
    """
    rows = dict(await shelf.ask("SELECT path, id FROM files WHERE missing_since IS NULL"))
    disk = on_disk(shelf.root)
    assert set(rows) == set(disk)
    assert len(set(rows.values())) == len(rows)
    titles = dict(await shelf.ask("SELECT path, title FROM files WHERE missing_since IS NULL"))
    for path, (content, _) in disk.items():
        assert titles[path].encode() in content
    whose = {known.identity: known.row for known in before.values()}
    for path, (_, identity) in disk.items():
        if identity in whose and identity[1:] not in doubted:
            assert rows[path] == whose[identity], path
    counted = await shelf.ask("SELECT sum(present)::int, sum(missing)::int FROM counts")
    missing = await shelf.ask("SELECT count(*)::int FROM files WHERE missing_since IS NOT NULL")
    assert counted == [(len(disk), *missing)]
    assert (await shelf.conn.execute(ASTRAY)).all() == []
    return {path: Known(rows[path], identity) for path, (_, identity) in disk.items()}


@pytest.mark.parametrize("seed", range(8))
async def test_the_index_equals_the_disk_and_rows_follow_their_files(
    shelf: Shelf, seed: int
) -> None:
    vandal = Vandal(shelf.root, seed)
    for _ in range(8):
        vandal.write()
    await shelf.scan()
    known: dict[str, Known] = await check(shelf, {}, set())
    marks: dict[int, bool] = {}
    for _ in range(ROUNDS):
        ever = set(await shelf.ask("SELECT id FROM files"))
        doubted = twins(shelf.root)
        for _ in range(vandal.chance.randrange(1, 7)):
            vandal.act()
            doubted |= twins(shelf.root)
            if vandal.chance.random() < 0.2:
                folder = vandal.chance.choice(FOLDERS).strip("/") or None
                await shelf.scan(folder, accept_empty=True)
                doubted |= {known[path].identity[1:] for path in known} if folder else set()
        await shelf.scan(accept_empty=True)
        known = await check(shelf, known, doubted)
        assert set(await shelf.ask("SELECT id FROM files")) >= ever
        rows = dict(await shelf.ask("SELECT id, marked FROM files"))
        assert {number: rows[number] for number in marks} == marks
        number = vandal.chance.choice(sorted(rows))
        await shelf.conn.execute(TURN, {"id": number})
        await shelf.conn.commit()
        marks = rows | {number: not rows[number]}
