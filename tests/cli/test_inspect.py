"""`longbox inspect`: what is in comics, without a database."""

import os
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pytest

from tests.cli.conftest import Longbox
from tests.disk import write_comic

KEYS = ["path", "format", "pages", "cover", "tags", "provenance", "fingerprint", "notes", "fault"]


@pytest.fixture
def saga(tmp_path: Path) -> Path:
    """Have a comic of three pages, of which the second is called its cover."""
    path = tmp_path / "Saga 012 (2013).cbr"
    with ZipFile(path, "w") as archive:
        for page in ("2.png", "10.png", "1.png"):
            archive.writestr(page, page)
        archive.writestr(
            "ComicInfo.xml",
            "<ComicInfo><Title>One\x1b[31m</Title>"
            '<Pages><Page Image="1" Type="FrontCover"/></Pages></ComicInfo>'.replace(
                "\x1b", "&#x9b;"
            ),
        )
    return path


def lines(output: str) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in output.splitlines()]


def test_each_path_is_a_line_in_the_order_given(
    longbox: Longbox, tmp_path: Path, saga: Path
) -> None:
    empty, gone = tmp_path / "empty.cbz", tmp_path / "gone.cbz"
    empty.touch()
    paths = [*(write_comic(tmp_path / f"{number}.cbz") for number in range(30)), empty, gone, saga]
    done = longbox("inspect", "--json", *map(str, paths))
    told = lines(done.stdout)
    assert [line["path"] for line in told] == [str(path) for path in paths]
    assert {tuple(line) for line in told} == {tuple(KEYS)}
    faults = [line["fault"] for line in told]
    assert faults[:30] == [None] * 30
    assert faults[30].startswith("The file is empty")
    assert faults[31] == "The file has gone."
    assert faults[32] is None
    assert (done.returncode, done.stderr) == (os.EX_DATAERR, "")


def test_a_line_tells_pages_cover_tags_and_where_each_is_from(longbox: Longbox, saga: Path) -> None:
    (told,) = lines(longbox("inspect", "--json", str(saga)).stdout)
    assert (told["format"], told["pages"], told["cover"]) == ("cbz", 3, "2.png")
    assert len(told["fingerprint"]) == 64
    assert told["provenance"]["title"] == "ComicInfo"
    assert (told["tags"]["number"], told["provenance"]["number"]) == ("012", "file name")
    assert told["notes"] == ["This is a ZIP archive whose name says cbr."]


def test_for_people_control_characters_are_shown_and_not_obeyed(
    longbox: Longbox, saga: Path
) -> None:
    told = longbox("inspect", str(saga))
    assert told.returncode == 0
    assert "\x9b" not in told.stdout
    assert "One\N{REPLACEMENT CHARACTER}[31m  (ComicInfo)" in told.stdout
    assert "CBZ, 3 pages, cover 2.png" in told.stdout


def test_a_name_that_is_no_text_is_told_as_the_index_writes_it(
    longbox: Longbox, tmp_path: Path
) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/Caf\xe9 1.cbz")
    write_comic(tmp_path / "plain.cbz").rename(odd)
    (told,) = lines(longbox("inspect", "--json", odd).stdout)
    assert told["path"].endswith("Caf\N{REPLACEMENT CHARACTER}E9 1.cbz")
    assert (told["fault"], told["pages"]) == (None, 1)
