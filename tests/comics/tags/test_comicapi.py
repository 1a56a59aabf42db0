"""comicapi as a second opinion, and what it does to metadata as it reads and we do not.

It is asked about documents that it writes itself and about plain issue numbers. Why here and
nowhere else: docs/decisions/0003.
"""

import time
import tracemalloc

import pytest
from comicapi.comet import CoMet
from comicapi.comicbookinfo import ComicBookInfo
from comicapi.comicinfoxml import ComicInfoXml
from comicapi.genericmetadata import md_test
from comicapi.issuestring import IssueString

from comics.numbers import issue_value
from comics.tags import comet, comicbookinfo, comicinfo, metadata, metroninfo, trees
from comics.tags.comicinfo import Tags

OURS = {
    # A field of `Tags`: what comicapi calls it.
    "title": "title",
    "series": "series",
    "number": "issue",
    "volume": "volume",
    "summary": "comments",
    "year": "year",
    "month": "month",
    "publisher": "publisher",
    "genre": "genre",
    "language_iso": "language",
}
CREDITS = {
    "writer": "Dara Naraghi",
    "penciller": "Esteve Polls",
    "inker": "Esteve Polls",
    "letterer": "Neil Uyetake",
    "cover_artist": "Sam Kieth",
    "editor": "Ted Adams",
}


def check(tags: Tags) -> None:
    for field, theirs in OURS.items():
        assert getattr(tags, field) == getattr(md_test, theirs), field
    for field, person in CREDITS.items():
        assert getattr(tags, field) == person, field


def test_a_comet_that_comicapi_wrote_says_what_was_put_in() -> None:
    tags = comet.parse(CoMet().string_from_metadata(md_test).encode())
    check(tags)
    assert (tags.page_count, tags.characters) == (24, "Anda")


def test_a_comicbookinfo_that_comicapi_wrote_says_what_was_put_in() -> None:
    tags = comicbookinfo.parse(ComicBookInfo().string_from_metadata(md_test).encode())
    check(tags)
    assert (tags.count, tags.community_rating) == (6, 3.0)


def test_a_comicinfo_that_comicapi_wrote_says_what_was_put_in() -> None:
    tags = comicinfo.parse(ComicInfoXml().string_from_metadata(md_test).encode())
    check(tags)
    assert (tags.count, tags.day, tags.imprint) == (6, 1, "craphound.com")
    assert [page.image for page in tags.pages] == list(range(24))


@pytest.mark.parametrize(
    "number", ["1", "012", "1.5", "-1", "½", "5AU", "0", "100.10", "1.50", "Annual", ""]
)
def test_comicapi_reads_the_same_value_from_an_issue_number(number: str) -> None:
    assert issue_value(number) == IssueString(number).as_float()


def test_minus_one_is_unknown_and_not_one() -> None:
    documents: list[Tags] = [
        comicinfo.parse(
            b"<ComicInfo><Year>-1</Year><Volume>-1</Volume><Month>-1</Month><Count>-1</Count>"
            b"</ComicInfo>"
        ),
        metroninfo.parse(b"<MetronInfo><Series><Volume>-1</Volume></Series></MetronInfo>"),
        comicbookinfo.parse(b'{"ComicBookInfo/1.0": {"volume": -1, "publicationYear": "-1"}}'),
        comet.parse(b"<comet><volume>-1</volume><pages>-1</pages></comet>"),
    ]
    assert documents == [Tags()] * 4


def test_what_is_no_year_is_not_made_one_of_its_digits() -> None:
    assert comicinfo.parse(b"<ComicInfo><Year>2020-05</Year></ComicInfo>") == Tags()
    assert comet.parse(b"<comet><date>2020/05</date></comet>") == Tags(year=2020, month=5)


@pytest.mark.parametrize(
    "xml",
    [
        f"<ComicInfo><Title>Fog</Title><Year>{'9' * 400}</Year></ComicInfo>",
        "<ComicInfo><Title>Fog</Title><Number>-</Number></ComicInfo>",
        '<ComicInfo><Title>Fog</Title><Pages><Page Image="x"/></Pages></ComicInfo>',
        "<ComicInfo><Title>Fo\x01g</Title></ComicInfo>",
        "<ComicInfo><Title>Fog</Title><Genre>Sea & Fog</Genre></ComicInfo>",
        ' <?xml version="1.0"?><ComicInfo><Title>Fog</Title></ComicInfo>',
        "<ComicInfo><Title>Fog</Title></ComicInfo>junk",
        '<?xml version="1.0" encoding="utf-16"?><ComicInfo><Title>Fog</Title></ComicInfo>',
        '<ComicInfo xmlns="https://example.org/c"><Title>Fog</Title></ComicInfo>',
    ],
)
def test_odd_values_and_odd_xml_take_nothing_from_the_rest(xml: str) -> None:
    found, faults = metadata.read({"ComicInfo": xml.encode()})
    assert (found.tags.title, faults) == ("Fog", ())


@pytest.mark.parametrize("comment", [b"123", b"null", b"\xff\xfe\xfa", b"\xe9", b"[]", b"{}"])
def test_a_comment_that_is_no_comicbookinfo_is_a_fault_and_not_an_error(comment: bytes) -> None:
    found, faults = metadata.read({"ComicBookInfo": comment})
    assert (found.tags, len(faults)) == (Tags(), 1)


def test_a_comicbookinfo_without_credits_is_read() -> None:
    assert comicbookinfo.parse(b'{"ComicBookInfo/1.0": {"series": "Fog"}}') == Tags(series="Fog")


def test_zero_no_and_all_digits_of_a_number_are_values() -> None:
    tags = comicinfo.parse(
        b"<ComicInfo><BlackAndWhite>No</BlackAndWhite><CommunityRating>0</CommunityRating>"
        b"<Volume>0</Volume><Count>0</Count><Number>1234567890123456789012.50</Number></ComicInfo>"
    )
    assert metadata.attribute(tags, "ComicInfo").tags == Tags(
        number="1234567890123456789012.50",
        count=0,
        volume=0,
        black_and_white="No",
        community_rating=0.0,
    )


@pytest.mark.parametrize("element", [b"<a/>", b"<a>", b"<Page Image='1' Key='kkkk'/>"])
def test_no_document_takes_more_than_a_little_time_and_memory(element: bytes) -> None:
    xml = b"<ComicInfo><Pages>" + element * (trees.MOST_MARKS - 10) + b"</Pages></ComicInfo>"
    tracemalloc.start()
    try:
        metadata.read({"ComicInfo": xml})
        assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    finally:
        tracemalloc.stop()
    started = time.process_time()
    metadata.read({"ComicInfo": xml})
    assert time.process_time() - started < 3
