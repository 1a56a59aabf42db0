"""MetronInfo.xml 1.0 and 1.1 as the schema has it, and as programs have written it."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.tags.comicinfo import Tags
from comics.tags.metroninfo import parse

WHOLE = """<?xml version="1.0" encoding="UTF-8"?>
<MetronInfo xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xsi:noNamespaceSchemaLocation="MetronInfo.xsd">
  <IDS>
    <ID source="Comic Vine">140529</ID>
    <ID source="Metron" primary="true">290431</ID>
    <ID source="MangaDex">8b34f37a-0181</ID>
  </IDS>
  <Publisher id="2"><Name>Harbour House</Name><Imprint id="3">Night Tide</Imprint></Publisher>
  <Series id="65" lang="de">
    <Name>The Lighthouse</Name>
    <SortName>Lighthouse</SortName>
    <Volume>2</Volume>
    <Format>Limited Series</Format>
    <StartYear>1998</StartYear>
    <IssueCount>6</IssueCount>
    <VolumeCount>3</VolumeCount>
    <AlternativeNames><AlternativeName lang="fr">Le Phare</AlternativeName></AlternativeNames>
  </Series>
  <Number>1.50</Number>
  <AlternativeNumber>150</AlternativeNumber>
  <Stories><Story id="1">Fog, Part One</Story><Story>The Keeper</Story></Stories>
  <Summary>A keeper keeps &amp; keeps.</Summary>
  <Prices><Price country="US">3.99</Price></Prices>
  <CoverDate>2012-11-05</CoverDate>
  <StoreDate>2012-09-01</StoreDate>
  <PageCount>32</PageCount>
  <Notes>Found at sea.</Notes>
  <Genres><Genre>Mystery</Genre><Genre>Sea Story</Genre></Genres>
  <Tags><Tag>fog</Tag><Tag>lamp</Tag></Tags>
  <Arcs>
    <Arc><Name>Ebb</Name></Arc>
    <Arc><Name>Flood</Name><Number>3</Number></Arc>
    <Arc><Name>Neap</Name><Number>1</Number></Arc>
  </Arcs>
  <Characters><Character>Ada</Character><Character>Boatman, The</Character></Characters>
  <Teams><Team>Coast Guard</Team></Teams>
  <Universes><Universe><Name>Sea</Name><Designation>Earth 25</Designation></Universe></Universes>
  <Locations><Location>Skerryvore</Location></Locations>
  <Reprints><Reprint>Fog #1 (1990)</Reprint></Reprints>
  <GTIN><ISBN>9783161484100</ISBN><UPC>76194130593600111</UPC></GTIN>
  <AgeRating>Teen Plus</AgeRating>
  <CommunityRating>
    <AverageRating>4.5</AverageRating><RatingCount>12</RatingCount>
  </CommunityRating>
  <URLs>
    <URL>https://b.example/2</URL>
    <URL primary="true">https://a.example/1</URL>
  </URLs>
  <Credits>
    <Credit><Creator id="9">Ida Berg</Creator><Roles><Role>Writer</Role><Role>Cover</Role></Roles>
    </Credit>
    <Credit><Creator>Tom Reed, Jr.</Creator><Roles><Role>Artist</Role></Roles></Credit>
    <Credit><Creator>Una Vik</Creator><Roles><Role>Designer</Role></Roles></Credit>
  </Credits>
  <LastModified>2023-05-31T09:00:46.300882-04:00</LastModified>
</MetronInfo>"""


DOCTYPE = "MetronInfo.xml declares a DOCTYPE, which is not read because it can be used to do harm."


def document(inside: str) -> bytes:
    return f"<MetronInfo>{inside}</MetronInfo>".encode()


def told(inside: str) -> dict[str, object]:
    """Return the fields that have a value."""
    fields: dict[str, object] = msgspec.to_builtins(parse(document(inside)))
    return fields


def test_every_element_that_has_a_home_in_comicinfo_is_read() -> None:
    assert parse(WHOLE.encode()) == Tags(
        title="Fog, Part One; The Keeper",
        series="The Lighthouse",
        number="1.50",
        count=6,
        volume=2,
        alternate_number="150",
        summary="A keeper keeps & keeps.",
        notes="Found at sea.\nIDs: Metron 290431, Comic Vine 140529, MangaDex 8b34f37a-0181",
        year=2012,
        month=11,
        day=5,
        writer="Ida Berg",
        penciller="Tom Reed Jr.",
        inker="Tom Reed Jr.",
        cover_artist="Ida Berg",
        publisher="Harbour House",
        imprint="Night Tide",
        genre="Mystery, Sea Story",
        tags="fog, lamp",
        web="https://a.example/1 https://b.example/2",
        page_count=32,
        language_iso="de",
        format="Limited Series",
        characters="Ada, Boatman The",
        teams="Coast Guard",
        locations="Skerryvore",
        story_arc="Flood, Neap, Ebb",
        story_arc_number="3, 1",
        age_rating="MA15+",
        community_rating=4.5,
        gtin="9783161484100",
    )


@pytest.mark.parametrize(
    ("inside", "fields"),
    [
        ("", {}),
        ("<Series/>", {}),
        ("<Series><Name> </Name><Name>Fog</Name></Series>", {"series": "Fog"}),
        ("<SERIES><NAME>Fog</NAME></SERIES>", {"series": "Fog"}),
        ("<m:Series><m:Name>Fog</m:Name></m:Series>", {"series": "Fog"}),
        ("<Series><Name>Fog<!-- x --> &amp; <b>Sea</b></Name></Series>", {"series": "Fog & Sea"}),
        ("<Name>Fog</Name>", {}),
        ("<Number>0012</Number>", {"number": "0012"}),
        ("<Number>-1</Number>", {"number": "-1"}),
        ("<Number>½</Number>", {"number": "½"}),
        ("<Series><StartYear>1998</StartYear></Series>", {"volume": 1998}),
        ("<Series><Volume>-1</Volume><StartYear>1998</StartYear></Series>", {"volume": 1998}),
        ("<Series><Volume>0</Volume></Series>", {"volume": 0}),
        ("<MangaVolume>3</MangaVolume><Series><Volume>1</Volume></Series>", {"volume": 3}),
        ("<MangaVolume>1-3</MangaVolume>", {}),
        ("<Series lang=' '/>", {}),
        ("<Series LANG='pt-BR'/>", {"language_iso": "pt-BR"}),
        ("<Series><IssueCount>many</IssueCount></Series>", {}),
        (f"<Series><IssueCount>{'9' * 400}</IssueCount></Series>", {}),
        ("<CoverDate>2012-11-05Z</CoverDate>", {"year": 2012, "month": 11, "day": 5}),
        ("<CoverDate>2012-11</CoverDate>", {"year": 2012, "month": 11}),
        ("<CoverDate>2012-13-05</CoverDate>", {"year": 2012, "day": 5}),
        ("<CoverDate>soon</CoverDate>", {}),
        ("<StoreDate>2012-09-01</StoreDate>", {}),
        ("<PageCount>0</PageCount>", {}),
        (
            "<CollectionTitle>All Fog</CollectionTitle><Stories><Story>Ebb</Story></Stories>",
            {"title": "All Fog"},
        ),
        ("<Stories><Story/><Story>Ebb</Story></Stories>", {"title": "Ebb"}),
        ("<Genres><Genre>Sea</Genre><Genre>Sea</Genre><Genre/></Genres>", {"genre": "Sea"}),
        ("<Genres>Sea</Genres>", {}),
        ("<AgeRating>Unknown</AgeRating>", {}),
        ("<AgeRating>adult</AgeRating>", {"age_rating": "Adults Only 18+"}),
        ("<AgeRating>PG</AgeRating>", {"age_rating": "PG"}),
        ("<CommunityRating>3,5</CommunityRating>", {"community_rating": 3.5}),
        ("<CommunityRating>7</CommunityRating>", {}),
        ("<GTIN><UPC>76194130593600111</UPC></GTIN>", {"gtin": "76194130593600111"}),
        ("<IDS><ID source='Metron'/><ID>7</ID></IDS>", {"notes": "IDs: 7"}),
        ("<URLs><URL>https://a.example/a b</URL></URLs>", {"web": "https://a.example/a%20b"}),
        (
            "<Arcs><Arc><Name>Ebb, Flood</Name><Number>1</Number></Arc></Arcs>",
            {"story_arc": "Ebb Flood", "story_arc_number": "1"},
        ),
        ("<Arcs><Arc><Number>1</Number></Arc></Arcs>", {}),
        ("<Publisher><Imprint>Tide</Imprint></Publisher>", {"imprint": "Tide"}),
        ("<Credits><Credit><Creator>Ida</Creator></Credit></Credits>", {}),
        ("<Credits><Credit><Roles><Role>Writer</Role></Roles></Credit></Credits>", {}),
    ],
)
def test_odd_documents_are_read_as_they_were_meant(inside: str, fields: dict[str, object]) -> None:
    assert told(inside) == fields


def test_the_nth_number_belongs_to_the_nth_arc() -> None:
    arcs = "".join(
        f"<Arc><Name>{name}</Name><Number>{number}</Number></Arc>"
        for name, number in [("Ebb", ""), ("Flood", "2"), ("Ebb", "9"), ("Neap", "")]
    )
    assert told(f"<Arcs>{arcs}</Arcs>") == {
        "story_arc": "Flood, Ebb, Neap",
        "story_arc_number": "2",
    }


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b"", "MetronInfo.xml is empty."),
        (b"Fog", "MetronInfo.xml is not XML."),
        (b"<ComicInfo/>", "MetronInfo.xml holds <ComicInfo> where <MetronInfo> is expected."),
        (
            b"<MetronInfo><Series><Name>Fog",
            "MetronInfo.xml is not valid XML (its end is missing, line 1).",
        ),
        (
            b"<!DOCTYPE m [<!ENTITY a 'ha'>]><MetronInfo>&a;</MetronInfo>",
            DOCTYPE,
        ),
    ],
)
def test_what_cannot_be_mended_is_told_in_a_sentence(xml: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        parse(xml)


@pytest.mark.parametrize(
    "xml",
    [
        b"\xef\xbb\xbf" + WHOLE.encode(),
        b"\r\n junk" + WHOLE.encode() + b"\0\0",
        WHOLE.encode("utf-16"),
        WHOLE.replace("&amp;", "&").encode(),
        WHOLE.replace("<MetronInfo ", '<MetronInfo xmlns="https://example.org/m" ').encode(),
        WHOLE.upper().replace("&AMP;", "&amp;").replace("?XML VERSION", "?xml version").encode(),
    ],
)
def test_a_document_is_read_however_it_is_wrapped(xml: bytes) -> None:
    assert parse(xml).series.title() == "The Lighthouse"


@given(st.binary() | st.binary().map(lambda inside: b"<MetronInfo>" + inside + b"</MetronInfo>"))
def test_any_bytes_give_tags_that_postgresql_can_hold_or_a_value_error(xml: bytes) -> None:
    try:
        tags = parse(xml)
    except ValueError:
        return
    assert b"\\u0000" not in msgspec.json.encode(tags)
