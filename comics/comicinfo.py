"""Read ComicInfo.xml 2.1, as people's programs have written it, and not only as its schema has it.

The schema is anansi-project's ComicInfo v2.1 (draft). Documents are mended where what was meant is
plain: a wrong encoding label, stray bytes around the document, control characters, a bare "&",
wrong letter case, a namespace. A DOCTYPE is always refused, so that no entity is ever expanded.
"""

import codecs
import html
import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any
from xml.parsers import expat

import msgspec

_OF_ELEMENTS = 2  # depths in the tree: the root is at 1
_OF_PAGES = 3
_BEST = 5  # stars
_MOST = 999_999_999  # fits PostgreSQL's integer

_BLANK = b" \t\r\n\x00\xef\xbb\xbf"
_BYTE_ORDERS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_LABEL = re.compile(rb"""encoding\s*=\s*["']([\w.-]{1,40})""")
# Repetitions are bounded or run to the end, so that mending takes linear time.
_DECLARATION = re.compile(r"<\?xml\s[^<>]{0,200}>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:#?\w{1,31};)?", re.DOTALL)
_WHOLE = re.compile(r"\+?(\d{1,9})(?:\.0*)?")
_DECIMAL = re.compile(r"\d{1,9}(?:[.,]\d{1,20})?")


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
    if not xml.strip(_BLANK):
        raise ValueError("ComicInfo.xml is empty.")
    try:
        return _Reader().read(xml)
    except expat.ExpatError:
        mended = _mend(_decode(xml))
    if not mended:
        raise ValueError("ComicInfo.xml is not XML.")
    try:
        return _Reader().read(mended.encode(errors="replace"))
    except expat.ExpatError as error:
        reason = _REASONS.get(error.code) or expat.ErrorString(error.code)
        raise ValueError(
            f"ComicInfo.xml is not valid XML ({reason}, line {error.lineno})."
        ) from error


class _Reader:
    """Collect elements as expat meets them; namespaces and letter case do not count."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}
        self._pages: list[Page] = []
        self._depth = 0
        self._element = ""
        self._text: list[str] = []

    def read(self, xml: bytes) -> Tags:
        # Whatever its label says: labels are often wrong, and expat still heeds a byte order mark.
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.Parse(xml, True)  # noqa: FBT003 (expat takes no keywords)
        return _make_tags(self._found, self._pages)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and _plain(name) != "comicinfo":
            raise ValueError(f"ComicInfo.xml holds <{name[:50]}> where <ComicInfo> is expected.")
        if self._depth == _OF_ELEMENTS:
            self._element = _plain(name)
            self._text.clear()
        elif self._depth == _OF_PAGES and self._element == "pages":
            self._pages.append(_make_page(attributes))

    def _end(self, _name: str) -> None:
        if self._depth == _OF_ELEMENTS and (text := "".join(self._text).strip()):
            self._found.setdefault(self._element, text)
        self._depth -= 1


def _refuse_doctype(*_: object) -> None:
    raise ValueError(
        "ComicInfo.xml declares a DOCTYPE, which is not read because it can be used to do harm."
    )


@lru_cache(maxsize=1000)
def _plain(name: str) -> str:
    """Return an XML name without its prefix and in lower case."""
    return name.rpartition(":")[2].lower()


def _make_tags(found: dict[str, str], pages: list[Page]) -> Tags:
    values: dict[str, Any] = {
        field: _NUMBERS.get(field, str)(found[element])
        for element, field in _FIELDS.items()
        if element in found
    }
    return Tags(**values | {"pages": pages})


def _make_page(attributes: dict[str, str]) -> Page:
    values: dict[str, Any] = {}
    for name, value in attributes.items():
        field = _PAGE_FIELDS.get(_plain(name))
        if field and (text := value.strip()):
            values[field] = _PAGE_VALUES.get(field, str)(text)
    return Page(**values)


def _whole(text: str, least: int = 0, most: int = _MOST) -> int | None:
    found = _WHOLE.fullmatch(text)
    value = int(found[1]) if found else -1
    return value if least <= value <= most else None


def _rating(text: str) -> float | None:
    found = _DECIMAL.fullmatch(text)
    value = float(found[0].replace(",", ".")) if found else -1.0
    return value if 0 <= value <= _BEST else None


def _decode(xml: bytes) -> str:
    """Decode by the byte order, else as UTF-8, else as labelled, else as Western Windows did."""
    for mark, encoding in _BYTE_ORDERS:
        if xml.startswith(mark):
            return xml.decode(encoding, errors="replace")
    label = _LABEL.search(xml, 0, 200)
    for encoding in ("utf-8", label[1].decode() if label else "utf-8"):
        try:
            return xml.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return xml.decode("cp1252", errors="replace")


def _mend(text: str) -> str:
    """Cut what surrounds the document, drop what XML cannot hold, escape what should have been."""
    document = text[text.find("<") : text.rfind(">") + 1]
    document = _FORBIDDEN.sub("", _DECLARATION.sub("", document))
    return _REFERENCE.sub(_mend_reference, document)


def _mend_reference(reference: re.Match[str]) -> str:
    """Keep a CDATA section; write HTML's entities as their letters and a bare "&" as "&amp;"."""
    if reference[0].startswith("<"):
        return reference[0]
    return html.escape(html.unescape(reference[0]))


def _is_true(text: str) -> bool:
    return text.lower() in {"true", "1", "yes"}


_REASONS = {expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]: "its end is missing"}
_FIELDS = {field.replace("_", ""): field for field in Tags.__struct_fields__ if field != "pages"}
_NUMBERS: dict[str, Callable[[str], float | None]] = {
    "count": _whole,
    "volume": _whole,
    "alternate_count": _whole,
    "page_count": _whole,
    "year": partial(_whole, least=1, most=9999),
    "month": partial(_whole, least=1, most=12),
    "day": partial(_whole, least=1, most=31),
    "community_rating": _rating,
}
_PAGE_FIELDS = {field.replace("_", ""): field for field in Page.__struct_fields__}
_PAGE_VALUES: dict[str, Callable[[str], int | None]] = {
    "image": _whole,
    "double_page": _is_true,
    "image_size": _whole,
    "image_width": _whole,
    "image_height": _whole,
}
