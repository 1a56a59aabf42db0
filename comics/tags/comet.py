"""Read CoMet 1.1 into the fields of ComicInfo.

The format is told at denvog.com/comet. What ComicInfo has no field for stays in the document only:
isVersionOf, price, rights, coverImage, lastMark. An identifier counts as GTIN if it looks like one.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from comics.tags import credits as people
from comics.tags import trees
from comics.tags.comicinfo import Tags
from comics.tags.languages import language_code
from comics.tags.trees import text, texts
from comics.tags.values import iso_date, join, split, whole

_PEOPLE = ("writer", "penciller", "inker", "colorist", "letterer", "coverdesigner", "editor")
_GTIN = re.compile(r"(?:urn:)?(?:isbn|ean|upc)?[:\s]*(\d[\d\s-]{6,20}[\dXx])", re.IGNORECASE)


def parse(xml: bytes) -> Tags:
    """Return what a CoMet document says, or raise a ValueError that says what is wrong with it."""
    comet = trees.read(xml, "CoMet")
    published = iso_date(text(comet, "date"))
    return Tags(
        title=text(comet, "title"),
        series=text(comet, "series"),
        number=text(comet, "issue"),
        volume=whole(text(comet, "volume")),
        summary=text(comet, "description"),
        year=published.year,
        month=published.month,
        day=published.day,
        publisher=text(comet, "publisher"),
        genre=join(split(texts(comet, "genre"))),
        web=" ".join(url for url in texts(comet, "identifier") if _is_url(url)),
        page_count=whole(text(comet, "pages"), least=1),
        language_iso=language_code(text(comet, "language")),
        format=_find_format(comet),
        manga="YesAndRightToLeft" if _is_read_from_the_right(comet) else "",
        characters=join(split(texts(comet, "character"))),
        age_rating=text(comet, "rating"),
        gtin=_find_gtin(comet),
        **people.assign(_list_people(comet)),
    )


def _list_people(comet: Element) -> Iterator[tuple[str, str]]:
    """Yield people and what they did; who is only called a creator wrote it, if no one else did."""
    for role in _PEOPLE:
        for person in split(texts(comet, role)):
            yield person, role
    if not text(comet, "writer"):
        for person in split(texts(comet, "creator")):
            yield person, "writer"


def _find_format(comet: Element) -> str:
    """Return what kind of comic this is, but not what kind of file: "application/x-cbz"."""
    found = text(comet, "format")
    return "" if "/" in found else found


def _is_read_from_the_right(comet: Element) -> bool:
    return text(comet, "readingdirection").lower() in {"rtl", "right to left", "righttoleft"}


def _find_gtin(comet: Element) -> str:
    found = map(_GTIN.fullmatch, texts(comet, "identifier"))
    return next((gtin[1] for gtin in found if gtin), "")


def _is_url(identifier: str) -> bool:
    return identifier.startswith(("http://", "https://")) and len(identifier.split()) == 1
