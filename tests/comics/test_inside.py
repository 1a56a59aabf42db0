"""A comic is opened below its library's root, or not at all."""

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from comics import inside
from comics.inside import Astray, Known, opened
from tests.disk import swapping

UNKNOWN = Known(-1, -1)


class Shelf(NamedTuple):
    """A library, and a folder that is none of its business, both with a comic of one name."""

    root: Path
    outside: Path


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Have these."""
    shelf = Shelf(tmp_path / "library", tmp_path / "outside")
    for folder, content in ((shelf.root / "Saga", "ours"), (shelf.outside, "secret")):
        folder.mkdir(parents=True)
        (folder / "1.cbz").write_text(content)
    return shelf


def read(shelf: Shelf, path: str, known: Known = UNKNOWN) -> str:
    """Read a comic of the library."""
    with opened(str(shelf.root), path, known) as file:
        return Path(file).read_text()


def known(path: Path) -> Known:
    """Return what the index knows of a file."""
    return Known(path.stat().st_size, path.stat().st_mtime_ns)


def test_what_is_below_the_root_is_opened(shelf: Shelf) -> None:
    assert read(shelf, "Saga/1.cbz") == "ours"


@pytest.mark.parametrize(
    "path",
    [
        *("../outside/1.cbz", "Saga/../../outside/1.cbz", "Saga/../Saga/1.cbz", "./Saga/1.cbz"),
        *("Saga//1.cbz", "/Saga/1.cbz", "", ".", "..", "Saga/.", "Saga/..", "Saga/1.cbz/", "//"),
    ],
)
def test_a_path_that_a_scan_would_not_have_written_is_none(shelf: Shelf, path: str) -> None:
    with pytest.raises(Astray):
        read(shelf, path)


@pytest.mark.parametrize("path", ["Saga/2.cbz", "Gone/1.cbz", "Saga/1.cbz/1.cbz", "S\0/1.cbz"])
def test_what_is_not_there_is_not_there(shelf: Shelf, path: str) -> None:
    with pytest.raises((OSError, ValueError)):
        read(shelf, path)


def test_a_link_that_leads_out_is_followed_only_to_what_the_index_knows(shelf: Shelf) -> None:
    secret = shelf.outside / "1.cbz"
    (shelf.root / "Linked").symlink_to(shelf.outside)
    (shelf.root / "linked.cbz").symlink_to(secret)
    for path in ("Linked/1.cbz", "linked.cbz"):
        with pytest.raises(Astray):
            read(shelf, path)
        assert read(shelf, path, known(secret)) == "secret"
    os.utime(secret, ns=(0, 0))
    with pytest.raises(Astray):
        read(shelf, "Linked/1.cbz", Known(secret.stat().st_size, 1))


def test_links_within_a_library_and_to_a_whole_one_are_followed(shelf: Shelf) -> None:
    (shelf.root / "Linked").symlink_to("Saga")
    (shelf.root / "linked.cbz").symlink_to(shelf.root / "Saga/1.cbz")
    link = shelf.root.with_name("link")
    link.symlink_to(shelf.root)
    for path in ("Linked/1.cbz", "linked.cbz", "Saga/1.cbz"):
        assert read(Shelf(link, shelf.outside), path) == "ours"


def test_a_comic_is_one_file_though_another_takes_its_place(shelf: Shelf) -> None:
    with opened(str(shelf.root), "Saga/1.cbz", UNKNOWN) as file:
        (shelf.root / "Saga").rename(shelf.root / "Old")
        (shelf.root / "Saga").symlink_to(shelf.outside)
        assert Path(file).read_text() == "ours"


def test_no_race_leads_out(shelf: Shelf) -> None:
    seen = dict.fromkeys(("ours", "nothing", "astray"), 0)
    with swapping(shelf.root / "Saga", shelf.outside):
        for _ in range(3_000):
            try:
                told = read(shelf, "Saga/1.cbz")
            except Astray:
                told = "astray"
            except FileNotFoundError:
                told = "nothing"
            seen[told] += 1  # "secret" would be a KeyError
    assert seen["ours"]


def test_no_descriptor_is_left_open(shelf: Shelf) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 (names, not paths)
    (shelf.root / "Linked").symlink_to(shelf.outside)
    for path in ("Saga/1.cbz", "Linked/1.cbz", "Gone/1.cbz", "../1.cbz"):
        try:
            read(shelf, path)
        except (OSError, Astray):
            continue
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 (as above)


def test_where_there_are_no_such_descriptors_a_path_is_a_path(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_PATH")
    assert inside.ASTRAY
    assert read(shelf, "Saga/1.cbz") == "ours"
