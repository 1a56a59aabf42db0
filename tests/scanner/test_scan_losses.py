"""Disks that are away, in whole or in part: nothing of theirs is taken for gone (PEERS 3, 19, 20).

A disk that is mounted is a link to one of another device; it is away when what it leads to is an
empty folder on the library's own.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from db import libraries
from db.scans import Progress
from scanner.scan import ScanError
from tests.disk import write_comic, write_comics
from tests.scanner.conftest import Shelf

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  another device


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Have a folder on another device than the library."""
    if not SHARED_MEMORY.is_dir() or SHARED_MEMORY.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second device here")
    with tempfile.TemporaryDirectory(prefix="longbox-", dir=SHARED_MEMORY) as name:
        yield Path(name)


def mount(disk: Path, point: Path) -> None:
    """Have this at a folder of the library."""
    point.unlink(missing_ok=True)
    point.symlink_to(disk)


async def test_comics_of_a_disk_that_is_away_do_not_vanish(shelf: Shelf, disk: Path) -> None:
    write_comic(shelf.root / "own.cbz")
    write_comic(disk / "there/1.cbz")
    mount(disk, shelf.root / "nas")
    await shelf.scan()
    bare = shelf.root.with_name("bare")
    bare.mkdir()
    mount(bare, shelf.root / "nas")
    for folder in (None, "nas", "nas/there"):
        progress = await shelf.scan(folder)
        assert progress.vanished == 0
        assert progress.faults == ["nas/ is empty: a disk was mounted there, and is not any more."]
    assert await shelf.present() == ["nas/there/1.cbz", "own.cbz"]
    mount(disk, shelf.root / "nas")
    assert await shelf.scan() == Progress(seen=2)


async def test_a_disk_that_is_meant_to_be_gone_may_be(shelf: Shelf, disk: Path) -> None:
    write_comic(shelf.root / "own.cbz")
    write_comic(disk / "1.cbz")
    mount(disk, shelf.root / "nas")
    await shelf.scan()
    bare = shelf.root.with_name("bare")
    bare.mkdir()
    mount(bare, shelf.root / "nas")
    assert await shelf.scan(accept_empty=True) == Progress(seen=1, vanished=1)
    assert await shelf.scan() == Progress(seen=1)


async def test_when_most_comics_are_gone_at_once_the_scan_stops(shelf: Shelf) -> None:
    write_comics(shelf.root, 120)
    await shelf.scan()
    (shelf.root / "00").rename(shelf.root.with_name("aside"))
    assert (await shelf.scan()).vanished == 50  # not even half of them
    (shelf.root / "01").rename(shelf.root.with_name("aside too"))
    assert (await shelf.scan()).vanished == 50  # of the 70 that were left: a small library


async def test_a_scan_that_finds_most_comics_gone_touches_no_row(shelf: Shelf) -> None:
    write_comics(shelf.root, 120)
    await shelf.scan()
    before = await shelf.versions()
    for folder in ("00", "01"):
        (shelf.root / folder).rename(shelf.root.with_name(folder))
    with pytest.raises(ScanError, match=r"100 of 120 comics .* are gone at once"):
        await shelf.scan()
    assert await shelf.versions() == before
    assert await shelf.scan(accept_empty=True) == Progress(seen=20, vanished=100)


async def test_a_library_that_is_put_in_order_has_lost_nothing(shelf: Shelf) -> None:
    paths = write_comics(shelf.root, 120)
    await shelf.scan()
    for path in paths:
        (shelf.root / path).rename(shelf.root / f"New {os.path.basename(path)}")  # noqa: PTH119
    assert await shelf.scan() == Progress(seen=120, moved=120, to_read=120, read=120)


async def exclude(shelf: Shelf, globs: list[str]) -> None:
    """Have the library leave these out from now on."""
    await libraries.change(shelf.conn, shelf.library.id, {"excludes": globs})
    await shelf.conn.commit()
    shelf.library.excludes = globs


async def test_what_is_excluded_leaves_and_comes_back_with_its_marks(shelf: Shelf) -> None:
    """Another program moved such files to the trash, and then deleted them (PEERS 22)."""
    paths = write_comics(shelf.root, 120)
    await shelf.scan()
    await shelf.ask("UPDATE files SET marked = true RETURNING id")
    await exclude(shelf, ["00/", "01/"])
    assert await shelf.scan() == Progress(seen=20, vanished=100)
    assert all((shelf.root / path).exists() for path in paths)
    await shelf.ask(
        "UPDATE files SET missing_since = missing_since - interval '1 year' RETURNING 1"
    )
    await shelf.ask("INSERT INTO settings VALUES ('forget_missing_after_days', '30') RETURNING 1")
    await shelf.scan()
    await exclude(shelf, [])
    assert await shelf.scan() == Progress(seen=120, returned=100)
    assert await shelf.ask("SELECT count(*)::int FROM files WHERE marked") == [120]


async def test_what_went_is_forgotten_after_as_many_days_as_the_settings_say(
    shelf: Shelf,
) -> None:
    for name in ("a", "b", "c"):
        write_comic(shelf.root / f"{name}.cbz", name)
    await shelf.scan()
    for name in ("a", "b"):
        (shelf.root / f"{name}.cbz").unlink()
    await shelf.scan()
    await shelf.conn.execute(
        text("UPDATE files SET missing_since = now() - interval '31 days' WHERE path = 'a.cbz'")
    )
    await shelf.conn.commit()
    await shelf.scan()
    assert len(await shelf.ask("SELECT id FROM files")) == 3
    await shelf.ask("INSERT INTO settings VALUES ('forget_missing_after_days', '30') RETURNING 1")
    await shelf.scan()
    assert await shelf.ask("SELECT path FROM files ORDER BY path") == ["b.cbz", "c.cbz"]
