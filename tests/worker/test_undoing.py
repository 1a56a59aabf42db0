"""An undo brings back what a batch has changed, byte for byte, unless it was changed since."""

import hashlib
import os
from pathlib import Path
from zipfile import ZipFile

from comics.rules import Settings
from comics.tag_edits import Set, TagEdits
from comics.writing.trash import FOLDER
from tests.comics.archives.packing import pack_tar
from tests.disk import write_comic
from tests.scanner.conftest import Shelf
from tests.worker.conftest import Batched, work_off

REASONS = (
    "SELECT error FROM batch_items WHERE state IN ('skipped', 'failed') ORDER BY batch_id, seq"
)


def members(root: Path) -> dict[str, dict[str, str]]:
    """Return what each comic holds: a checksum of each member, by the comic's path."""
    return {
        path.relative_to(root).as_posix(): checksums(path)
        for path in root.rglob("*")
        if path.is_file()
    }


def checksums(comic: Path) -> dict[str, str]:
    """Return a checksum of each member of a comic."""
    if comic.suffix != ".cbz":
        return {"": hashlib.sha256(comic.read_bytes()).hexdigest()}
    with ZipFile(comic) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


async def test_undoing_many_comics_brings_back_names_tags_and_marks(
    shelf: Shelf, make_batch: Batched, undo: Batched
) -> None:
    """Some of them had no tags at all, or none that stands first, or a mark."""
    for place in range(200):
        title = "" if place % 3 == 0 else f"Title {place}"
        comic = f"Series {place // 20}/in/Comic {place}.cbz"
        write_comic(shelf.root / comic, title, Number=str(place), Notes="&amp; more ")
    await shelf.scan()
    await shelf.ask("UPDATE files SET marked = id % 7 = 0 RETURNING id")
    marks = "SELECT path, marked, duplicate FROM files ORDER BY path"
    before = members(shelf.root), await shelf.ask(marks)
    settings = Settings(filename_format="{series}/{series} {number}")
    (batch,) = await work_off(shelf, await make_batch("process", settings=settings), workers=2)
    assert (batch.done, await shelf.ask(REASONS)) == (200, [])
    assert not set(members(shelf.root)) & set(before[0])
    (undone,) = await work_off(shelf, await undo(batch), workers=2)
    assert (undone.done, undone.failed, undone.skipped) == (200, 0, 0)
    assert (members(shelf.root), await shelf.ask(marks)) == before
    assert len(os.listdir(shelf.root)) == 10  # noqa: PTH208  names
    scanned = await shelf.scan()
    assert (scanned.added, scanned.vanished, scanned.to_read) == (0, 0, 0)


async def test_what_is_undone_can_be_done_again_by_undoing_that(
    shelf: Shelf, make_batch: Batched, undo: Batched
) -> None:
    write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    (batch,) = await work_off(shelf, await make_batch("process"))
    done = members(shelf.root)
    (undone,) = await work_off(shelf, await undo(batch))
    assert set(members(shelf.root)) == {"Saga/a.cbz"}
    await work_off(shelf, await undo(undone))
    assert members(shelf.root) == done


async def test_a_conversion_is_undone_and_its_cbz_kept(
    shelf: Shelf, make_batch: Batched, undo: Batched
) -> None:
    comic = shelf.root / "Saga/a.cbt"
    comic.parent.mkdir()
    comic.write_bytes(pack_tar({"1.png": b"page"}))
    await shelf.scan()
    before = members(shelf.root)
    (batch,) = await work_off(shelf, await make_batch("convert"))
    (cbz,) = (sums for path, sums in members(shelf.root).items() if path == "Saga/a.cbz")
    await work_off(shelf, await undo(batch))
    assert members(shelf.root) == before | {f"{FOLDER}/Saga/a.cbz": cbz}
    assert await shelf.ask("SELECT path, format FROM files") == [("Saga/a.cbt", "cbt")]


async def test_a_conversion_that_was_worked_on_since_stays(
    shelf: Shelf, make_batch: Batched, undo: Batched
) -> None:
    comic = shelf.root / "Saga/a.cbt"
    comic.parent.mkdir()
    comic.write_bytes(pack_tar({"1.png": b"page"}))
    await shelf.scan()
    (batch,) = await work_off(shelf, await make_batch("convert"))
    await work_off(shelf, await make_batch("tags", edits=TagEdits((Set("title", "Mine"),))))
    (undone,) = await work_off(shelf, await undo(batch))
    assert undone.skipped == 1
    assert await shelf.present() == ["Saga/a.cbz"]


async def test_what_was_put_away_comes_back(
    shelf: Shelf, make_batch: Batched, undo: Batched, tmp_path: Path
) -> None:
    for name in "ab":
        write_comic(shelf.root / f"Saga/{name}.cbz", name)
    await shelf.scan()
    await shelf.ask("UPDATE files SET marked = true RETURNING id")
    before = members(shelf.root), await shelf.ask("SELECT id, path, marked FROM files ORDER BY id")
    one, other = (row[0] for row in before[1])
    batches = [
        await make_batch("delete", [one]),
        await make_batch("deduplicate", [other], duplicates_root=str(tmp_path / "duplicates")),
    ]
    batches = await work_off(shelf, *batches)
    assert await shelf.present() == []
    await work_off(shelf, *[await undo(batch) for batch in batches])
    present = "SELECT id, path, marked FROM files WHERE missing_since IS NULL ORDER BY id"
    assert (members(shelf.root), await shelf.ask(present)) == before


async def test_what_was_changed_since_is_left_with_the_reason(
    shelf: Shelf, make_batch: Batched, undo: Batched
) -> None:
    for number in range(5):
        write_comic(shelf.root / f"Saga/{number}.cbz", "x", Number=str(number))
    await shelf.scan()
    ids = await shelf.ask("SELECT id FROM files ORDER BY path")
    (batch,) = await work_off(shelf, await make_batch("process"))
    edits = TagEdits((Set("title", "Mine"),))
    others = Settings(filename_format="{series} {number}")
    await work_off(
        shelf,
        await make_batch("tags", [ids[0]], edits=edits),
        await make_batch("rename", [ids[1]], settings=others),
        await make_batch("delete", [ids[2]]),
    )
    write_comic(shelf.root / "Saga/3.cbz", "somebody else's")
    (undone,) = await work_off(shelf, await undo(batch))
    assert (undone.done, undone.skipped) == (1, 4)
    assert sorted(await shelf.ask(REASONS)) == [
        "The comic has left its library since.",
        "The comic was changed since, and an undo would lose that.",
        "The comic was moved or renamed since: it is at Saga/Saga 1.cbz now.",
        "There is another file of that name.",
    ]
    assert (shelf.root / "Saga/4.cbz").exists()


async def test_a_mark_that_was_changed_since_stays(
    shelf: Shelf, make_batch: Batched, undo: Batched
) -> None:
    write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    await shelf.ask("UPDATE files SET marked = true RETURNING id")
    (batch,) = await work_off(shelf, await make_batch("process"))
    await shelf.ask("UPDATE files SET marked = false RETURNING id")
    await work_off(shelf, await undo(batch))
    assert await shelf.ask("SELECT path, marked FROM files") == [("Saga/a.cbz", False)]


async def test_what_was_deleted_for_good_or_purged_is_told(
    shelf: Shelf, make_batch: Batched, undo: Batched
) -> None:
    for name in "ab":
        write_comic(shelf.root / f"{name}.cbz", name)
    write_comic(shelf.root / "c.cbz")
    await shelf.scan()
    a, b = await shelf.ask("SELECT id FROM files WHERE path < 'c' ORDER BY path")
    for_good, trashed = await work_off(
        shelf, await make_batch("delete", [a], permanent=True), await make_batch("delete", [b])
    )
    await work_off(shelf, await make_batch("purge", [b]))
    await work_off(shelf, await undo(for_good), await undo(trashed))
    assert sorted(await shelf.ask(REASONS)) == [
        "The comic was deleted for ever.",
        f"What was put away is not at {FOLDER}/b.cbz any more.",
    ]
