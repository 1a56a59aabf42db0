"""What an edit of ComicInfo.xml changes, and that it changes nothing else."""

from pathlib import Path

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from comics.tags.comicinfo import Page, Tags, parse
from comics.tags.editing import edit
from comics.tags.writable import Value, name_element

XSD = Path(__file__).parent / "xsd"
SCHEMAS = {
    version: xmlschema.XMLSchema(XSD / f"ComicInfo-{version}.xsd") for version in ("2.0", "2.1")
}
NEW_IN_21 = {"translator", "tags", "story_arc_number", "gtin"}

RICK = b"""\
<?xml version="1.0"?>\r
<ComicInfo xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:x="urn:x">\r
\t<!-- kept -->\r
\t<Title  lang="en">Old &amp; new</Title >\r
\t<x:Mood>grim</x:Mood>\r
\t<Number>1.50</Number>\r
\t<Year>-1</Year>\r
\t<Summary><![CDATA[a < b]]></Summary>\r
\t<?program keep?>\r
\t<BlackAndWhite>No</BlackAndWhite>\r
\t<Pages>\r
\t\t<Page Image="0" Type="FrontCover" Crop="1,2" DoublePage="True"/>\r
\t\t<Page Image='1' Key="a&quot;b" />\r
\t</Pages>\r
\t<CommunityRating>0</CommunityRating>\r
</ComicInfo>\r
<!-- after -->\r
"""


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"title": "A<B>"}, b">Old &amp; new<", b">A&lt;B&gt;<"),
        ({"number": "001"}, b"1.50", b"001"),
        ({"year": 2019}, b"-1", b"2019"),
        ({"summary": "one\ntwo"}, b"<![CDATA[a < b]]>", b"one\r\ntwo"),
        ({"summary": None}, b"\r\n\t<Summary><![CDATA[a < b]]></Summary>", b""),
        ({"title": ""}, b'\r\n\t<Title  lang="en">Old &amp; new</Title >', b""),
        ({"series": "Saga"}, b"</Title >", b"</Title >\r\n\t<Series>Saga</Series>"),
        ({"month": 5}, b"</Year>", b"</Year>\r\n\t<Month>5</Month>"),
        ({"notes": "n"}, b"</Summary>", b"</Summary>\r\n\t<Notes>n</Notes>"),
        (
            {"review": "r", "gtin": "9"},
            b"</CommunityRating>",
            b"</CommunityRating>\r\n\t<Review>r</Review>\r\n\t<GTIN>9</GTIN>",
        ),
    ],
)
def test_only_what_changes_changes(changes: dict[str, Value], old: bytes, new: bytes) -> None:
    assert RICK.count(old) == 1
    assert edit(RICK, changes) == RICK.replace(old, new)


def test_what_reads_so_already_gives_the_same_bytes() -> None:
    assert edit(RICK, structs.asdict(parse(RICK))) is RICK
    assert edit(RICK, {"title": " Old & new\n", "community_rating": 0, "year": -1}) is RICK


def test_several_fields_change_at_once_and_in_any_order() -> None:
    changes = {"year": 2001, "title": None, "series": "S", "count": 3}
    edited = edit(RICK, changes)
    assert edited == edit(RICK, dict(reversed(changes.items())))
    assert parse(edited) == structs.replace(parse(RICK), title="", series="S", count=3, year=2001)


@pytest.mark.parametrize(
    ("xml", "edited"),
    [
        (b"<ComicInfo/>", b"<ComicInfo>\n  <Title>t</Title>\n</ComicInfo>"),
        (b"<ComicInfo a='/>' />", b"<ComicInfo a='/>'>\n  <Title>t</Title>\n</ComicInfo>"),
        (b"<ComicInfo></ComicInfo>", b"<ComicInfo>\n  <Title>t</Title>\n</ComicInfo>"),
        (b"<ComicInfo>\r\n</ComicInfo>", b"<ComicInfo>\r\n  <Title>t</Title>\r\n</ComicInfo>"),
        (
            b"<ComicInfo>\n  <!-- c -->\n</ComicInfo>",
            b"<ComicInfo>\n  <!-- c -->\n  <Title>t</Title>\n</ComicInfo>",
        ),
        (b"<ComicInfo><title/></ComicInfo>", b"<ComicInfo><title>t</title></ComicInfo>"),
        (
            b"<ComicInfo><Title a='>'/></ComicInfo>",
            b"<ComicInfo><Title a='>'>t</Title></ComicInfo>",
        ),
        (
            b"<ComicInfo><Year>1</Year></ComicInfo>",
            b"<ComicInfo><Title>t</Title><Year>1</Year></ComicInfo>",
        ),
        (
            b"<ComicInfo>\n <Year>1</Year>\n</ComicInfo>",
            b"<ComicInfo>\n <Title>t</Title>\n <Year>1</Year>\n</ComicInfo>",
        ),
        (
            b"<ComicInfo>\n <Mood/>\n</ComicInfo>",
            b"<ComicInfo>\n <Mood/>\n <Title>t</Title>\n</ComicInfo>",
        ),
        (
            b"<c:ComicInfo xmlns:c='u'><c:Year>1</c:Year></c:ComicInfo>",
            b"<c:ComicInfo xmlns:c='u'><c:Title>t</c:Title><c:Year>1</c:Year></c:ComicInfo>",
        ),
        (
            b"<ComicInfo><Title/><TITLE>a</TITLE><Title>b</Title></ComicInfo>",
            b"<ComicInfo><TITLE>t</TITLE></ComicInfo>",
        ),
        (
            b"<ComicInfo>\n <Title>a</Title>\n <Title>b</Title>\n</ComicInfo>",
            b"<ComicInfo>\n <Title>t</Title>\n</ComicInfo>",
        ),
    ],
)
def test_an_element_finds_its_place(xml: bytes, edited: bytes) -> None:
    assert edit(xml, {"title": "t"}) == edited


def test_the_last_element_goes_with_its_line() -> None:
    xml = b"<ComicInfo>\n  <Title>a</Title>\n</ComicInfo>"
    assert edit(xml, {"title": ""}) == b"<ComicInfo>\n</ComicInfo>"
    assert edit(xml, {"title": "", "year": 1}) == xml.replace(b"Title>a</Title", b"Year>1</Year")


def test_all_elements_of_a_name_go_with_it() -> None:
    xml = b"<ComicInfo><Title>a</Title><Year>1</Year><title>b</title></ComicInfo>"
    assert edit(xml, {"title": None}) == b"<ComicInfo><Year>1</Year></ComicInfo>"


@pytest.mark.parametrize("xml", [None, b"", b" \r\n"])
def test_a_new_document_is_made_where_there_is_none(xml: bytes | None) -> None:
    assert edit(xml, {"number": "½", "series": "Saga"}).decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        "<ComicInfo>\n  <Series>Saga</Series>\n  <Number>½</Number>\n</ComicInfo>\n"
    )


@pytest.mark.parametrize(
    ("encoding", "mark", "label"),
    [
        ("utf-8", "", None),
        ("utf-8", "\ufeff", "utf-8"),
        ("utf-16-le", "\ufeff", "utf-16"),
        ("utf-16-be", "\ufeff", "UTF-16"),
        ("utf-16-le", "\ufeff", None),
        ("latin-1", "", "ISO-8859-1"),
        ("cp1252", "", "windows-1252"),
        ("shift-jis", "", "Shift_JIS"),
    ],
)
def test_the_encoding_stays(encoding: str, mark: str, label: str | None) -> None:
    head = f'<?xml version="1.0" encoding="{label}"?>' if label else ""
    letter = "漫" if encoding == "shift-jis" else "é"
    text = f"{mark}{head}\n<ComicInfo>\n<Notes>{letter}{letter}</Notes>\n</ComicInfo>"
    edited = edit(text.encode(encoding), {"title": letter})
    inserted = f"<ComicInfo>\n<Title>{letter}</Title>\n"
    assert edited == text.replace("<ComicInfo>\n", inserted).encode(encoding)
    assert parse(edited).title == letter


def test_what_an_encoding_cannot_hold_makes_it_utf_8() -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><ComicInfo><Title>é</Title></ComicInfo>'
    edited = edit(text.encode("latin-1"), {"series": "漫"}).decode()
    assert edited == (
        '<?xml version="1.0" encoding="utf-8"?>'
        "<ComicInfo><Title>é</Title><Series>漫</Series></ComicInfo>"
    )


@pytest.mark.parametrize("label", ["utf-16", "unicode", "no-such", "ISO-8859-1"])
def test_a_label_that_lies_is_put_right(label: str) -> None:
    xml = f'<?xml version="1.0" encoding="{label}"?><ComicInfo><Title>é</Title></ComicInfo>'
    edited = edit(xml.encode(), {"title": "è"})
    assert edited.decode() == xml.replace(label, "utf-8").replace("é", "è")


def test_a_label_that_the_byte_order_mark_belies_is_put_right() -> None:
    xml = '<?xml version="1.0" encoding="utf-16"?><ComicInfo><Title>é</Title></ComicInfo>'
    edited = edit(b"\xef\xbb\xbf" + xml.encode(), {"title": "è"})
    assert edited.decode() == xml.replace("utf-16", "utf-8").replace("é", "è")


def test_a_broken_document_is_mended_when_it_is_written() -> None:
    edited = edit(b"\x00junk<ComicInfo><Title>Tom & J\x01</Title></ComicInfo>junk", {"year": 2000})
    assert edited == (
        b'<?xml version="1.0" encoding="utf-8"?>\n'
        b"<ComicInfo><Title>Tom &amp; J</Title><Year>2000</Year></ComicInfo>"
    )


def test_a_broken_declaration_is_mended_and_not_doubled() -> None:
    edited = edit(
        b'<?xml\x01 version="1.0"?><ComicInfo><Title>a</Title></ComicInfo>', {"title": "t"}
    )
    assert edited == b'<?xml version="1.0"?><ComicInfo><Title>t</Title></ComicInfo>'


def test_a_broken_document_that_reads_so_already_stays() -> None:
    xml = b"<ComicInfo><Title>Tom & Jerry</Title></ComicInfo>"
    assert edit(xml, {"title": "Tom & Jerry"}) is xml


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b"<!DOCTYPE a><ComicInfo/>", "DOCTYPE"),
        (b"<html/>", "<html>"),
        (b"<ComicInfo><Title>", "not valid XML"),
        (b"nothing", "not XML"),
    ],
)
def test_what_cannot_be_read_is_not_written(xml: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refusal:
        edit(xml, {"title": "t"})
    assert str(refusal.value).endswith("Mend it by hand, or remove it from the archive.")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "x", "no field 'name'"),
        ("title", "a\x00b", "Title holds a character"),
        ("title", "\ud800", "Title holds a character"),
        ("year", "2020-05", "Year is a whole number from 1 to 9999"),
        ("year", 0, "Year is a whole number"),
        ("month", 13, "from 1 to 12"),
        ("day", 1.5, "from 1 to 31"),
        ("count", -2, "Count is a whole number from 0"),
        ("community_rating", 5.1, "from 0 to 5"),
        ("community_rating", 4.25, "at most one decimal"),
        ("black_and_white", "yes", "BlackAndWhite is one of: Unknown, No, Yes"),
        ("manga", "Japanese", "YesAndRightToLeft"),
        ("age_rating", "Adult", "Mature 17"),
        ("pages", "x", "list of pages"),
        ("title", [], "one value"),
        ("pages", [Page()], "needs its Image"),
        ("pages", [Page(image=0, type="Cover")], "not Cover"),
        ("pages", [Page(image=0, image_size=-1)], "negative"),
        ("pages", [Page(image=0, key="\x01")], "Key holds"),
    ],
)
def test_what_strict_readers_would_refuse_is_refused(field: str, value: Value, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        edit(RICK, {field: value})


def test_a_page_that_changes_keeps_what_is_not_known_of_it() -> None:
    first, second = parse(RICK).pages
    pages = [structs.replace(first, double_page=False, bookmark="Start"), second, Page(image=2)]
    assert edit(RICK, {"pages": pages}) == RICK.replace(
        b'<Page Image="0" Type="FrontCover" Crop="1,2" DoublePage="True"/>',
        b'<Page Image="0" Type="FrontCover" Crop="1,2" DoublePage="false" Bookmark="Start" />',
    ).replace(b'a&quot;b" />', b'a&quot;b" />\r\n\t\t<Page Image="2" />')


def test_pages_go_and_come() -> None:
    without = edit(RICK, {"pages": []})
    assert b"<Pages" not in without
    assert b"Page " not in without
    pages = [Page(image=0, double_page=True, key='<&">\n.')]
    assert parse(edit(without, {"pages": pages})).pages == pages
    assert edit(without, {"pages": pages}) == without.replace(
        b"</BlackAndWhite>",
        b"</BlackAndWhite>\r\n\t<Pages>\r\n"
        b'\t  <Page Image="0" DoublePage="true" Key="&lt;&amp;&quot;&gt;&#10;." />\r\n\t</Pages>',
    )


# What the schema allows, as strategies.
TEXT = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "Zs", "S"], include_characters="\n"),
    max_size=12,
).map(str.strip)
WHOLE = st.none() | st.integers(0, 999_999_999)
FIELDS: dict[str, st.SearchStrategy[object]] = {
    "year": st.none() | st.integers(1, 9999),
    "month": st.none() | st.integers(1, 12),
    "day": st.none() | st.integers(1, 31),
    "black_and_white": st.sampled_from(["", "Unknown", "No", "Yes"]),
    "manga": st.sampled_from(["", "Unknown", "No", "Yes", "YesAndRightToLeft"]),
    "age_rating": st.sampled_from(["", "Everyone 10+", "M", "X18+"]),
    "community_rating": st.none() | st.integers(0, 50).map(lambda tenths: tenths / 10),
    "pages": st.lists(
        st.builds(
            Page,
            image=st.integers(0, 99),
            type=st.sampled_from(["Story", "FrontCover", "Letters Advertisement"]),
            double_page=st.booleans(),
            image_size=WHOLE,
            key=TEXT,
            bookmark=TEXT,
            image_width=WHOLE,
        ),
        max_size=3,
    ),
}
ALL = {
    field: FIELDS.get(field, WHOLE if field.endswith("count") or field == "volume" else TEXT)
    for field in Tags.__struct_fields__
}
CHANGES = st.fixed_dictionaries({}, optional=ALL)


@given(before=CHANGES, changes=CHANGES)
def test_an_edit_does_what_was_asked_and_stays_valid(
    before: dict[str, Value], changes: dict[str, Value]
) -> None:
    xml = edit(None, before)
    assert parse(xml) == Tags(**before)  # type: ignore[arg-type]
    edited = edit(xml, changes)
    assert parse(edited) == Tags(**before | changes)  # type: ignore[arg-type]
    assert edit(edited, changes) is edited
    assert edit(xml, changes) == edited
    SCHEMAS["2.1"].validate(edited.decode())
    if not NEW_IN_21 & {*before, *changes}:
        SCHEMAS["2.0"].validate(edited.decode())


FOREIGN = st.sampled_from(
    ["<!-- c -->", "<Mood>a</Mood>", "<x:y xmlns:x='u' z='>'/>", "<?p i?>", "<Mood/>", "\n\n", "  "]
)


@given(
    fields=st.lists(st.sampled_from(sorted(set(ALL) - {"pages"})), unique=True, max_size=6),
    foreign=st.lists(FOREIGN, min_size=7, max_size=7),
    space=st.sampled_from(["", "\n  ", "\r\n\t", " "]),
    changed=st.sampled_from(["title", "notes", "writer", "gtin", "series"]),
    value=TEXT,
)
def test_an_edit_and_its_undoing_leave_all_else_byte_for_byte(
    fields: list[str], foreign: list[str], space: str, changed: str, value: str
) -> None:
    """Whatever stands around an element: cut it out, and nothing else is gone."""
    elements = [f"<{name_element(field)}>7</{name_element(field)}>" for field in fields]
    pieces = [piece for pair in zip([*elements, ""], foreign, strict=False) for piece in pair]
    xml = f"<ComicInfo>{''.join(space + piece for piece in pieces)}\n</ComicInfo>".encode()
    edited = edit(xml, {changed: value})
    name = name_element(changed).encode()
    if changed in fields and value:
        written = edit(edited, {changed: "7"})
        assert written == xml
    elif value:
        start, end = edited.index(b"<%b>" % name), edited.index(b"</%b>" % name) + len(name) + 3
        cut = edited[:start] + edited[end:]
        assert cut.split() == xml.split()
    assert parse(edited) == structs.replace(parse(xml), **{changed: value})
