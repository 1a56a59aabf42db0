"""The page that stands for a comic."""

import pytest

from comics.archives.covers import choose
from comics.tags.comicinfo import Page, Tags

PAGES = ["000.jpg", "001.jpg", "002.jpg"]


@pytest.mark.parametrize(
    ("pages", "cover"),
    [
        (["001.jpg", "002.jpg"], "001.jpg"),
        (["001.jpg", "cover.jpg"], "cover.jpg"),
        (["001.jpg", "Cover.JPG"], "Cover.JPG"),
        (["001.jpg", "front cover.jpg"], "front cover.jpg"),
        (["001.jpg", "FrontCover.jpg"], "FrontCover.jpg"),
        (["001.jpg", "front.jpg"], "front.jpg"),
        (["001.jpg", "folder.jpg"], "folder.jpg"),
        (["001.jpg", "saga/fc.jpg"], "saga/fc.jpg"),
        (["001.jpg", "cover01.jpg", "cover02.jpg"], "cover01.jpg"),
        (["000a.jpg", "00_cover.jpg"], "00_cover.jpg"),
        (["a/cover.jpg", "cover.jpg"], "cover.jpg"),
        (["001.jpg", "back cover.jpg"], "001.jpg"),
        (["001.jpg", "backcover.jpg"], "001.jpg"),
        (["001.jpg", "cover back.jpg"], "001.jpg"),
        (["001.jpg", "inside front cover.jpg"], "001.jpg"),
        (["001.jpg", "cover variant.jpg"], "001.jpg"),
        (["001.jpg", "coverage.jpg", "frontier.jpg", "fcbd.jpg"], "001.jpg"),
        (["001.jpg", "cover/002.jpg"], "001.jpg"),
    ],
)
def test_the_cover_is_named_so_or_comes_first(pages: list[str], cover: str) -> None:
    place = choose(pages, Tags())
    assert place is not None
    assert pages[place] == cover


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ([Page(image=2, type="FrontCover")], 2),
        ([Page(image=1, type="frontcover"), Page(image=2, type="FrontCover")], 1),
        ([Page(image=0), Page(image=1, type="BackCover")], 0),
        ([Page(image=9, type="FrontCover")], 0),
        ([Page(image=-1, type="FrontCover")], 0),
        ([Page(type="FrontCover")], 0),
    ],
)
def test_comicinfo_has_the_first_word_where_the_page_exists(told: list[Page], place: int) -> None:
    assert choose(PAGES, Tags(pages=told)) == place


def test_without_pages_there_is_no_cover() -> None:
    assert choose([], Tags(pages=[Page(image=0, type="FrontCover")])) is None
