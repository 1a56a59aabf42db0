"""Scans of real folders into a real database: what becomes of each file."""

import os
from pathlib import Path

import pytest

from comics.paths import to_text
from db import differences
from db.scans import Progress
from tests.disk import EIO, write_comic, write_comics
from tests.scanner.conftest import Shelf, check_whole

needs_eio = pytest.mark.skipif(not EIO.exists(), reason="no file here is unreadable for root too")


async def test_the_first_scan_lists_and_reads_every_comic(shelf: Shelf) -> None:
    paths = write_comics(shelf.root, 60)
    progress = await shelf.scan(readers=2)
    assert progress == Progress(seen=60, added=60, to_read=60, read=60)
    await check_whole(shelf, paths)
    newest = await shelf.newest()
    assert newest.state == "done"
    assert newest.started_at
    assert newest.finished_at
    assert (newest.seen, newest.added, newest.read, newest.error) == (60, 60, 60, None)
    assert await shelf.ask("SELECT scanned_at IS NOT NULL FROM libraries") == [True]


async def test_a_library_without_comics_is_scanned_with_nothing_to_tell(shelf: Shelf) -> None:
    assert await shelf.scan() == Progress()
    assert (await shelf.newest()).state == "done"


async def test_a_second_scan_touches_no_row(shelf: Shelf) -> None:
    write_comics(shelf.root, 30)
    (shelf.root / "bad.cbz").write_bytes(b"PK\3\4")
    await shelf.scan()
    before = await shelf.versions()
    assert await shelf.scan() == Progress(seen=31)
    assert await shelf.versions() == before


@pytest.mark.parametrize("changed", ["size", "time"])
async def test_a_comic_that_has_changed_is_read_again_and_no_other(
    shelf: Shelf, changed: str
) -> None:
    comic = write_comic(shelf.root / "a.cbz", "Old")
    write_comic(shelf.root / "b.cbz", "Other")
    await shelf.scan()
    other = await shelf.ask("SELECT xmin::text, f FROM files AS f WHERE path = 'b.cbz'")
    before = comic.stat()
    write_comic(comic, "New" if changed == "time" else "Another title")
    later = before.st_mtime_ns + (1 if changed == "time" else 0)
    os.utime(comic, ns=(later, later))
    assert (comic.stat().st_size == before.st_size) == (changed == "time")
    assert await shelf.scan() == Progress(seen=2, changed=1, to_read=1, read=1)
    assert (await shelf.ask("SELECT title FROM files ORDER BY path"))[0] != "Old"
    assert await shelf.ask("SELECT xmin::text, f FROM files AS f WHERE path = 'b.cbz'") == other


async def test_a_comic_that_vanished_keeps_its_row_and_returns_to_it(shelf: Shelf) -> None:
    comic = write_comic(shelf.root / "a.cbz", "Number a.cbz")
    write_comic(shelf.root / "b.cbz")
    await shelf.scan()
    known = await shelf.ask("UPDATE files SET marked = true WHERE path = 'a.cbz' RETURNING id")
    comic.rename(shelf.root / "aside")
    assert await shelf.scan() == Progress(seen=1, vanished=1)
    assert await shelf.ask("SELECT id FROM files WHERE missing_since IS NOT NULL") == known
    assert await shelf.present() == ["b.cbz"]
    before = await shelf.versions()
    assert await shelf.scan() == Progress(seen=1)
    assert await shelf.versions() == before
    (shelf.root / "aside").rename(comic)
    assert await shelf.scan() == Progress(seen=2, returned=1)
    assert await shelf.ask("SELECT id, title, marked FROM files WHERE path = 'a.cbz'") == [
        (known[0], "Number a.cbz", True)
    ]


async def test_a_comic_that_returns_changed_is_read_again(shelf: Shelf) -> None:
    comic = write_comic(shelf.root / "a.cbz", "Old")
    write_comic(shelf.root / "b.cbz")
    await shelf.scan()
    comic.unlink()
    await shelf.scan()
    write_comic(comic, "Newer")
    assert await shelf.scan() == Progress(seen=2, changed=1, returned=1, to_read=1, read=1)
    assert await shelf.ask("SELECT title, missing_since FROM files WHERE path = 'a.cbz'") == [
        ("Newer", None)
    ]


def write_faulty_archives(root: Path) -> list[str]:
    """Write what no program can read, and return the paths as they are listed."""
    sound = write_comic(root / "sound.cbz").read_bytes()
    faulty = {
        b"cut.cbz": sound[: len(sound) // 2],
        b"empty.cbr": b"",
        b"odd \xff.cb7": b"What is this?",
        b"page.cbz": b"<!DOCTYPE html><title>404</title>",
        b"tape.cbt": b"\x1f\x8b\x08" + bytes(40),
    }
    for name, content in faulty.items():
        (root / os.fsdecode(name)).write_bytes(content)
    return sorted(to_text(os.fsdecode(name)) for name in faulty)


async def test_every_faulty_archive_is_a_row_with_a_sentence(shelf: Shelf) -> None:
    faulty = write_faulty_archives(shelf.root)
    progress = await shelf.scan(readers=2)
    assert (progress.read, progress.faulty, progress.faults) == (6, 5, [])
    rows = await shelf.ask("SELECT path, fault FROM files WHERE fault IS NOT NULL ORDER BY path")
    assert [path for path, _ in rows] == faulty
    assert all(fault.endswith(".") and len(fault.split()) > 3 for _, fault in rows)
    assert await shelf.scan() == Progress(seen=6)


@needs_eio
async def test_a_new_comic_that_the_disk_cannot_read_is_tried_again(shelf: Shelf) -> None:
    comic = shelf.root / "a.cbz"
    comic.symlink_to(EIO)
    for _ in range(2):
        progress = await shelf.scan()
        assert (progress.to_read, progress.read, progress.faulty) == (1, 1, 1)
        assert progress.faults == (await shelf.newest()).faults
        (fault,) = progress.faults
        assert fault.startswith("a.cbz: The disk could not read this file just now (Input/output")
        assert fault.endswith(" The next scan tries it again.")
        assert await shelf.ask("SELECT fault IS NOT NULL FROM files") == [True]
    comic.unlink()
    write_comic(comic, "Number a.cbz")
    assert (await shelf.scan()).faulty == 0
    await check_whole(shelf, ["a.cbz"])


@needs_eio
async def test_what_an_earlier_scan_read_stays_while_the_disk_cannot_read_the_file(
    shelf: Shelf,
) -> None:
    comic = write_comic(shelf.root / "a.cbz", "Number a.cbz")
    await shelf.scan()
    before = await shelf.versions()
    comic.rename(shelf.root / "aside")
    comic.symlink_to(EIO)
    for _ in range(2):
        progress = await shelf.scan()
        assert (progress.changed, progress.faulty, len(progress.faults)) == (1, 1, 1)
        assert (await shelf.versions())[:-1] == before[:-1]  # the folder is looked at again
    (shelf.root / "aside").rename(comic)
    assert await shelf.scan() == Progress(seen=1)
    await check_whole(shelf, ["a.cbz"])


async def test_a_library_larger_than_a_chunk_is_read_whole(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "CHUNK", 7)
    paths = write_comics(shelf.root, 50)
    assert await shelf.scan() == Progress(seen=50, added=50, to_read=50, read=50)
    await check_whole(shelf, paths)
