"""Read ComicInfo.xml 2.1, as people's programs have written it, and not only as its schema has it.

The schema is anansi-project's ComicInfo v2.1 (draft). Of an element that stands there twice, the
first that holds something counts.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

import msgspec

from comics.tags import trees
from comics.tags.values import rating, whole


class Page(msgspec.Struct, frozen=True, omit_defaults=True):
    """What ComicInfo.xml says of one page; `image` counts from 0, sizes are in bytes and pixels."""

    image: int | None = None
    type: str = "Story"
    double_page: bool = False
    image_size: int | None = None
    key: str = ""
    bookmark: str = ""
    image_width: int | None = None
    image_height: int | None = None


class Tags(msgspec.Struct, frozen=True, omit_defaults=True):
    """Every element of ComicInfo 2.1, in the schema's order and named as there.

    Text is kept as written. A number that is missing, -1 or senseless is None.
    """

    title: str = ""
    series: str = ""
    number: str = ""
    count: int | None = None
    volume: int | None = None
    alternate_series: str = ""
    alternate_number: str = ""
    alternate_count: int | None = None
    summary: str = ""
    notes: str = ""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    writer: str = ""
    penciller: str = ""
    inker: str = ""
    colorist: str = ""
    letterer: str = ""
    cover_artist: str = ""
    editor: str = ""
    translator: str = ""
    publisher: str = ""
    imprint: str = ""
    genre: str = ""
    tags: str = ""
    web: str = ""
    page_count: int | None = None
    language_iso: str = ""
    format: str = ""
    black_and_white: str = ""
    manga: str = ""
    characters: str = ""
    teams: str = ""
    locations: str = ""
    scan_information: str = ""
    story_arc: str = ""
    story_arc_number: str = ""
    series_group: str = ""
    age_rating: str = ""
    pages: list[Page] = []
    community_rating: float | None = None
    main_character_or_team: str = ""
    review: str = ""
    gtin: str = ""


def parse(xml: bytes) -> Tags:
    """Return what a ComicInfo.xml says, or raise a ValueError that says what is wrong with it."""
    values: dict[str, Any] = {}
    pages: list[Page] = []
    for element in trees.read(xml, "ComicInfo"):
        if element.tag == "pages":
            pages += map(_make_page, element)
        elif element.tag in _ELEMENTS:
            field, convert = _ELEMENTS[element.tag]
            if field not in values and (text := trees.inner_text(element)):
                values[field] = convert(text)
    return Tags(**values, pages=pages)


def _make_page(element: Element) -> Page:
    values: dict[str, Any] = {}
    for name, value in element.attrib.items():
        if name in _ATTRIBUTES and (text := value.strip()):
            field, convert = _ATTRIBUTES[name]
            values[field] = convert(text)
    return Page(**values)


def _is_true(text: str) -> bool:
    return text.lower() in {"true", "1", "yes"}


_NUMBERS: dict[str, Callable[[str], float | None]] = {
    "count": whole,
    "volume": whole,
    "alternate_count": whole,
    "page_count": whole,
    "year": partial(whole, least=1, most=9999),
    "month": partial(whole, least=1, most=12),
    "day": partial(whole, least=1, most=31),
    "community_rating": rating,
}
_PAGE_VALUES: dict[str, Callable[[str], int | None]] = {
    "image": whole,
    "double_page": _is_true,
    "image_size": whole,
    "image_width": whole,
    "image_height": whole,
}
# By the names of elements and attributes, in lower case.
_ELEMENTS = {
    field.replace("_", ""): (field, _NUMBERS.get(field, str))
    for field in Tags.__struct_fields__
    if field != "pages"
}
_ATTRIBUTES = {
    field.replace("_", ""): (field, _PAGE_VALUES.get(field, str))
    for field in Page.__struct_fields__
}
