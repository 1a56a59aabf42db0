"""ComicBookInfo as ComicBookLover wrote it, and as others have."""

import json
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.tags.comicbookinfo import parse
from comics.tags.comicinfo import Tags

WHOLE = b"""{"appID": "ComicBookLover/888", "lastModified": "2009-10-25 14:51:31 +0000",
"ComicBookInfo/1.0": {
    "series": "The Lighthouse", "title": "Fog", "publisher": "Harbour House",
    "publicationMonth": 11, "publicationYear": 2012, "issue": 7, "numberOfIssues": 12,
    "volume": 2, "numberOfVolumes": 3, "rating": 5, "genre": "Mystery", "language": "English",
    "country": "United States", "comments": "A keeper keeps.", "tags": ["fog", "lamp"],
    "credits": [
        {"person": "Berg, Ida", "role": "Writer", "primary": true},
        {"person": "Reed, Tom", "role": "Artist", "primary": true},
        {"person": "Lund, Pia", "role": "Letterer"},
        {"person": "Holm, Jo", "role": "Colorer"},
        {"person": "Dahl, Ole", "role": "Editor"},
        {"person": "Vik, Una", "role": "Example"}
    ]}}"""


def comment(inside: str) -> bytes:
    return f'{{"ComicBookInfo/1.0": {inside}}}'.encode()


def test_every_key_that_has_a_home_in_comicinfo_is_read() -> None:
    assert parse(WHOLE) == Tags(
        title="Fog",
        series="The Lighthouse",
        number="7",
        count=12,
        volume=2,
        summary="A keeper keeps.",
        year=2012,
        month=11,
        writer="Ida Berg",
        penciller="Tom Reed",
        inker="Tom Reed",
        colorist="Jo Holm",
        letterer="Pia Lund",
        editor="Ole Dahl",
        publisher="Harbour House",
        genre="Mystery",
        tags="fog, lamp",
        language_iso="en",
        community_rating=5.0,
    )


@pytest.mark.parametrize(
    ("inside", "fields"),
    [
        ("{}", {}),
        ('{"issue": 1.50}', {"number": "1.50"}),
        ('{"issue": "1.50"}', {"number": "1.50"}),
        ('{"issue": "0012"}', {"number": "0012"}),
        ('{"issue": -1}', {"number": "-1"}),
        (f'{{"issue": 1, "volume": {"9" * 5000}}}', {"number": "1"}),
        ('{"issue": null, "series": false, "title": ["Fog"], "genre": {}}', {}),
        ('{"volume": -1, "publicationYear": "-1", "publicationMonth": 0}', {}),
        ('{"publicationYear": "2012", "publicationMonth": "9"}', {"year": 2012, "month": 9}),
        ('{"publicationYear": 1e999, "rating": NaN, "volume": Infinity}', {}),
        ('{"publicationYear": 2012, "publicationDay": 5}', {"year": 2012, "day": 5}),
        ('{"rating": "4.5"}', {"community_rating": 4.5}),
        ('{"rating": 0}', {}),
        ('{"rating": 80}', {}),
        ('{"numberOfIssues": 0, "numberOfVolumes": 2}', {}),
        ('{"SERIES": "Fog", "Publicationyear": 2012}', {"series": "Fog", "year": 2012}),
        (r'{"series": "F\u0000og \ud800"}', {"series": "Fog"}),
        ('{"series": "F\nog\t"}', {"series": "F\nog"}),
        ('{"tags": "fog"}', {"tags": "fog"}),
        (r'{"tags": ["f\u0000og", " lamp "]}', {"tags": "fog, lamp"}),
        ('{"tags": [["fog"], null, 1, "lamp, lit", "lamp lit"]}', {"tags": "1, lamp lit"}),
        ('{"genre": "Sea, Fog,Sea"}', {"genre": "Sea, Fog"}),
        ('{"language": "Klingon"}', {"language_iso": "Klingon"}),
        ('{"language": "ja"}', {"language_iso": "ja"}),
        ('{"credits": null}', {}),
        ('{"credits": "Ida Berg"}', {}),
        ('{"credits": ["Ida", null, {"person": null}, {"role": "Writer"}, {"person": "Ida"}]}', {}),
        (
            '{"credits": [{"Person": "Ida Berg", "Role": "Story & Art"}]}',
            {"writer": "Ida Berg", "penciller": "Ida Berg", "inker": "Ida Berg"},
        ),
        ('{"credits": [{"person": "Reed, Jr.", "role": "cover"}]}', {"cover_artist": "Reed Jr."}),
        (
            '{"credits": [{"person": "Ida Berg, Una Vik", "role": "writer"}]}',
            {"writer": "Ida Berg, Una Vik"},
        ),
        ('{"credits": [{"person": "A, B, C", "role": "editor"}]}', {"editor": "A, B, C"}),
        ('{"credits": [{"person": "van Dam, Piet", "role": "inks"}]}', {"inker": "Piet van Dam"}),
    ],
)
def test_odd_comments_are_read_as_they_were_meant(inside: str, fields: dict[str, object]) -> None:
    assert msgspec.to_builtins(parse(comment(inside))) == fields


@pytest.mark.parametrize(
    "bytes_",
    [
        b"\xef\xbb\xbf" + comment('{"series": "Fog"}'),
        comment('{"series": "Fog"}') + b"\0",
        b"\n junk " + comment('{"series": "Fog"}') + b"\r\n",
        comment('{"series": "Fog"}').replace(b"1.0", b"1.1"),
        comment('{"series": "Fog", "title": "\xe9"}').decode().encode("cp1252"),
        comment('{"series": "Fog"}').decode().encode("utf-16"),
    ],
)
def test_a_comment_is_read_however_it_is_wrapped(bytes_: bytes) -> None:
    assert parse(bytes_).series == "Fog"


NOT_JSON = "The ComicBookInfo in the archive's comment is not JSON."
NO_COMIC = "The archive's comment is JSON, but no ComicBookInfo."


@pytest.mark.parametrize(
    ("bytes_", "reason"),
    [
        (b"", NOT_JSON),
        (b"123", NOT_JSON),
        (b"null", NOT_JSON),
        (b"scanned by no one", NOT_JSON),
        (b'{"ComicBookInfo/1.0": {"series": "Fog"', NOT_JSON),
        (comment("[" * 30_000 + "]" * 30_000), NOT_JSON),
        (b"\xff\xfe\xfd", NOT_JSON),
        (b"{}", NO_COMIC),
        (b'{"appID": "ComicBookLover/888"}', NO_COMIC),
        (comment("null"), NO_COMIC),
        (comment("[]"), NO_COMIC),
    ],
)
def test_what_is_no_comicbookinfo_is_told_in_a_sentence(bytes_: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        parse(bytes_)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["series", "issue", "credits", "tags", "person", "role"]), children
        )
    ),
    max_leaves=10,
)


@given(st.binary() | JSON.map(lambda inside: comment(json.dumps(inside))))
def test_any_bytes_give_tags_that_postgresql_can_hold_or_a_value_error(bytes_: bytes) -> None:
    try:
        tags = parse(bytes_)
    except ValueError:
        return
    assert b"\\u0000" not in msgspec.json.encode(tags)
