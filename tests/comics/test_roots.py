"""Which folders may be the roots of libraries."""

import os
from pathlib import Path

import pytest

from comics.paths import to_text
from comics.roots import BadRoot, check, overlap


def test_a_root_loses_needless_slashes_and_dots(tmp_path: Path) -> None:
    assert check(f"/.{tmp_path}//") == str(tmp_path)
    assert check("/") == "/"


def test_a_root_may_have_a_name_that_is_no_text(tmp_path: Path) -> None:
    folder = os.fsdecode(bytes(tmp_path) + b"/\xff")
    os.mkdir(folder)  # noqa: PTH102  not valid text
    assert check(to_text(folder)) == to_text(folder)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "comics").symlink_to(tmp_path / "disk")
    assert check(f"{tmp_path}/comics") == f"{tmp_path}/comics"


@pytest.mark.parametrize(
    ("root", "why"),
    [
        ("comics", "whole path"),
        ("", "whole path"),
        ("~/comics", "whole path"),
        ("/a\0b", "whole path"),
        ("/comics/../etc", r"has a \.\. in it"),
        ("/no/such/folder", "is not a folder that can be read .No such file"),
        (__file__, "is not a folder that can be read .Not a directory"),
        ("/" + "x/" * 1_001, "2000 bytes"),
    ],
)
def test_what_cannot_be_a_root_is_refused_with_a_sentence(root: str, why: str) -> None:
    with pytest.raises(BadRoot, match=why):
        check(root)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o000)
    try:
        with pytest.raises(BadRoot, match="Permission denied"):
            check(str(tmp_path))
    finally:
        tmp_path.chmod(0o700)


def test_roots_overlap_whichever_is_in_the_other() -> None:
    assert overlap("/comics", "/comics/Image")
    assert overlap("/comics/Image", "/comics")
    assert overlap("/comics", "/comics")
    assert overlap("/", "/comics")


def test_roots_that_only_begin_alike_do_not_overlap() -> None:
    assert not overlap("/comics/Batman", "/comics/Batman Beyond")


def test_roots_overlap_where_links_lead_them_together(tmp_path: Path) -> None:
    (tmp_path / "disk" / "Image").mkdir(parents=True)
    (tmp_path / "mine").symlink_to(tmp_path / "disk" / "Image")
    assert overlap(f"{tmp_path}/mine", f"{tmp_path}/disk")
