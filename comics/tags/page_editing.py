"""Write the pages of a ComicInfo.xml, and keep what others have noted on them."""

from collections.abc import Iterator, Sequence
from html import escape

from msgspec import Struct

from comics.tags.comicinfo import Page
from comics.tags.spans import Span, lead
from comics.tags.writable import check_pages, name_element

_FIELDS = {field.replace("_", ""): field for field in Page.__struct_fields__}
_PLAIN = Page()
_ESCAPES = str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


class Shelf(Struct, frozen=True):
    """The pages that stand in a document: their elements, how each reads, and the space around.

    `indent` is the white space before <Pages>, and `prefix` goes before the name of a new page.
    """

    document: bytes
    spans: Sequence[Span]
    known: Sequence[Page]
    indent: bytes
    prefix: str


def render_pages(shelf: Shelf, pages: Sequence[Page]) -> bytes:
    """Return what is to stand within <Pages>, and nothing for no pages.

    A page that stays is written as it stands, and one with another page's number as that is,
    unknown attributes included, but for what changed. Raises a ValueError for a senseless page.
    """
    if not pages:
        return b""
    check_pages([page for page in pages if page not in shelf.known])
    first = next(iter(shelf.spans), None)
    outer = shelf.indent if shelf.indent.startswith((b"\r", b"\n")) else b""
    indent = lead(shelf.document, first.start) if first else outer + b"  " * bool(outer)
    written = b"".join(indent + page for page in _render_each(shelf, pages))
    return written + (outer if indent else b"")


def _render_each(shelf: Shelf, pages: Sequence[Page]) -> Iterator[bytes]:
    same = dict(zip(shelf.known, shelf.spans, strict=True))
    near = {page.image: (span, page) for page, span in same.items()}
    for page in pages:
        if span := same.get(page):
            yield shelf.document[span.start : span.end]
        else:
            new = Span(f"{shelf.prefix}Page", {}, 0, 0), _PLAIN
            yield _render(page, *near.get(page.image, new))


def _render(page: Page, span: Span, old: Page) -> bytes:
    attributes = dict([*_keep(page, span, old), *_add(page, span)])
    written = "".join(
        f' {name}="{escape(value).translate(_ESCAPES)}"' for name, value in attributes.items()
    )
    return f"<{span.name}{written} />".encode()


def _keep(page: Page, span: Span, old: Page) -> Iterator[tuple[str, str]]:
    """Yield the attributes that stand there, in their order, with what is to be their value."""
    for name, value in span.attributes.items():
        field = _FIELDS.get(_plain(name))
        if field is None or getattr(page, field) == getattr(old, field):
            yield name, value
        elif text := _write(getattr(page, field)):
            yield name, text


def _add(page: Page, span: Span) -> Iterator[tuple[str, str]]:
    """Yield the attributes that are new; what is so by default need not be said."""
    there = set(map(_plain, span.attributes))
    for plain, field in _FIELDS.items():
        if plain not in there and getattr(page, field) != getattr(_PLAIN, field):
            yield name_element(field), _write(getattr(page, field))


def _plain(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _write(value: str | int | None) -> str:
    """Return a value as XML Schema has it, whose booleans are in lower case; "" for none."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value).strip()
