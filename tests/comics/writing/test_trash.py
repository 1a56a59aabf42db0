"""The trash keeps what is put into it, where it came from, and gives it back."""

from pathlib import Path

import pytest

from comics.writing.refusals import Refused
from comics.writing.trash import move_to_trash, restore


@pytest.fixture
def trash(tmp_path: Path) -> Path:
    """Name the trash of a library, which is there once it is needed."""
    return tmp_path / ".trash"


def shelve(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_the_trash_keeps_folders_and_gives_back(tmp_path: Path, trash: Path) -> None:
    comic = shelve(tmp_path / "Image" / "Saga" / "1.cbr", "one")
    trashed = move_to_trash(comic, trash)
    assert trashed == trash / "Image" / "Saga" / "1.cbr"
    assert not comic.exists()
    restore(trashed, comic, trash)
    assert comic.read_text() == "one"
    assert not trash.exists()


def test_the_trash_replaces_nothing(tmp_path: Path, trash: Path) -> None:
    texts = ["one", "two", "three"]
    trashed = [move_to_trash(shelve(tmp_path / "1.cbr", text), trash) for text in texts]
    assert [path.name for path in trashed] == ["1.cbr", "1 (2).cbr", "1 (3).cbr"]
    assert [path.read_text() for path in trashed] == texts


def test_what_comes_from_outside_keeps_its_whole_path(tmp_path: Path) -> None:
    trash = tmp_path / "library" / ".trash"
    comic = shelve(tmp_path / "1.cbr", "one")
    assert move_to_trash(comic, trash) == trash / tmp_path.relative_to("/") / "1.cbr"


def test_nothing_is_given_back_over_another(tmp_path: Path, trash: Path) -> None:
    comic = shelve(tmp_path / "Saga" / "1.cbr", "one")
    trashed = move_to_trash(comic, trash)
    shelve(comic, "another")
    with pytest.raises(Refused, match="of that name already"):
        restore(trashed, comic, trash)
    assert (trashed.read_text(), comic.read_text()) == ("one", "another")


def test_other_trash_stays_when_some_is_given_back(tmp_path: Path, trash: Path) -> None:
    one, two = (shelve(tmp_path / "Saga" / f"{name}.cbr", name) for name in ("1", "2"))
    first, second = move_to_trash(one, trash), move_to_trash(two, trash)
    (tmp_path / "Saga").rmdir()
    restore(first, one, trash)
    assert one.read_text() == "1"
    assert second.read_text() == "2"
