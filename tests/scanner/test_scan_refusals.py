"""Scans that stop rather than take what they cannot see for gone, or do what another does."""

import asyncio
import os
from pathlib import Path

import pytest

from db import engine, scans
from db.scans import Progress
from scanner.scan import Busy, ScanError
from tests.disk import write_comic, write_comics
from tests.scanner.conftest import Shelf, check_whole, put_up


async def check_refused(shelf: Shelf, sentence: str, *, accept_empty: bool = False) -> None:
    """Check that a scan stops with this sentence, and touches nothing."""
    before = await shelf.versions()
    with pytest.raises(ScanError, match=sentence):
        await shelf.scan(accept_empty=accept_empty)
    assert await shelf.versions() == before
    newest = await shelf.newest()
    assert newest.state == "failed"
    assert newest.finished_at
    assert sentence in str(newest.error)


async def test_a_folder_that_is_missing_stops_the_scan_and_touches_no_row(shelf: Shelf) -> None:
    write_comics(shelf.root, 3)
    await shelf.scan()
    shelf.root.rename(shelf.root.with_name("elsewhere"))
    await check_refused(shelf, "is not there")
    await check_refused(shelf, "is not there", accept_empty=True)


async def test_a_folder_that_turns_up_empty_stops_the_scan_and_touches_no_row(
    shelf: Shelf,
) -> None:
    write_comics(shelf.root, 3)
    await shelf.scan()
    (shelf.root / "00").rename(shelf.root.with_name("elsewhere"))
    await check_refused(shelf, "holds no comics, but the index knows of some")


async def test_a_folder_that_is_meant_to_be_empty_may_be(shelf: Shelf) -> None:
    write_comics(shelf.root, 3)
    await shelf.scan()
    (shelf.root / "00").rename(shelf.root.with_name("elsewhere"))
    assert await shelf.scan(accept_empty=True) == Progress(vanished=3)
    assert await shelf.scan() == Progress()
    (shelf.root.with_name("elsewhere")).rename(shelf.root / "00")
    assert await shelf.scan() == Progress(seen=3, returned=3)


@pytest.mark.parametrize("known", [0, 3])
@pytest.mark.parametrize("accept_empty", [False, True])
async def test_a_folder_that_cannot_be_listed_is_not_an_empty_one(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, known: int, *, accept_empty: bool
) -> None:
    write_comics(shelf.root, known)
    await shelf.scan()

    def fail(path: str) -> object:
        raise OSError(5, "Input/output error", path)

    monkeypatch.setattr(os, "scandir", fail)
    sentence = "could not be listed: Input/output error. Nothing was changed."
    await check_refused(shelf, sentence, accept_empty=accept_empty)


async def test_the_comics_of_a_folder_that_cannot_be_listed_do_not_vanish(shelf: Shelf) -> None:
    """The names of two folders begin like that of the one, whose disk is away."""
    disk = shelf.root.with_name("disk")
    for folder in ("Manga", "Manga 2", "Mang"):
        write_comic(shelf.root / folder / "a.cbz")
        write_comic(shelf.root / folder / "b.cbz")
    write_comic(disk / "inner" / "c.cbz")
    (shelf.root / "Manga" / "link").symlink_to(disk)
    await shelf.scan()
    disk.rename(disk.with_name("away"))
    (shelf.root / "Manga" / "b.cbz").unlink()
    (shelf.root / "Manga 2" / "b.cbz").unlink()
    progress = await shelf.scan()
    assert (progress.seen, progress.vanished) == (4, 2)
    assert progress.faults == ["Manga/link/ leads to nothing."]
    assert await shelf.present() == [
        "Mang/a.cbz",
        "Mang/b.cbz",
        "Manga 2/a.cbz",
        "Manga/a.cbz",
        "Manga/link/inner/c.cbz",
    ]


async def test_a_second_scan_at_the_same_time_is_refused_at_once(shelf: Shelf) -> None:
    write_comics(shelf.root, 3)
    await shelf.scan()
    async with engine.job(shelf.url) as other:
        assert await scans.begin(other, 1)
        async with asyncio.timeout(2):
            with pytest.raises(Busy, match=r"Another scan of .*/comics is running"):
                await shelf.scan()
        assert len(await scans.newest(other, 9)) == 2
    assert await shelf.scan() == Progress(seen=3)


async def test_of_two_scans_that_start_together_one_does_it_all(shelf: Shelf) -> None:
    paths = write_comics(shelf.root, 40)
    outcomes = await asyncio.gather(shelf.scan(), shelf.scan(), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Busy, Progress}
    await check_whole(shelf, paths)


async def test_two_libraries_are_scanned_at_the_same_time(shelf: Shelf, tmp_path: Path) -> None:
    other = await put_up(tmp_path / "more", shelf.url, shelf.conn)
    write_comics(shelf.root, 5)
    write_comics(tmp_path / "more", 5)
    await asyncio.gather(shelf.scan(), other.scan())
    assert len(await shelf.present()) == 10
