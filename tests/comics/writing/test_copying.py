"""Ranges of bytes arrive, or it is told that they did not."""

import os
from pathlib import Path

import pytest

from comics.writing.copying import copy_range, write_all
from comics.writing.refusals import Refused


@pytest.mark.parametrize("size", [0, 1, 2**18 - 1, 2**18, 2**18 + 1, 2**20])
@pytest.mark.parametrize("head", [0, 5])
def test_a_range_arrives_behind_what_is_there(tmp_path: Path, size: int, head: int) -> None:
    content = os.urandom(size + 7)
    (tmp_path / "source").write_bytes(content)
    with (tmp_path / "source").open("rb") as source, (tmp_path / "target").open("w+b", 0) as target:
        write_all(target.fileno(), bytes(head))
        copy_range(source.fileno(), target.fileno(), 3, 3 + size)
    assert (tmp_path / "target").read_bytes() == bytes(head) + content[3 : 3 + size]


def test_a_file_that_ends_too_early_is_told(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"short")
    with (
        (tmp_path / "source").open("rb") as source,
        (tmp_path / "target").open("w+b", 0) as target,
        pytest.raises(Refused, match="shorter than it was"),
    ):
        copy_range(source.fileno(), target.fileno(), 0, 6)


def test_bytes_that_do_not_arrive_where_they_should_are_told(tmp_path: Path) -> None:
    """As on a failing disk; here the target appends whatever its position says."""
    (tmp_path / "source").write_bytes(b"comic")
    (tmp_path / "target").write_bytes(b"other")
    target = os.open(tmp_path / "target", os.O_RDWR | os.O_APPEND)
    with (
        (tmp_path / "source").open("rb") as source,
        pytest.raises(Refused, match="does not hold what was written"),
    ):
        copy_range(source.fileno(), target, 0, 5)
    os.close(target)
