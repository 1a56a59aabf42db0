"""Batches of each kind, from what is asked for to what is on the disk and in the index."""

import os
from pathlib import Path

from comics.archives.reading import read
from comics.rules import Settings
from comics.tag_edits import Set, TagEdits
from comics.tags.comicinfo import Tags, parse
from comics.writing.trash import FOLDER
from tests.comics.archives.packing import pack_tar
from tests.disk import write_comic
from tests.scanner.conftest import Shelf
from tests.worker.conftest import Batched, work_off, work_until

ENDED = "SELECT state, error FROM batch_items ORDER BY batch_id, seq"


def tags(path: Path) -> Tags:
    """Return what a comic's ComicInfo.xml says."""
    return parse(read(path).documents["ComicInfo"])


def listing(root: Path) -> list[str]:
    """Return the paths of all files."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


async def test_processing_puts_tags_and_names_right(shelf: Shelf, make_batch: Batched) -> None:
    write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    write_comic(shelf.root / "Saga/b.cbz", "x", Number="2", Series="Other")
    await shelf.scan()
    (batch,) = await work_off(shelf, await make_batch("process"))
    assert (batch.state, batch.done, batch.total) == ("done", 2, 2)
    names = ["Saga/Saga - Chapter 0001.cbz", "Saga/Saga - Chapter 0002.cbz"]
    assert listing(shelf.root) == names
    told = tags(shelf.root / names[0])
    assert (told.title, told.series, told.number) == ("Chapter 1", "Saga", "1")
    assert await shelf.ask("SELECT path, title, marked FROM files ORDER BY path") == [
        (name, f"Chapter {place}", True) for place, name in enumerate(names, start=1)
    ]


async def test_what_is_well_already_is_marked_and_not_touched(
    shelf: Shelf, make_batch: Batched
) -> None:
    comic = write_comic(
        shelf.root / "Saga/Saga - Chapter 0001.cbz", "Chapter 1", Number="1", Series="Saga"
    )
    await shelf.scan()
    before = comic.stat()
    (batch,) = await work_off(shelf, await make_batch("process"))
    assert (batch.unchanged, batch.total) == (1, 1)
    assert comic.stat() == before
    assert await shelf.ask("SELECT marked FROM files") == [True]


async def test_a_scan_after_a_batch_finds_nothing_to_do(shelf: Shelf, make_batch: Batched) -> None:
    for number in range(5):
        write_comic(shelf.root / f"Saga/{number}.cbz", "x", Number=str(number))
    await shelf.scan()
    await work_off(shelf, await make_batch("process"))
    rows = await shelf.ask("SELECT * FROM files ORDER BY id")
    scanned = await shelf.scan()
    assert (scanned.added, scanned.changed, scanned.moved, scanned.to_read) == (0, 0, 0, 0)
    assert await shelf.ask("SELECT * FROM files ORDER BY id") == rows


async def test_of_those_that_want_one_name_one_gets_it_and_the_others_stay_untouched(
    shelf: Shelf, make_batch: Batched
) -> None:
    comics = [write_comic(shelf.root / f"Saga/{name}.cbz", name, Number="1") for name in "abc"]
    await shelf.scan()
    before = {comic: (comic.read_bytes(), comic.stat()) for comic in comics}
    (batch,) = await work_off(shelf, await make_batch("process"))
    assert (batch.done, batch.skipped) == (1, 2)
    left = [comic for comic in comics if comic.exists()]
    assert [(comic.read_bytes(), comic.stat()) for comic in left] == [
        before[comic] for comic in left
    ]
    assert len(listing(shelf.root)) == 3
    marks = "SELECT marked, duplicate FROM files ORDER BY marked"
    assert await shelf.ask(marks) == [(False, True), (False, True), (True, False)]
    assert (await shelf.ask(ENDED)).count(("skipped", "There is another file of that name.")) == 2


async def test_a_duplicate_is_none_any_more_once_it_has_its_name(
    shelf: Shelf, make_batch: Batched, undo: Batched
) -> None:
    write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    other = write_comic(shelf.root / "Saga/Saga - Chapter 0001.cbz", "x", Number="1")
    await shelf.scan()
    mine = await shelf.ask("SELECT id FROM files WHERE path = 'Saga/a.cbz'")
    marks = f"SELECT marked, duplicate FROM files WHERE id = {mine[0]}"  # noqa: S608  an id
    await work_off(shelf, await make_batch("process", mine))
    assert await shelf.ask(marks) == [(False, True)]
    other.unlink()
    batch = await make_batch("process", mine)
    await work_off(shelf, batch)
    assert await shelf.ask(marks) == [(True, False)]
    await work_off(shelf, await undo(batch))
    assert await shelf.ask(marks) == [(False, True)]
    await work_off(shelf, await make_batch("normalize", mine))
    assert await shelf.ask(marks) == [(True, True)]
    await work_off(shelf, await make_batch("rename", mine))
    assert await shelf.ask(marks) == [(True, False)]


async def test_a_name_that_a_file_beside_the_index_has_is_taken_too(
    shelf: Shelf, make_batch: Batched
) -> None:
    """One in another spelling, which some disks would take for the same."""
    write_comic(shelf.root / "Café/a.cbz", "x", Number="1", Series="Café")
    await shelf.scan()
    (shelf.root / "Café/CAFE\u0301 - chapter 0001.CBZ").write_text("no comic, but not ours")
    (batch,) = await work_off(shelf, await make_batch("rename"))
    assert batch.skipped == 1
    assert len(listing(shelf.root)) == 2


async def test_whoever_makes_room_for_another_goes_first(shelf: Shelf, make_batch: Batched) -> None:
    for name, number in (("1", "2"), ("2", "3"), ("3", "4")):
        write_comic(shelf.root / f"Saga/Saga {name}.cbz", f"was {name}", Number=number)
    await shelf.scan()
    settings = Settings(filename_format="Saga {number}")
    (batch,) = await work_off(shelf, await make_batch("rename", settings=settings))
    assert batch.done == 3
    assert [tags(shelf.root / f"Saga/Saga {n}.cbz").title for n in (2, 3, 4)] == [
        "was 1",
        "was 2",
        "was 3",
    ]


async def test_a_preview_touches_nothing_and_says_what_would_be(
    shelf: Shelf, make_batch: Batched
) -> None:
    write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    before = listing(shelf.root), await shelf.versions()
    (batch,) = await work_off(shelf, await make_batch("process", preview=True))
    assert (batch.state, batch.done) == ("previewed", 1)
    assert (listing(shelf.root), await shelf.versions()) == before
    ((was, would),) = await shelf.ask("SELECT before, after FROM batch_items")
    assert (was["title"], was["path"]) == ("x", "Saga/a.cbz")
    assert would["path"] == "Saga/Saga - Chapter 0001.cbz"
    assert (would["title"], would["marked"]) == ("Chapter 1", True)


async def test_a_comic_that_was_changed_since_its_scan_is_read_first(
    shelf: Shelf, make_batch: Batched
) -> None:
    comic = write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    write_comic(comic, "x", Number="7", Summary="My own words.")
    await work_off(shelf, await make_batch("process"))
    told = tags(shelf.root / "Saga/Saga - Chapter 0007.cbz")
    assert (told.number, told.summary) == ("7", "My own words.")


async def test_a_read_only_library_is_refused(shelf: Shelf, make_batch: Batched) -> None:
    write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    await shelf.ask("UPDATE libraries SET read_only = true RETURNING id")
    await work_off(shelf, await make_batch("process"), await make_batch("delete"))
    assert listing(shelf.root) == ["Saga/a.cbz"]
    assert {state for state, _ in await shelf.ask(ENDED)} == {"skipped"}


async def test_a_library_that_is_away_is_waited_for(shelf: Shelf, make_batch: Batched) -> None:
    write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    away = shelf.root.with_name("away")
    shelf.root.rename(away)
    shelf.root.mkdir()
    batch = await make_batch("process")
    await work_until(shelf, "SELECT 1 FROM batch_items WHERE tries = 1")
    ((due, error),) = await shelf.ask(
        "SELECT due_at BETWEEN now() AND now() + '6s', error FROM batch_items"
    )
    assert due
    assert "is away" in error
    shelf.root.rmdir()
    away.rename(shelf.root)
    await shelf.ask("UPDATE batch_items SET due_at = now() RETURNING seq")
    (batch,) = await work_off(shelf, batch)
    assert batch.done == 1


async def test_a_comic_of_another_format_is_converted_and_its_original_kept(
    shelf: Shelf, make_batch: Batched
) -> None:
    comic = shelf.root / "Saga/a.cbt"
    comic.parent.mkdir()
    comic.write_bytes(pack_tar({"1.png": b"page"}))
    original = comic.read_bytes()
    await shelf.scan()
    edits = TagEdits((Set("title", "New"),))
    batch = await make_batch("tags", edits=edits, settings=Settings(convert=True))
    (batch,) = await work_off(shelf, batch)
    assert batch.done == 1
    assert tags(shelf.root / "Saga/a.cbz").title == "New"
    assert (shelf.root / FOLDER / "Saga/a.cbt").read_bytes() == original
    assert await shelf.ask("SELECT path, format, title FROM files") == [
        ("Saga/a.cbz", "cbz", "New")
    ]


async def test_what_is_deleted_lies_in_the_trash_until_that_is_purged(
    shelf: Shelf, make_batch: Batched
) -> None:
    for _ in range(2):
        write_comic(shelf.root / "Saga/a.cbz", "x")
        await shelf.scan()
        await work_off(shelf, await make_batch("delete"))
    assert listing(shelf.root) == [f"{FOLDER}/Saga/a (2).cbz", f"{FOLDER}/Saga/a.cbz"]
    assert await shelf.present() == []
    ids = await shelf.ask("SELECT id FROM files ORDER BY id")
    await work_off(shelf, await make_batch("purge", ids))
    assert listing(shelf.root) == [f"{FOLDER}/Saga/a.cbz"]  # which was another comic's


async def test_what_is_deleted_for_good_is_gone(shelf: Shelf, make_batch: Batched) -> None:
    write_comic(shelf.root / "Saga/a.cbz", "x")
    await shelf.scan()
    await work_off(shelf, await make_batch("delete", permanent=True))
    assert listing(shelf.root) == []
    assert await shelf.present() == []


async def test_duplicates_go_to_their_folder_and_lose_no_one_of_their_name(
    shelf: Shelf, make_batch: Batched, tmp_path: Path
) -> None:
    for folder in ("A/Saga", "B/Saga"):
        write_comic(shelf.root / folder / "a.cbz", folder)
    await shelf.scan()
    duplicates = tmp_path / "duplicates"
    await work_off(shelf, await make_batch("deduplicate", duplicates_root=str(duplicates)))
    assert listing(duplicates) == ["Saga/a (2).cbz", "Saga/a.cbz"]
    assert await shelf.present() == []


async def test_a_rename_with_folders_removes_those_that_it_empties(
    shelf: Shelf, make_batch: Batched
) -> None:
    write_comic(shelf.root / "in/deep/a.cbz", "x", Series="Saga", Number="1")
    write_comic(shelf.root / "kept/b.cbz", "x", Series="Saga", Number="2")
    (shelf.root / "kept/notes.txt").touch()
    await shelf.scan()
    settings = Settings(filename_format="{series}/{series} {number}")
    await work_off(shelf, await make_batch("rename", settings=settings))
    assert sorted(os.listdir(shelf.root)) == ["Saga", "kept"]  # noqa: PTH208  names


async def test_tags_that_are_no_xml_leave_the_comic_alone(
    shelf: Shelf, make_batch: Batched
) -> None:
    comic = write_comic(shelf.root / "Saga/a.cbz", "<<", Number="1")
    await shelf.scan()
    before = comic.stat()
    (batch,) = await work_off(shelf, await make_batch("process"))
    assert (batch.skipped, batch.failed) == (1, 0)
    assert comic.stat() == before
