"""CoMet as its specification has it, and as programs have written it."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.tags.comet import parse
from comics.tags.comicinfo import Tags

WHOLE = """<?xml version="1.0" encoding="UTF-8"?>
<comet xmlns:comet="http://www.denvog.com/comet/"
       xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
       xsi:schemaLocation="http://www.denvog.com http://www.denvog.com/comet/comet.xsd">
  <title>Fog</title>
  <description>A keeper keeps.</description>
  <series>The Lighthouse</series>
  <issue>1.50</issue>
  <volume>2</volume>
  <publisher>Harbour House</publisher>
  <date>2012-11-05</date>
  <genre>Mystery</genre>
  <genre>Sea Story</genre>
  <character>Ada</character>
  <character>Boatman</character>
  <isVersionOf>Le Phare</isVersionOf>
  <price>3.99</price>
  <format>Annual</format>
  <language>en</language>
  <rating>Teen</rating>
  <rights>All of them</rights>
  <identifier>978-3-16-148410-0</identifier>
  <pages>32</pages>
  <creator>Studio Fog</creator>
  <writer>Ida Berg</writer>
  <writer>Una Vik</writer>
  <penciller>Tom Reed</penciller>
  <editor>Ole Dahl</editor>
  <coverDesigner>Ida Berg</coverDesigner>
  <letterer>Pia Lund</letterer>
  <inker>Tom Reed</inker>
  <colorist>Jo Holm</colorist>
  <coverImage>cover.jpg</coverImage>
  <lastMark>3</lastMark>
  <readingDirection>rtl</readingDirection>
</comet>"""


def document(inside: str) -> bytes:
    return f"<comet>{inside}</comet>".encode()


def told(inside: str) -> dict[str, object]:
    """Return the fields that have a value."""
    fields: dict[str, object] = msgspec.to_builtins(parse(document(inside)))
    return fields


def test_every_element_that_has_a_home_in_comicinfo_is_read() -> None:
    assert parse(WHOLE.encode()) == Tags(
        title="Fog",
        series="The Lighthouse",
        number="1.50",
        volume=2,
        summary="A keeper keeps.",
        year=2012,
        month=11,
        day=5,
        writer="Ida Berg, Una Vik",
        penciller="Tom Reed",
        inker="Tom Reed",
        colorist="Jo Holm",
        letterer="Pia Lund",
        cover_artist="Ida Berg",
        editor="Ole Dahl",
        publisher="Harbour House",
        genre="Mystery, Sea Story",
        page_count=32,
        language_iso="en",
        format="Annual",
        manga="YesAndRightToLeft",
        characters="Ada, Boatman",
        age_rating="Teen",
        gtin="978-3-16-148410-0",
    )


@pytest.mark.parametrize(
    ("inside", "fields"),
    [
        ("", {}),
        ("<title/><title>Fog</title>", {"title": "Fog"}),
        ("<TITLE>Fog</TITLE>", {"title": "Fog"}),
        ("<comet:title>Fog</comet:title>", {"title": "Fog"}),
        ("<title>&lt;Fog&gt; & Sea</title>", {"title": "<Fog> & Sea"}),
        ("<issue>0012</issue>", {"number": "0012"}),
        ("<issue>1.0</issue>", {"number": "1.0"}),
        ("<volume>-1</volume><pages>-1</pages>", {}),
        ("<volume>2020-05</volume>", {}),
        (f"<volume>{'9' * 400}</volume>", {}),
        ("<pages>0</pages>", {}),
        ("<date>2012</date>", {"year": 2012}),
        ("<date>2012/11</date>", {"year": 2012, "month": 11}),
        ("<date>2012-00-05</date>", {"year": 2012, "day": 5}),
        ("<date>circa 1999</date>", {}),
        ("<genre>Sea, Fog</genre><genre>Fog</genre>", {"genre": "Sea, Fog"}),
        ("<character/><character>Ada</character>", {"characters": "Ada"}),
        ("<writer>Ida Berg, Una Vik</writer>", {"writer": "Ida Berg, Una Vik"}),
        ("<creator>Ida Berg</creator>", {"writer": "Ida Berg"}),
        ("<creator>Ida</creator><writer> </writer>", {"writer": "Ida"}),
        ("<language>Français</language>", {"language_iso": "fr"}),
        ("<language>pt-BR</language>", {"language_iso": "pt-BR"}),
        ("<language>Klingon</language>", {"language_iso": "Klingon"}),
        ("<format>application/x-cbz</format>", {}),
        ("<readingDirection>ltr</readingDirection>", {}),
        ("<readingDirection>RTL</readingDirection>", {"manga": "YesAndRightToLeft"}),
        ("<identifier>urn:isbn:9783161484100</identifier>", {"gtin": "9783161484100"}),
        ("<identifier>ISBN 3-16-148410-X</identifier>", {"gtin": "3-16-148410-X"}),
        ("<identifier>https://a.example/1</identifier>", {"web": "https://a.example/1"}),
        ("<identifier>fog-1</identifier>", {}),
    ],
)
def test_odd_documents_are_read_as_they_were_meant(inside: str, fields: dict[str, object]) -> None:
    assert told(inside) == fields


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b" ", "CoMet.xml is empty."),
        (b"{}", "CoMet.xml is not XML."),
        (b"<comic/>", "CoMet.xml holds <comic> where <CoMet> is expected."),
        (b"<comet><title>Fog", "CoMet.xml is not valid XML (its end is missing, line 1)."),
        (
            b"<!DOCTYPE c [<!ENTITY a 'ha'>]><comet><title>&a;</title></comet>",
            "CoMet.xml declares a DOCTYPE, which is not read because it can be used to do harm.",
        ),
    ],
)
def test_what_cannot_be_mended_is_told_in_a_sentence(xml: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        parse(xml)


@pytest.mark.parametrize(
    "xml",
    [
        b' <?xml version="1.0"?><comet><title>Fog</title></comet>',
        b'<comet xmlns="http://www.denvog.com/comet/"><title>Fog</title></comet>',
        b"<comet:comet><comet:title>Fog</comet:title></comet:comet>",
        b"<CoMet><Title>F\x01og</Title></CoMet> junk",
        '<?xml version="1.0" encoding="utf-16"?><comet><title>Fog</title></comet>'.encode("utf-16"),
    ],
)
def test_a_document_is_read_however_it_is_wrapped(xml: bytes) -> None:
    assert parse(xml).title == "Fog"


@given(st.binary() | st.binary().map(lambda inside: b"<comet>" + inside + b"</comet>"))
def test_any_bytes_give_tags_that_postgresql_can_hold_or_a_value_error(xml: bytes) -> None:
    try:
        tags = parse(xml)
    except ValueError:
        return
    assert b"\\u0000" not in msgspec.json.encode(tags)
