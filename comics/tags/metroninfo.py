"""Read MetronInfo.xml 1.0 and 1.1 into the fields of ComicInfo.

The schema is Metron-Project's, with what its draft 1.1 added (AlternativeNumber, CommunityRating).
What ComicInfo has no field for stays in the document only: prices, universes, reprints, the store
date, a series' sort and alternative names, its number of volumes. IDs go to the notes.
"""

from typing import Any
from xml.etree.ElementTree import Element

from comics.tags import credits as people
from comics.tags import trees
from comics.tags.comicinfo import Tags
from comics.tags.trees import text, texts
from comics.tags.values import iso_date, join, rating, whole

_AGES = {
    # By the ages that MetronInfo's schema gives: 12, 15 and 17 years.
    "unknown": "",
    "everyone": "Everyone",
    "teen": "Teen",
    "teen plus": "MA15+",
    "mature": "Mature 17+",
    "explicit": "R18+",
    "adult": "Adults Only 18+",
}


def parse(xml: bytes) -> Tags:
    """Return what a MetronInfo.xml says, or raise a ValueError that says what is wrong with it."""
    info = trees.read(xml, "MetronInfo")
    published = iso_date(text(info, "coverdate"))
    arcs, arc_numbers = _list_arcs(info)
    return Tags(
        title=text(info, "collectiontitle") or "; ".join(texts(info, "stories/story")),
        series=text(info, "series/name"),
        number=text(info, "number"),
        count=whole(text(info, "series/issuecount")),
        volume=_find_volume(info),
        alternate_number=text(info, "alternativenumber"),
        summary=text(info, "summary"),
        notes=_write_notes(info),
        year=published.year,
        month=published.month,
        day=published.day,
        publisher=text(info, "publisher/name"),
        imprint=text(info, "publisher/imprint"),
        genre=join(texts(info, "genres/genre")),
        tags=join(texts(info, "tags/tag")),
        web=" ".join(_list_urls(info)),
        page_count=whole(text(info, "pagecount"), least=1),
        language_iso=_find_language(info),
        format=text(info, "series/format"),
        characters=join(texts(info, "characters/character")),
        teams=join(texts(info, "teams/team")),
        locations=join(texts(info, "locations/location")),
        story_arc=arcs,
        story_arc_number=arc_numbers,
        age_rating=_translate_age(text(info, "agerating")),
        community_rating=_find_rating(info),
        gtin=text(info, "gtin/isbn") or text(info, "gtin/upc"),
        **_list_people(info),
    )


def _find_volume(info: Element) -> int | None:
    """Return the volume: a manga's, else the series', else the year in which that began.

    ComicInfo's Volume is any of them, as its documentation has it.
    """
    places = ("mangavolume", "series/volume", "series/startyear")
    volumes = (whole(text(info, place)) for place in places)
    return next((volume for volume in volumes if volume is not None), None)


def _write_notes(info: Element) -> str:
    """Return the notes, and below them the IDs that other sites know the comic by."""
    found = ((_attribute(id_, "source"), trees.inner_text(id_)) for id_ in _sorted(info, "ids/id"))
    ids = join(f"{source} {number}".strip() for source, number in found if number)
    return "\n".join(filter(None, [text(info, "notes"), ids and f"IDs: {ids}"]))


def _list_urls(info: Element) -> list[str]:
    urls = map(trees.inner_text, _sorted(info, "urls/url"))
    return ["%20".join(url.split()) for url in urls if url]


def _sorted(info: Element, path: str) -> list[Element]:
    """Return the elements at a path, the primary one first."""
    return sorted(info.iterfind(path), key=lambda element: not _is_primary(element))


def _is_primary(element: Element) -> bool:
    return _attribute(element, "primary").lower() in {"true", "1"}


def _find_language(info: Element) -> str:
    # The schema's default, "en", is not believed: most who leave it out have not thought of it.
    series = info.find("series")
    return "" if series is None else _attribute(series, "lang")


def _list_arcs(info: Element) -> tuple[str, str]:
    """Return arcs and their numbers, so that the n-th number is that of the n-th arc.

    For this those without a number come last.
    """
    numbers: dict[str, str] = {}
    for arc in info.iterfind("arcs/arc"):
        if name := join([text(arc, "name")]):
            numbers.setdefault(name, join([text(arc, "number")]))
    arcs = sorted(numbers, key=lambda name: not numbers[name])
    return ", ".join(arcs), ", ".join(filter(None, map(numbers.get, arcs)))


def _translate_age(age: str) -> str:
    return _AGES.get(age.lower(), age)


def _find_rating(info: Element) -> float | None:
    places = ("communityrating/averagerating", "communityrating")
    return rating(next(filter(None, (text(info, place) for place in places)), ""))


def _list_people(info: Element) -> dict[str, Any]:
    return people.assign(
        (text(credit, "creator"), role)
        for credit in info.iterfind("credits/credit")
        for role in texts(credit, "roles/role")
    )


def _attribute(element: Element, name: str) -> str:
    return element.get(name, "").strip()
