"""Change a ComicInfo.xml where it is to change, and leave every other byte as it is.

A document that had to be mended to be read is mended when it is written, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from xml.parsers import expat

from comics.tags import encodings, mending
from comics.tags.comicinfo import Page, Tags, parse
from comics.tags.page_editing import Shelf, render_pages
from comics.tags.spans import Span, Splice, find_spans, lead, splice
from comics.tags.writable import Value, check_value, name_element, write_value

Changes = Mapping[str, Value | Sequence[Page]]
"""New values by the fields of `Tags`; None, "" or no pages take an element away."""

_HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n'
_NEW = _HEAD + b"<ComicInfo>\n</ComicInfo>\n"
_REMEDY = "Mend it by hand, or remove it from the archive."
_ORDER = {field.replace("_", ""): place for place, field in enumerate(Tags.__struct_fields__)}
_UNKNOWN = {"", "-1"}


def edit(xml: bytes | None, changes: Changes) -> bytes:
    """Return a ComicInfo.xml with some fields changed, or the same bytes if they are so already.

    What is new stands where the schema has it, with the document's own indentation and line ends.
    Of a field that stands there twice, the one that is read is changed and the others go.

    Raises a ValueError that says what is wrong: with a value, or with a document that has a
    DOCTYPE, another root, or cannot be mended.
    """
    wanted = {field: _check(field, value) for field, value in changes.items()}
    if xml is None or not xml.strip(mending.BLANK):
        xml = _NEW
    try:
        current = parse(xml)
        document, encoding, root = _open(xml)
    except expat.ExpatError as error:
        raise ValueError(f"ComicInfo.xml is not valid XML ({error}). {_REMEDY}") from error
    except ValueError as error:
        raise ValueError(f"{error} {_REMEDY}") from error
    splices = list(_Edit(document, root, current).change(wanted))
    return encodings.wrap(splice(document, splices), encoding) if splices else xml


def _check(field: str, value: Value | Sequence[Page]) -> Value | list[Page]:
    """Return a value as `Tags` would have it, or raise a ValueError that says what it may be."""
    if value is None or isinstance(value, str | int | float):
        if field != "pages":
            return check_value(field, value)
        if value:
            raise ValueError("Pages takes a list of pages, not one value.")
        return []
    if field != "pages":
        raise ValueError(f"{name_element(field)} takes one value, not a list.")
    return list(value)


def _open(xml: bytes) -> tuple[bytes, str, Span]:
    """Return a document as UTF-8, mended if need be, its encoding, and its elements."""
    document, encoding = encodings.unwrap(xml)
    try:
        return document, encoding, find_spans(document)
    except expat.ExpatError:
        mended = mending.mend_xml(xml)
        head = b"" if mended.startswith(b"<?xml") else _HEAD
        document, encoding = encodings.unwrap(head + mended)
        return document, encoding, find_spans(document)


class _Edit:
    """What changes in one document; all offsets stay those of before."""

    def __init__(self, document: bytes, root: Span, current: Tags) -> None:
        self._document = document
        self._root = root
        self._current = current
        self._newline = b"\r\n" if b"\r\n" in document else b"\n"
        self._left = list(root.children)

    def change(self, wanted: Mapping[str, Value | list[Page]]) -> Iterator[Splice]:
        """Yield what is to be spliced in for the fields wanted."""
        new: dict[str, bytes] = {}
        for field in sorted(wanted, key=Tags.__struct_fields__.index):
            if self._is_so(field, wanted[field]):
                continue
            found = self._find(field)
            content = self._render(wanted[field], found)
            if content and found:
                yield self._fill(found[0], content)
            elif content:
                new[field] = self._make(field, content)
            yield from map(self._remove, found[1:] if content else found)
        yield from self._insert(new)

    def _is_so(self, field: str, value: Value | list[Page]) -> bool:
        """Tell whether a field reads so already; an element that says -1 says nothing."""
        if value or value == 0:
            return bool(getattr(self._current, field) == value)
        return all(
            span.text.strip() in _UNKNOWN and not span.children for span in self._find(field)
        )

    def _find(self, field: str) -> list[Span]:
        """Return the elements of a field, and first the one that is read: which holds something."""
        found = [span for span in self._root.children if span.plain == field.replace("_", "")]
        return sorted(found, key=lambda span: not (span.text.strip() or span.children))

    def _render(self, value: Value | list[Page], found: Sequence[Span]) -> bytes:
        """Return what an element is to hold, and nothing for none."""
        if isinstance(value, list):
            return render_pages(self._shelve(found), value)
        text = escape(write_value(value), quote=False).replace("\r", "&#13;")
        return text.encode().replace(b"\n", self._newline)

    def _shelve(self, found: Sequence[Span]) -> Shelf:
        """Return the pages that stand in the document, in the order in which they are read."""
        written = (span for span in self._root.children if span.plain == "pages")
        spans = [page for pages in written for page in pages.children]
        beside = [*self._left, *found[:1]]
        indent = lead(self._document, beside[-1].start) if beside else self._newline + b"  "
        return Shelf(self._document, spans, self._current.pages, indent, self._root.prefix)

    def _make(self, field: str, content: bytes) -> bytes:
        name = f"{self._root.prefix}{name_element(field)}".encode()
        return b"<%b>%b</%b>" % (name, content, name)

    def _fill(self, span: Span, content: bytes) -> Splice:
        """Put a content into an element, whose tags stay."""
        if span.end > span.opened:
            return Splice(span.opened, span.closed, content)
        return Splice(span.start, span.end, self._open(span) + content + self._close(span))

    def _open(self, span: Span) -> bytes:
        """Return the start tag that an empty element would have if it were not empty."""
        tag = self._document[span.start : span.opened]
        return tag.removesuffix(b"/>").rstrip() + b">"

    def _close(self, span: Span) -> bytes:
        return f"</{span.name}>".encode()

    def _remove(self, span: Span) -> Splice:
        """Take an element away, and its line if nothing else stands there."""
        self._left.remove(span)
        indent = lead(self._document, span.start)
        rest = self._document[span.end : span.end + 100].lstrip(b" \t")
        has_line = indent.startswith((b"\r", b"\n")) and rest.startswith((b"\r", b"\n"))
        return Splice(span.start - len(indent) if has_line else span.start, span.end, b"")

    def _insert(self, new: Mapping[str, bytes]) -> Iterator[Splice]:
        """Put new elements after those that stay and go before them in the schema."""
        if new and not self._left:
            yield from self._begin(
                b"".join(self._newline + b"  " + element for element in new.values())
            )
            return
        for field, element in new.items():
            place = _ORDER[field.replace("_", "")]
            before = [span for span in self._left if _ORDER.get(span.plain, 99) < place]
            after = [span for span in self._left if place < _ORDER.get(span.plain, -1)]
            if after and not before:
                span = min(after, key=lambda span: _ORDER[span.plain])
                yield Splice(span.start, span.start, element + lead(self._document, span.start))
            else:
                span = max(
                    before,
                    key=lambda span: (_ORDER[span.plain], span.start),
                    default=self._left[-1],
                )
                yield Splice(span.end, span.end, lead(self._document, span.start) + element)

    def _begin(self, content: bytes) -> Iterator[Splice]:
        """Put the first elements into a document that has none."""
        root = self._root
        if root.end == root.opened:
            whole = self._open(root) + content + self._newline + self._close(root)
            yield Splice(root.start, root.end, whole)
            return
        inner = self._document[root.opened : root.closed]
        end = root.opened + len(inner.rstrip())
        rest = self._document[end : root.closed]
        yield Splice(
            end, end, content if b"\n" in rest or b"\r" in rest else content + self._newline
        )
