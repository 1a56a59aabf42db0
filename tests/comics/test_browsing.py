"""Looking at the folders of this machine: what is told of them, and how much is looked at."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from comics import browsing
from comics.browsing import Place, look
from comics.paths import to_text
from comics.roots import BadRoot


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Have folders with comics in some of them."""
    for path in ("Saga 10/1.cbz", "Saga 2/1.CBR", "Saga 2/2.cbt", "Saga 2/notes.txt", "1.cb7"):
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.touch()
    return tmp_path


def names(folder: Path) -> list[str]:
    """Name the folders that are listed in a folder."""
    return [place.name for place in look(str(folder)).places]


def test_folders_come_in_natural_order_with_the_comics_directly_in_them(disk: Path) -> None:
    level = look(f"{disk}/")
    assert (level.path, level.parent, level.comics) == (str(disk), str(disk.parent), 1)
    assert level.is_all
    assert level.places == [
        Place("Saga 2", f"{disk}/Saga 2", None, 2, None),
        Place("Saga 10", f"{disk}/Saga 10", None, 1, None),
    ]


def test_the_root_has_no_parent_and_offers_no_folder_of_the_kernel() -> None:
    level = look("/")
    assert level.parent is None
    paths = {place.path for place in level.places}
    assert "/usr" in paths
    assert not paths & {"/dev", "/proc", "/sys"}
    assert look("/usr").parent == "/"


def test_what_is_hidden_is_left_out(disk: Path) -> None:
    (disk / ".longbox-trash").mkdir()
    (disk / "._1.cbz").touch()
    assert names(disk) == ["Saga 2", "Saga 10"]
    assert look(str(disk)).comics == 1


def test_a_link_says_where_it_leads_and_one_that_leads_nowhere_is_none(disk: Path) -> None:
    (disk / "away").symlink_to(disk / "Saga 2")
    (disk / "broken").symlink_to(disk / "nowhere")
    (disk / "loop").symlink_to(disk / "loop")
    (disk / "up").symlink_to(disk)
    away, *_, up = look(str(disk)).places
    assert away == Place("away", f"{disk}/away", str((disk / "Saga 2").resolve()), 2, None)
    assert up == Place("up", f"{disk}/up", str(disk.resolve()), 1, None)
    assert names(disk) == ["away", "Saga 2", "Saga 10", "up"]
    assert look(f"{disk}/up").parent == str(disk)


def test_a_folder_that_cannot_be_read_says_so(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may list every folder, so the system's own answer is the one thing that is put on."""
    listed = os.scandir

    def scandir(path: str) -> Iterator[os.DirEntry[str]]:
        if path.endswith("Saga 2"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    place = look(str(disk)).places[0]
    assert (place.comics, place.fault) == (None, "Permission denied")
    with pytest.raises(BadRoot, match="Permission denied"):
        look(place.path)


def test_a_name_that_is_no_text_leads_to_its_folder(disk: Path) -> None:
    folder = os.fsdecode(bytes(disk) + b"/Caf\xe9")
    os.mkdir(folder)  # noqa: PTH102  not valid text
    Path(folder, "1.cbz").touch()
    place = look(str(disk)).places[0]
    assert place.path == to_text(folder)
    assert look(place.path).comics == 1


def test_when_the_time_is_up_folders_are_listed_without_their_comics(disk: Path) -> None:
    level = look(str(disk), patience=-1)
    assert [(place.name, place.comics) for place in level.places] == [
        ("Saga 2", None),
        ("Saga 10", None),
    ]


@pytest.mark.parametrize("bound", ["MOST_FOLDERS", "MOST_ENTRIES"])
def test_of_a_very_large_folder_only_a_part_is_seen(
    disk: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(browsing, bound, 1)
    level = look(str(disk))
    assert not level.is_all
    assert len(level.places) <= 1
