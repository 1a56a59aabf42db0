"""Find where each element of an XML document stands, byte by byte, so that one can be changed."""

import re
from typing import Any
from xml.parsers import expat

import msgspec

_TAG = re.compile(rb"""<(?:[^"'>]+|"[^"]*"|'[^']*')*+>""")


class Span(msgspec.Struct):
    """An element from `start` to `end`, and what it holds from `opened` to `closed`.

    All are offsets in bytes. `<a/>` is closed where it is opened. `text` is all text within, only
    of the root's children; `name` is as written, with its prefix.
    """

    name: str
    attributes: dict[str, str]
    start: int
    opened: int
    closed: int = 0
    end: int = 0
    text: str = ""
    children: list["Span"] = []

    @property
    def plain(self) -> str:
        """The name without its prefix and in lower case: so it is read."""
        return self.name.rpartition(":")[2].lower()

    @property
    def prefix(self) -> str:
        """The prefix of the name with its colon, or nothing."""
        return "".join(self.name.rpartition(":")[:2])


class Splice(msgspec.Struct, frozen=True):
    """What is to stand in the place of a range of bytes."""

    start: int
    end: int
    content: bytes


def find_spans(document: bytes) -> Span:
    """Return the root of a document in UTF-8, or raise an ExpatError."""
    return _Finder(document).find()


def splice(document: bytes, splices: list[Splice]) -> bytes:
    """Return a document with ranges replaced that do not overlap; in one place, in their order."""
    parts: list[bytes] = []
    place = 0
    for change in sorted(splices, key=lambda change: (change.start, change.end)):
        parts += document[place : change.start], change.content
        place = change.end
    return b"".join([*parts, document[place:]])


def lead(document: bytes, place: int) -> bytes:
    """Return the white space before a place: of its line and with the line's end before it."""
    start = len(document[:place].rstrip(b" \t"))
    for newline in (b"\r\n", b"\n", b"\r"):
        if document[:start].endswith(newline):
            return document[start - len(newline) : place]
    return document[start:place]


class _Finder:
    """Collect elements as expat meets them."""

    def __init__(self, document: bytes) -> None:
        self._document = document
        self._open: list[Span] = []
        self._root: Span | None = None
        self._parser: Any = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add_text

    def find(self) -> Span:
        self._parser.Parse(self._document, True)  # noqa: FBT003 (expat takes no keywords)
        if self._root is None:
            raise expat.ExpatError("no element found")
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        place = self._parser.CurrentByteIndex
        tag = _TAG.match(self._document, place)
        opened = tag.end() if tag else place
        span = Span(name, attributes, place, opened)
        if self._open:
            self._open[-1].children.append(span)
        else:
            self._root = span
        self._open.append(span)

    def _end(self, _name: str) -> None:
        span, place = self._open.pop(), self._parser.CurrentByteIndex
        is_empty = self._document.endswith(b"/>", span.start, span.opened)
        span.closed = span.opened if is_empty else place
        span.end = span.opened if is_empty else self._document.index(b">", place) + 1

    def _add_text(self, text: str) -> None:
        if len(self._open) > 1:
            self._open[1].text += text
