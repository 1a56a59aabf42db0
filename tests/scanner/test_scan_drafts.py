"""What a writer that was killed has left beside a comic goes with the next scan."""

from pathlib import Path

import msgspec
import pytest

from comics.writing import drafts
from tests.disk import write_comic
from tests.scanner.conftest import Shelf


@pytest.fixture
def abandoned(shelf: Shelf) -> Path:
    """Have a draft beside a comic, whose writer is dead."""
    write_comic(shelf.root / "Saga/1.cbz")
    with drafts.draft_file(shelf.root / "Saga") as (path, _):
        name = path
    name.write_bytes(b"half a comic")
    return name


def is_there(path: Path) -> bool:
    return path.exists()


async def test_a_scan_removes_what_a_killed_writer_has_left(shelf: Shelf, abandoned: Path) -> None:
    assert (await shelf.scan()).seen == 1
    assert not is_there(abandoned)
    assert await shelf.present() == ["Saga/1.cbz"]


async def test_a_scan_leaves_what_is_being_written(shelf: Shelf, abandoned: Path) -> None:
    with drafts.draft_file(abandoned.parent) as (path, _):
        await shelf.scan()
        assert is_there(path)
    assert not is_there(abandoned)


async def test_a_scan_of_a_library_that_is_only_read_removes_nothing(
    shelf: Shelf, abandoned: Path
) -> None:
    library = msgspec.structs.replace(shelf.library, read_only=True)
    await shelf._replace(library=library).scan()
    assert is_there(abandoned)


async def test_a_comic_that_is_named_as_a_draft_might_be_is_left(shelf: Shelf) -> None:
    write_comic(shelf.root / ".longbox-mine.cbz")
    await shelf.scan()
    assert is_there(shelf.root / ".longbox-mine.cbz")
