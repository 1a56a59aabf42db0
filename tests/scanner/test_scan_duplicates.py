"""What a scan keeps by which duplicates are found."""

import shutil
from pathlib import Path
from zipfile import ZipFile

from db import duplicates
from db.duplicates import Wanted
from tests.disk import write_comic
from tests.scanner.conftest import Shelf

GROUPS = """
    SELECT array_agg(path ORDER BY path) FROM twins JOIN files ON id = file_id
     WHERE kind = '{}' GROUP BY key HAVING count(*) > 1 ORDER BY 1
"""
OVERLAP, ISSUE = GROUPS.format("overlap"), GROUPS.format("issue")


def write_pages(path: Path, pages: range) -> None:
    """Write a comic of these pages."""
    with ZipFile(path, "w") as archive:
        for page in pages:
            archive.writestr(f"{page}.png", f"page {page}")


async def test_a_scan_finds_which_comics_share_pages(shelf: Shelf) -> None:
    for name, pages in {"a": range(10), "b": range(1, 13), "c": range(9, 20)}.items():
        write_pages(shelf.root / f"{name}.cbz", pages)
    write_comic(shelf.root / "d.cbz")
    await shelf.scan()
    assert await shelf.ask(OVERLAP) == [["a.cbz", "b.cbz"]]
    write_pages(shelf.root / "b.cbz", range(7, 20))
    await shelf.scan()
    assert await shelf.ask(OVERLAP) == [["b.cbz", "c.cbz"]]


async def test_a_comic_that_nobody_can_read_is_of_the_issue_that_its_path_tells(
    shelf: Shelf,
) -> None:
    damaged = write_comic(shelf.root / "Saga" / "007 (2012).cbz")
    damaged.write_bytes(b"no archive")
    write_comic(shelf.root / "x.cbz", "Seven", Series="Saga", Number="7", Year="2012")
    await shelf.scan()
    (group,) = (await duplicates.page(shelf.conn, Wanted(by="issue"))).groups
    assert {copy.path: copy.tags for copy in group.copies} == {"Saga/007 (2012).cbz": 0, "x.cbz": 4}


async def test_a_row_that_is_joined_again_is_of_the_issue_of_its_new_name(shelf: Shelf) -> None:
    saga, bone = shelf.root / "Saga 007 (2012).cbz", shelf.root / "Bone 003 (1992).cbz"
    write_comic(saga)
    write_comic(shelf.root / "x.cbz", "Three", Series="Bone", Number="3", Year="1992")
    write_comic(shelf.root / "y.cbz", "Seven", Series="Saga", Number="7", Year="2012")
    await shelf.scan()
    assert await shelf.ask(ISSUE) == [[saga.name, "y.cbz"]]
    shutil.copyfile(saga, bone)
    saga.unlink()
    await shelf.scan()
    assert await shelf.ask("SELECT id FROM files WHERE path LIKE 'Bone%'") == [1]
    assert await shelf.ask(ISSUE) == [[bone.name, "x.cbz"]]
