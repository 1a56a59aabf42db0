"""What all sources tell of a comic, put together."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.archives.contents import Source
from comics.names.filenames import Name
from comics.tags.comicinfo import Page, Tags
from comics.tags.metadata import Metadata, attribute, merge, read, with_name

COMIC_INFO = b"<ComicInfo><Series>Fog</Series><Number>1.50</Number><Year>2012</Year></ComicInfo>"
METRON_INFO = b"""<MetronInfo><Series><Name>The Fog</Name><Volume>2</Volume></Series>
<CoverDate>2011-10-09</CoverDate></MetronInfo>"""
COMIC_BOOK_INFO = b"""{"ComicBookInfo/1.0": {"series": "FOG", "issue": 1.5, "volume": 3,
"publisher": "Harbour House"}}"""
COMET = b"<comet><title>Ebb</title><publisher>Harbour</publisher></comet>"

DOCUMENTS: dict[Source, bytes] = {
    "CoMet": COMET,
    "ComicBookInfo": COMIC_BOOK_INFO,
    "MetronInfo": METRON_INFO,
    "ComicInfo": COMIC_INFO,
}


def test_each_field_comes_from_the_first_source_that_has_it() -> None:
    metadata, faults = read(DOCUMENTS)
    assert metadata == Metadata(
        Tags(
            title="Ebb", series="Fog", number="1.50", volume=2, year=2012, publisher="Harbour House"
        ),
        {
            "title": "CoMet",
            "series": "ComicInfo",
            "number": "ComicInfo",
            "volume": "MetronInfo",
            "year": "ComicInfo",
            "publisher": "ComicBookInfo",
        },
    )
    assert faults == ()


def test_no_documents_say_nothing() -> None:
    assert read({}) == (Metadata(), ())


@pytest.mark.parametrize("source", sorted(DOCUMENTS))
def test_a_document_that_cannot_be_read_is_a_fault_and_the_others_count(source: Source) -> None:
    metadata, faults = read(DOCUMENTS | {source: b"<html>"})
    others, _ = read({other: DOCUMENTS[other] for other in DOCUMENTS if other != source})
    assert metadata == others
    assert len(faults) == 1
    assert source in faults[0]


def test_faults_come_in_the_order_of_precedence() -> None:
    _, faults = read(dict.fromkeys(DOCUMENTS, b""))
    assert faults == (
        "ComicInfo.xml is empty.",
        "MetronInfo.xml is empty.",
        "The ComicBookInfo in the archive's comment is not JSON.",
        "CoMet.xml is empty.",
    )


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        # A date is one thing, so are arcs and their numbers, and an alternate series.
        (Tags(year=2012), Tags(year=2011, month=10, day=9), Tags(year=2012)),
        (Tags(month=3), Tags(year=2011), Tags(month=3)),
        (
            Tags(story_arc="Ebb"),
            Tags(story_arc="Flood, Ebb", story_arc_number="1, 2"),
            Tags(story_arc="Ebb"),
        ),
        (
            Tags(alternate_number="2"),
            Tags(alternate_series="Sea", alternate_count=3),
            Tags(alternate_number="2"),
        ),
        # No value is "Unknown", -1 having been None before; but 0 and "No" are values.
        (Tags(age_rating="Unknown"), Tags(age_rating="Teen"), Tags(age_rating="Teen")),
        (Tags(manga="UNKNOWN"), Tags(manga="Yes"), Tags(manga="Yes")),
        (Tags(title="Unknown"), Tags(title="Fog"), Tags(title="Unknown")),
        (Tags(black_and_white="No"), Tags(black_and_white="Yes"), Tags(black_and_white="No")),
        (Tags(volume=0, count=0), Tags(volume=2, count=3), Tags(volume=0, count=0)),
        (Tags(community_rating=0.0), Tags(community_rating=5.0), Tags(community_rating=0.0)),
        # The rest stands alone.
        (Tags(series="Fog"), Tags(number="1"), Tags(series="Fog", number="1")),
        (Tags(publisher="A"), Tags(publisher="B", imprint="C"), Tags(publisher="A", imprint="C")),
    ],
)
def test_what_belongs_together_comes_from_one_source(
    first: Tags, second: Tags, together: Tags
) -> None:
    metadata = merge(attribute(first, "ComicInfo"), attribute(second, "MetronInfo"))
    assert metadata.tags == together


def test_a_name_fills_what_the_tags_leave_out() -> None:
    metadata, _ = read({"ComicInfo": COMIC_INFO})
    name = Name(
        series="fog",
        number="001",
        volume=2,
        year=1999,
        month=5,
        count=6,
        title="Ebb",
        format="Annual",
        publisher="Harbour House",
        scan_group="Gulls",
        language="de",
        from_folders=("publisher", "language"),
    )
    assert with_name(metadata, name) == Metadata(
        Tags(
            series="Fog",
            number="1.50",
            year=2012,
            volume=2,
            count=6,
            title="Ebb",
            format="Annual",
            publisher="Harbour House",
            scan_information="Gulls",
            language_iso="de",
        ),
        {
            "series": "ComicInfo",
            "number": "ComicInfo",
            "year": "ComicInfo",
            "volume": "file name",
            "count": "file name",
            "title": "file name",
            "format": "file name",
            "publisher": "folder",
            "scan_information": "file name",
            "language_iso": "folder",
        },
    )


def test_a_date_from_name_and_folders_is_kept_together_too() -> None:
    metadata = with_name(Metadata(), Name(year=1999, month=5, from_folders=("year",)))
    assert metadata.tags == Tags(year=1999, month=5)
    assert metadata.provenance == {"year": "folder", "month": "file name"}


def test_an_empty_name_tells_nothing() -> None:
    metadata, _ = read(DOCUMENTS)
    assert with_name(metadata, Name()) == metadata


TEXT = st.sampled_from(["", "Fog", "Unknown"])
NUMBER = st.none() | st.integers(0, 2)
TAGS = st.builds(
    Tags,
    title=TEXT,
    series=TEXT,
    volume=NUMBER,
    year=NUMBER,
    month=NUMBER,
    day=NUMBER,
    story_arc=TEXT,
    story_arc_number=TEXT,
    alternate_series=TEXT,
    alternate_count=NUMBER,
    age_rating=TEXT,
    pages=st.lists(st.builds(Page, image=NUMBER), max_size=1),
    community_rating=st.none() | st.just(0.0),
)
TOLD = st.builds(attribute, TAGS, st.sampled_from(["ComicInfo", "CoMet", "folder"]))


@given(TOLD, TOLD, TOLD)
def test_it_does_not_matter_which_two_are_put_together_first(
    first: Metadata, second: Metadata, third: Metadata
) -> None:
    assert merge(merge(first, second), third) == merge(first, merge(second, third))


@given(TOLD)
def test_nothing_and_the_same_again_add_nothing(metadata: Metadata) -> None:
    assert merge(metadata, Metadata()) == metadata
    assert merge(Metadata(), metadata) == metadata
    assert merge(metadata, metadata) == metadata


@given(TOLD, TOLD, st.builds(Name, series=TEXT, year=NUMBER, scan_group=TEXT))
def test_each_field_that_has_a_value_has_one_source_and_no_other_has(
    first: Metadata, second: Metadata, name: Name
) -> None:
    metadata = with_name(merge(first, second), name)
    assert metadata.provenance.keys() == msgspec.to_builtins(metadata.tags).keys()


@given(st.dictionaries(st.sampled_from(sorted(DOCUMENTS)), st.binary()))
def test_whatever_the_documents_hold_each_is_read_or_a_fault(
    documents: dict[Source, bytes],
) -> None:
    metadata, faults = read(documents)
    assert len(faults) + len(set(metadata.provenance.values())) <= len(documents)
