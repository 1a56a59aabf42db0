"""Scans of one folder or one file: that is brought up to date, and nothing else is touched."""

import pytest

from db import scans
from db.scans import Progress
from tests.disk import write_comic
from tests.scanner.conftest import Shelf


async def fill(shelf: Shelf) -> None:
    """Have folders whose names begin with one another's, all scanned."""
    for path in ("Batman/1.cbz", "Batman/Deep/2.cbz", "Batman Beyond/3.cbz", "Bat/4.cbz", "5.cbz"):
        write_comic(shelf.root / path, f"Number {path}")
    await shelf.scan()


async def others(shelf: Shelf) -> list[object]:
    """Return all rows but those of the one folder."""
    return await shelf.ask("SELECT xmin::text, f FROM files AS f WHERE path !~ '^Batman/'")


async def test_a_scan_of_a_folder_sees_what_is_new_and_changed_and_gone_in_it(
    shelf: Shelf,
) -> None:
    await fill(shelf)
    before = await others(shelf)
    write_comic(shelf.root / "Batman/new.cbz", "New")
    write_comic(shelf.root / "Batman/Deep/2.cbz", "Another title")
    (shelf.root / "Batman/1.cbz").unlink()
    for outside in ("Batman Beyond/3.cbz", "Bat/4.cbz", "5.cbz"):
        (shelf.root / outside).unlink()
    write_comic(shelf.root / "Batman Beyond/new.cbz")
    progress = await shelf.scan("Batman")
    assert progress == Progress(seen=2, added=1, changed=1, vanished=1, to_read=2, read=2)
    assert await others(shelf) == before
    newest = await shelf.newest()
    assert (newest.folder, newest.state) == ("Batman", "done")


async def test_a_scan_of_a_folder_that_went_marks_what_was_in_it_and_nothing_beside_it(
    shelf: Shelf,
) -> None:
    """The names of other folders begin as its does (PEERS 21)."""
    await fill(shelf)
    (shelf.root / "Batman").rename(shelf.root.with_name("aside"))
    assert await shelf.scan("Batman") == Progress(vanished=2)
    assert await shelf.present() == ["5.cbz", "Bat/4.cbz", "Batman Beyond/3.cbz"]
    shelf.root.with_name("aside").rename(shelf.root / "Batman")
    assert await shelf.scan("Batman/Deep") == Progress(seen=1, returned=1)
    assert await shelf.scan() == Progress(seen=5, returned=1)


async def test_a_scan_of_a_file_looks_at_that_alone(shelf: Shelf) -> None:
    await fill(shelf)
    write_comic(shelf.root / "Batman/1.cbz", "Another")
    write_comic(shelf.root / "Batman/new.cbz")
    assert await shelf.scan("Batman/1.cbz") == Progress(seen=1, changed=1, to_read=1, read=1)
    assert await shelf.scan("Batman/new.cbz") == Progress(seen=1, added=1, to_read=1, read=1)
    (shelf.root / "Batman/1.cbz").rename(shelf.root / "aside")
    assert await shelf.scan("Batman/1.cbz") == Progress(vanished=1)
    (shelf.root / "aside").rename(shelf.root / "Batman/1.cbz")
    assert await shelf.scan() == Progress(seen=6, returned=1)
    assert await shelf.scan() == Progress(seen=6)


async def test_a_move_seen_folder_by_folder_keeps_the_row(shelf: Shelf) -> None:
    """As watching tells of it: the folder to which it went first."""
    await fill(shelf)
    (shelf.root / "Bat/4.cbz").rename(shelf.root / "Batman/4.cbz")
    assert await shelf.scan("Batman") == Progress(seen=3, moved=1, to_read=1, read=1)
    assert await shelf.scan("Bat") == Progress()
    assert await shelf.scan() == Progress(seen=5)


async def test_a_comic_that_moves_away_and_back_is_found(shelf: Shelf) -> None:
    """Its folder holds then what it did when it was last compared."""
    await fill(shelf)
    (shelf.root / "Bat/4.cbz").rename(shelf.root / "Batman/4.cbz")
    await shelf.scan("Batman")
    (shelf.root / "Batman/4.cbz").rename(shelf.root / "Bat/4.cbz")
    await shelf.scan()
    assert "Bat/4.cbz" in await shelf.present()


@pytest.mark.parametrize("folder", ["Batman", "Batman/1.cbz"])
async def test_a_root_that_is_empty_stops_a_scan_of_a_folder_too(shelf: Shelf, folder: str) -> None:
    await fill(shelf)
    shelf.root.rename(shelf.root.with_name("aside"))
    shelf.root.mkdir()
    with pytest.raises(RuntimeError, match="Nothing was changed"):
        await shelf.scan(folder)
    assert len(await shelf.present()) == 5


async def test_a_scan_of_all_answers_for_the_folders_that_waited(shelf: Shelf) -> None:
    await fill(shelf)
    for folder in ("Batman", "Bat"):
        await scans.request(shelf.conn, shelf.library.id, folder)
        await scans.request(shelf.conn, shelf.library.id, folder)
    await shelf.conn.commit()
    assert len(await scans.queued(shelf.conn)) == 2
    await shelf.scan("Bat")
    assert [one.folder for one in await scans.queued(shelf.conn)] == ["Batman"]
    await shelf.conn.commit()
    await shelf.scan()
    assert await scans.queued(shelf.conn) == []


async def test_who_waits_for_all_does_not_wait_for_a_folder_too(shelf: Shelf) -> None:
    whole = await scans.request(shelf.conn, shelf.library.id)
    assert await scans.request(shelf.conn, shelf.library.id, "Batman") == whole
    await shelf.conn.commit()


async def test_a_scan_of_a_folder_dates_no_library(shelf: Shelf) -> None:
    (shelf.root / "Batman").mkdir()
    await shelf.scan("Batman")
    assert await shelf.ask("SELECT scanned_at FROM libraries") == [None]
