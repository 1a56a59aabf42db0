"""ComicInfo.xml as the schema has it, and as programs have written it."""

import re
import time
from xml.sax.saxutils import escape

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.archives.contents import MOST_MEMBERS
from comics.tags.comicinfo import Page, Tags, parse

ELEMENTS = [
    "Title",
    "Series",
    "Number",
    "Count",
    "Volume",
    "AlternateSeries",
    "AlternateNumber",
    "AlternateCount",
    "Summary",
    "Notes",
    "Year",
    "Month",
    "Day",
    "Writer",
    "Penciller",
    "Inker",
    "Colorist",
    "Letterer",
    "CoverArtist",
    "Editor",
    "Translator",
    "Publisher",
    "Imprint",
    "Genre",
    "Tags",
    "Web",
    "PageCount",
    "LanguageISO",
    "Format",
    "BlackAndWhite",
    "Manga",
    "Characters",
    "Teams",
    "Locations",
    "ScanInformation",
    "StoryArc",
    "StoryArcNumber",
    "SeriesGroup",
    "AgeRating",
    "Pages",
    "CommunityRating",
    "MainCharacterOrTeam",
    "Review",
    "GTIN",
]

PLAIN = b"<ComicInfo><Title>Saga</Title></ComicInfo>"


def document(inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\n<ComicInfo>{inside}</ComicInfo>'.encode()


def snake_case(element: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", element).lower()


def test_there_is_a_field_for_each_of_the_44_elements_in_the_schema_s_order() -> None:
    assert list(Tags.__struct_fields__) == [snake_case(element) for element in ELEMENTS]


@pytest.mark.parametrize("element", sorted(set(ELEMENTS) - {"Pages"}))
def test_each_element_is_read(element: str) -> None:
    tags = parse(document(f"<{element}> 3 </{element}>"))
    assert str(getattr(tags, snake_case(element))) in {"3", "3.0"}
    others = msgspec.structs.asdict(tags) | {snake_case(element): None}
    assert not any(others.values())


def test_pages_are_read_with_all_their_attributes() -> None:
    pages = """<Pages>
        <Page Image="0" Type="FrontCover" DoublePage="true" ImageSize="1024" Key="k"
              Bookmark="One" ImageWidth="800" ImageHeight="1200"/>
        <Page Image=" 1 " Type=" "/>
        <page image="x" type="" doublepage="False" IMAGESIZE="-1" Unknown="1"/>
    </Pages>"""
    assert parse(document(pages)).pages == [
        Page(0, "FrontCover", True, 1024, "k", "One", 800, 1200),  # noqa: FBT003 (in order)
        Page(image=1),
        Page(),
    ]


@pytest.mark.parametrize(
    ("inside", "field", "value"),
    [
        ("<Number>1.50</Number>", "number", "1.50"),
        ("<Number>0012</Number>", "number", "0012"),
        ("<Number>-</Number>", "number", "-"),
        ("<Number>½</Number>", "number", "½"),
        ("<Number>1234567890123456789012</Number>", "number", "1234567890123456789012"),
        ("<BlackAndWhite>No</BlackAndWhite>", "black_and_white", "No"),
        ("<Writer> A, B ,C </Writer>", "writer", "A, B ,C"),
        ("<Summary>\n one\n two \n</Summary>", "summary", "one\n two"),
        ("<Summary>one <b>bold</b> word</Summary>", "summary", "one bold word"),
        ("<Summary><![CDATA[a < b & c]]></Summary>", "summary", "a < b & c"),
    ],
)
def test_text_is_kept_as_written(inside: str, field: str, value: str) -> None:
    assert getattr(parse(document(inside)), field) == value


@pytest.mark.parametrize(
    ("element", "text", "value"),
    [
        ("Year", "2019", 2019),
        ("Year", "-1", None),
        ("Year", "0", None),
        ("Year", "10000", None),
        ("Year", "2019-05", None),
        ("Year", "9" * 400, None),
        ("Month", "12", 12),
        ("Month", "13", None),
        ("Day", "31", 31),
        ("Day", "32", None),
        ("Volume", "0", 0),
        ("Volume", "+2", 2),
        ("Volume", "2.0", 2),
        ("Volume", "2.5", None),
        ("Volume", "two", None),
        ("Count", "-1", None),
        ("Count", "", None),
        ("PageCount", "999999999", 999_999_999),
        ("PageCount", "9999999999", None),
        ("CommunityRating", "4.5", 4.5),
        ("CommunityRating", "4,5", 4.5),
        ("CommunityRating", "0", 0.0),
        ("CommunityRating", "5.1", None),
        ("CommunityRating", "-1", None),
        ("CommunityRating", "nan", None),
    ],
)
def test_a_number_that_makes_no_sense_is_none(element: str, text: str, value: object) -> None:
    tags = parse(document(f"<{element}>{text}</{element}>"))
    assert getattr(tags, snake_case(element)) == value


@pytest.mark.parametrize(
    ("xml", "title"),
    [
        (PLAIN, "Saga"),
        (b"\xef\xbb\xbf" + PLAIN, "Saga"),
        (b" \r\n junk" + PLAIN + b"\x00\x00 junk", "Saga"),
        (b'<?xml version="1.0" encoding="utf-16"?>' + PLAIN, "Saga"),
        (b'<?xml version="1.0" encoding="no-such"?>' + PLAIN, "Saga"),
        (b'<?xml version="1.1"?>' + PLAIN, "Saga"),
        (b'\n<?xml version="1.0"?><?xml version="1.0"?>' + PLAIN, "Saga"),
        (PLAIN.decode().encode("utf-16"), "Saga"),
        (PLAIN.decode().encode("utf-16-le"), "Saga"),
        (PLAIN.decode().encode("utf-16-be"), "Saga"),
        (document("<Title>É</Title>").replace("É".encode(), b"\xc9"), "É"),
        (document("<Title>it\x00s</Title>").replace(b"\x00", b"\x92"), "it’s"),  # noqa: RUF001 (so)
        (
            document("<Title>?</Title>")
            .replace(b"utf-8", b"windows-1251")
            .replace(b"?</T", "Ёж</T".encode("cp1251")),
            "Ёж",
        ),
        (document("<Title>a\x01b\x00c\ufffe</Title>"), "abc"),
        (document("<Title>a&#1;b&#0;</Title>"), "ab\N{REPLACEMENT CHARACTER}"),
        (document("<Title>a & b &amp; c &lt;</Title>"), "a & b & c <"),
        (document("<Title>caf&eacute;&nbsp;&bogus;</Title>"), "café\xa0&bogus;"),
        (document("<Title><![CDATA[x & y]]> & z</Title>"), "x & y & z"),
        (document("<TITLE>Saga</TITLE>"), "Saga"),
        (document("<title/><Title> </Title><Title>Saga</Title><Title>No</Title>"), "Saga"),
        (b'<ComicInfo xmlns="http://example.org/x"><Title>Saga</Title></ComicInfo>', "Saga"),
        (b"<c:comicinfo><c:Title>Saga</c:Title></c:comicinfo>", "Saga"),
        (b'<ComicInfo xsi:x="unbound"><Title>Saga</Title></ComicInfo>', "Saga"),
        (document("<Other><Title>No</Title></Other><Title>Saga</Title>"), "Saga"),
        (document("<Title>É</Title>").replace(b"utf-8", b"no-such").decode().encode("cp1252"), "É"),
    ],
)
def test_what_was_meant_is_read_where_it_is_plain(xml: bytes, title: str) -> None:
    assert parse(xml).title == title


DOCTYPE = "ComicInfo.xml declares a DOCTYPE, which is not read because it can be used to do harm."
BILLION_LAUGHS = b"""<!DOCTYPE c [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<ComicInfo><Title>&b;</Title></ComicInfo>"""
FOREIGN_FILE = b"""<!DOCTYPE c [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<ComicInfo><Title>&a;</Title></ComicInfo>"""


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b"", "ComicInfo.xml is empty."),
        (b" \n\x00", "ComicInfo.xml is empty."),
        (b"\xff\xfe", "ComicInfo.xml is not XML."),
        (b"Saga 1", "ComicInfo.xml is not XML."),
        (
            b"<ComicInfo>\n<Title>Saga",
            "ComicInfo.xml is not valid XML (its end is missing, line 2).",
        ),
        (
            b"<ComicInfo>\n<Title>a <3 b</Title></ComicInfo>",
            "ComicInfo.xml is not valid XML (not well-formed (invalid token), line 2).",
        ),
        (
            b"<ComicInfo><Title></ComicInfo>",
            "ComicInfo.xml is not valid XML (mismatched tag, line 1).",
        ),
        (b"<MetronInfo/>", "ComicInfo.xml holds <MetronInfo> where <ComicInfo> is expected."),
        (b"<html><p></html>", "ComicInfo.xml holds <html> where <ComicInfo> is expected."),
        (BILLION_LAUGHS, DOCTYPE),
        (FOREIGN_FILE, DOCTYPE),
        (b"junk" + BILLION_LAUGHS.replace(b"ha", b"h & a"), DOCTYPE),
        (
            b"<ComicInfo>" + b"<a>" * 90_000,
            "ComicInfo.xml is not valid XML (its end is missing, line 1).",
        ),
        (
            b"<ComicInfo>" + b"<a/>" * 100_000 + b"</ComicInfo>",
            "ComicInfo.xml has more elements than the metadata of a comic can have.",
        ),
    ],
)
def test_what_cannot_be_mended_is_told_in_a_sentence(xml: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        parse(xml)


def test_all_the_pages_that_an_archive_may_have_are_read() -> None:
    page = '<Page Image="1" Type="Story" ImageSize="123456" ImageWidth="1988" ImageHeight="3056"/>'
    assert len(parse(document(f"<Pages>{page * MOST_MEMBERS}</Pages>")).pages) == MOST_MEMBERS


def test_pages_are_read_where_they_belong_only() -> None:
    assert parse(document("<Other><Page Image='0'/></Other><Page Image='1'/>")).pages == []


@pytest.mark.parametrize(
    "part", [b"<![CDATA[", b"<?xml ", b"&", b"<a>", b"<!--", b"&#x", b"<a b='"]
)
def test_reading_a_mebibyte_of_anything_takes_seconds_at_most(part: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(ValueError, match=r"^ComicInfo"):
        parse(b"<ComicInfo>" + part * (2**20 // len(part)) + b">")
    assert time.monotonic() - started < 10


def test_tags_without_values_take_no_room_in_json() -> None:
    tags = parse(document("<Title>Saga</Title><Pages><Page Image='0'/></Pages>"))
    assert msgspec.json.encode(tags) == b'{"title":"Saga","pages":[{"image":0}]}'


@given(st.binary() | st.builds(lambda inside: PLAIN[:18] + inside + PLAIN[18:], st.binary()))
def test_any_bytes_give_tags_that_postgresql_can_hold_or_a_value_error(xml: bytes) -> None:
    try:
        tags = parse(xml)
    except ValueError:
        return
    assert b"\\u0000" not in msgspec.json.encode(tags)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_any_text_comes_back_stripped(text: str) -> None:
    assert parse(document(f"<Title>{escape(text)}</Title>")).title == text.strip()
