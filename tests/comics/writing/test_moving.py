"""A move takes a file to another path, whole, and nothing in its way is ever lost."""

import errno
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from comics.writing import moving
from comics.writing.copying import sync_folder
from comics.writing.moving import move, tidy
from comics.writing.refusals import Occupied, Refused


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """Make a folder on another disk."""
    shared = Path("/dev/shm")  # noqa: S108 (memory, as another disk)
    if not os.access(shared, os.W_OK) or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no other disk here")
    folder = shared / f"longbox-test-{os.getpid()}"
    folder.mkdir()
    yield folder
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.fixture(params=["rename", "link", "reserve"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have only what poorer disks and systems have."""
    if request.param != "rename":
        monkeypatch.setattr(moving, "_find_renameat2", lambda: None)
    if request.param == "reserve":
        monkeypatch.setattr(os, "link", _refuse)


@pytest.mark.usefixtures("_way")
def test_a_move_moves(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"comic")
    before = (tmp_path / "a").stat()
    move(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert (tmp_path / "b").read_bytes() == b"comic"
    assert os.path.samestat((tmp_path / "b").stat(), before)


@pytest.mark.usefixtures("_way")
def test_a_move_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"comic")
    (tmp_path / "b").write_bytes(b"other")
    with pytest.raises(Occupied, match="of that name already"):
        move(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == b"comic"
    assert (tmp_path / "b").read_bytes() == b"other"


@pytest.mark.usefixtures("_way")
def test_of_many_that_want_one_name_one_gets_it_and_all_stay_whole(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(16)]
    for path in paths:
        path.write_text(path.name)
    start = threading.Barrier(len(paths))
    refused = []

    def race(path: Path) -> None:
        start.wait()
        try:
            move(path, tmp_path / "target")
        except Occupied:
            refused.append(path)

    threads = [threading.Thread(target=race, args=[path]) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 15
    assert sorted(path.read_text() for path in tmp_path.iterdir()) == sorted(
        path.name for path in paths
    )


def test_a_folder_that_another_removes_as_soon_as_it_is_empty_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a").write_bytes(b"comic")

    def remove_and_sync(folder: Path) -> None:
        tidy(tmp_path / "folder", tmp_path)
        sync_folder(folder)

    monkeypatch.setattr(moving, "sync_folder", remove_and_sync)
    move(tmp_path / "folder/a", tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_a_dangling_link_in_the_way_counts(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "b").symlink_to("nowhere")
    with pytest.raises(Occupied):
        move(tmp_path / "a", tmp_path / "b")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="has gone"):
        move(tmp_path / "a", tmp_path / "b")


def test_another_link_to_the_same_file_is_not_taken_for_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.CBZ").touch()
    (tmp_path / "a.cbz").hardlink_to(tmp_path / "a.CBZ")
    with pytest.raises(Occupied):
        move(tmp_path / "a.CBZ", tmp_path / "a.cbz")
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a disk")
def test_letter_case_changes_on_a_disk_that_knows_none(tmp_path: Path) -> None:
    image, disk = tmp_path / "image", tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(2**20)
    disk.mkdir()
    for command in (["mkfs.vfat", str(image)], ["mount", "-o", "loop", str(image), str(disk)]):
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("this machine makes no such disk")
    try:
        (disk / "a.CBZ").write_bytes(b"comic")
        move(disk / "a.CBZ", disk / "A.cbz")
        assert [path.name for path in disk.iterdir()] == ["A.cbz"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_move_to_another_disk_keeps_all(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "a").write_bytes(b"comic")
    (tmp_path / "a").chmod(0o640)
    os.utime(tmp_path / "a", ns=(10**18, 10**18 + 1))
    move(tmp_path / "a", elsewhere / "b")
    assert not list(tmp_path.iterdir())
    assert [path.name for path in elsewhere.iterdir()] == ["b"]
    status = (elsewhere / "b").stat()
    assert (status.st_mode & 0o777, status.st_mtime_ns) == (0o640, 10**18 + 1)
    assert (elsewhere / "b").read_bytes() == b"comic"


def test_a_move_to_another_disk_replaces_nothing(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "a").write_bytes(b"comic")
    (elsewhere / "b").write_bytes(b"other")
    with pytest.raises(Occupied):
        move(tmp_path / "a", elsewhere / "b")
    assert (tmp_path / "a").read_bytes() == b"comic"
    assert (elsewhere / "b").read_bytes() == b"other"
    assert len(list(elsewhere.iterdir())) == 1


def test_a_link_does_not_go_to_another_disk(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "a").symlink_to("comic.cbz")
    with pytest.raises(Refused, match="symbolic link"):
        move(tmp_path / "a", elsewhere / "b")
    assert (tmp_path / "a").is_symlink()
