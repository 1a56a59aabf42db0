"""The ways in which comicapi 3.2 loses comics or tags when it writes, each shut here.

The other ways are where the bench and the test files of what they are about have them: killed in a
write (tests/bench/test_kills.py), a rename over another comic (test_moving.py), names that lead out
of the folder (test_converting.py), read-only files (test_rewriting.py).
"""

import io
import os
import warnings
from functools import partial
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest
import xmlschema
from msgspec import structs

from comics.archives.reading import read
from comics.tags.comicinfo import Page, parse
from comics.tags.editing import edit
from comics.writing.refusals import Refused
from comics.writing.rewriting import rewrite

XSD = xmlschema.XMLSchema(Path(__file__).parents[1] / "tags" / "xsd" / "ComicInfo-2.1.xsd")

FULL = b"""\
<?xml version="1.0" encoding="utf-8"?>
<ComicInfo xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <!-- mine -->
  <Number>1.50</Number>
  <Count>0</Count>
  <Volume>0</Volume>
  <AlternateNumber>1234567890123456789012</AlternateNumber>
  <BlackAndWhite>No</BlackAndWhite>
  <Pages>
    <Page Image="0" Key="a" />
    <Page Image="7" Bookmark="beyond the last page" />
  </Pages>
  <CommunityRating>0</CommunityRating>
</ComicInfo>
"""


@pytest.fixture
def comic(tmp_path: Path) -> Path:
    """Make a comic of one page and full tags."""
    path = tmp_path / "comic.cbz"
    with ZipFile(path, "w") as archive:
        archive.writestr("0.jpg", b"no image at all")
        archive.writestr("ComicInfo.xml", FULL)
    return path


def test_a_comic_keeps_its_mode_and_a_link_stays_a_link(comic: Path, tmp_path: Path) -> None:
    comic.chmod(0o664)
    (tmp_path / "link.cbz").symlink_to(comic)
    rewrite(tmp_path / "link.cbz", partial(edit, changes={"title": "t"}))
    assert comic.stat().st_mode & 0o777 == 0o664
    assert (tmp_path / "link.cbz").is_symlink()
    assert parse(read(comic).documents["ComicInfo"]).title == "t"


def test_a_write_that_fails_leaves_nothing_beside_the_comic(comic: Path, tmp_path: Path) -> None:
    comic.write_bytes(comic.read_bytes()[:-9])
    with pytest.raises(Refused):
        rewrite(comic, partial(edit, changes={"title": "t"}))
    assert list(tmp_path.iterdir()) == [comic]


def test_two_pages_of_one_name_both_stay(tmp_path: Path) -> None:
    path = tmp_path / "comic.cbz"
    with warnings.catch_warnings(), ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for content in (b"one", b"two"):
            archive.writestr(ZipInfo("0.jpg"), content)
    rewrite(path, partial(edit, changes={"title": "t"}))
    with ZipFile(path) as archive:
        pages = [archive.read(member) for member in archive.infolist()]
    assert pages[:2] == [b"one", b"two"]


def test_a_double_page_is_written_as_the_schema_has_it() -> None:
    xml = edit(None, {"pages": [Page(image=0, double_page=True), Page(image=1)]})
    assert b'DoublePage="true"' in xml
    XSD.validate(xml.decode())
    spelled = xml.replace(b'"true"', b'"True"')
    first, second = parse(spelled).pages
    single = edit(spelled, {"pages": [structs.replace(first, double_page=False), second]})
    assert b'DoublePage="false"' in single
    XSD.validate(single.decode())


def test_zeros_noes_comments_and_long_numbers_outlive_a_change(comic: Path) -> None:
    rewrite(comic, partial(edit, changes={"series": "Saga"}))
    written = read(comic).documents["ComicInfo"]
    series = b"  <Series>Saga</Series>\n"
    assert series in written
    assert written.replace(series, b"") == FULL


@pytest.mark.parametrize("name", ["comicinfo.xml", "COMICINFO.XML", "Saga/ComicInfo.xml"])
def test_no_second_comic_info_is_added(tmp_path: Path, name: str) -> None:
    path = tmp_path / "comic.cbz"
    with ZipFile(path, "w") as archive:
        archive.writestr(name, FULL)
        archive.writestr("0.jpg", b"zero")
    rewrite(path, partial(edit, changes={"series": "Saga"}))
    with ZipFile(path) as archive:
        assert archive.namelist() == [name, "0.jpg"]


def test_a_read_only_comic_is_told_and_stays(comic: Path) -> None:
    comic.chmod(0o444)
    before = comic.stat()
    with pytest.raises(Refused, match="read-only"):
        rewrite(comic, partial(edit, changes={"series": "Saga"}))
    assert comic.stat() == before


def test_dates_and_a_comment_of_any_letters_stay(tmp_path: Path) -> None:
    path, comment = tmp_path / "comic.cbz", "Комикс 漫画".encode()
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr(ZipInfo("0.jpg", (1999, 12, 31, 23, 59, 58)), b"zero")
        archive.comment = comment
    path.write_bytes(file.getvalue())
    rewrite(path, partial(edit, changes={"series": "Saga"}))
    with ZipFile(path) as archive:
        assert archive.comment == comment
        assert archive.getinfo("0.jpg").date_time == (1999, 12, 31, 23, 59, 58)


def test_no_page_is_looked_into_and_no_wish_is_changed(comic: Path) -> None:
    wish: dict[str, str] = {"series": " Saga "}
    os.utime(comic, ns=(0, 0))
    rewrite(comic, partial(edit, changes=wish))
    assert wish == {"series": " Saga "}
    written = parse(read(comic).documents["ComicInfo"])
    assert (written.series, written.page_count, len(written.pages)) == ("Saga", None, 2)
