"""Read an XML document as a tree, tolerantly, and never more of it than a comic may have.

Namespaces and letter case do not count: every name in the tree is without its prefix and in lower
case. A DOCTYPE is refused, so that no entity is ever expanded.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from xml.etree.ElementTree import (
    Element,
    TreeBuilder,
)
from xml.parsers import expat

from comics.tags import mending

MOST_MARKS = 100_000
"""The most "<" that a document may have: five times what 20,000 pages take; it bounds memory."""

_REASONS = {expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]: "its end is missing"}


def read(xml: bytes, root: str) -> Element:
    """Return the tree of a document that is mended if need be.

    Raises a ValueError that names the document as `root` with ".xml", and says what is wrong.
    """
    document = f"{root}.xml"
    if not xml.strip(mending.BLANK):
        raise ValueError(f"{document} is empty.")
    if xml.count(b"<") > MOST_MARKS:
        raise ValueError(f"{document} has more elements than the metadata of a comic can have.")
    return _simplify(_parse(xml, root))


def text(tree: Element, path: str) -> str:
    """Return what the first element at a path holds, if it holds anything, or else ""."""
    return next(_texts(tree.iterfind(path)), "")


def texts(tree: Element, path: str) -> list[str]:
    """Return what each element at a path holds, without those that hold nothing."""
    return list(_texts(tree.iterfind(path)))


def inner_text(element: Element) -> str:
    """Return the text of an element and all within it, stripped."""
    if len(element):
        return "".join(element.itertext()).strip()
    return (element.text or "").strip()


def _texts(elements: Iterable[Element]) -> Iterator[str]:
    return filter(None, map(inner_text, elements))


def _parse(xml: bytes, root: str) -> Element:
    try:
        return _build(xml, root)
    except expat.ExpatError:
        mended = mending.mend_xml(xml)
    if not mended:
        raise ValueError(f"{root}.xml is not XML.")
    try:
        return _build(mended, root)
    except expat.ExpatError as error:
        reason = _REASONS.get(error.code) or expat.ErrorString(error.code)
        raise ValueError(f"{root}.xml is not valid XML ({reason}, line {error.lineno}).") from error


def _build(xml: bytes, root: str) -> Element:
    tree = TreeBuilder()
    # Whatever its label says: labels are often wrong, and expat still heeds a byte order mark.
    parser = expat.ParserCreate("utf-8")

    def start_root(name: str, attributes: dict[str, str]) -> None:
        if _plain(name) != root.lower():
            raise ValueError(f"{root}.xml holds <{name[:50]}> where <{root}> is expected.")
        tree.start(name, attributes)
        parser.StartElementHandler = tree.start

    def refuse_doctype(*_: object) -> None:
        raise ValueError(
            f"{root}.xml declares a DOCTYPE, which is not read because it can be used to do harm."
        )

    parser.buffer_text = True
    parser.StartElementHandler = start_root
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.data
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.Parse(xml, True)  # noqa: FBT003 (expat takes no keywords)
    return tree.close()


def _simplify(tree: Element) -> Element:
    """Write every name in a tree as `_plain` does."""
    for element in tree.iter():
        element.tag = _plain(element.tag)
        if element.attrib:
            element.attrib = {_plain(name): value for name, value in element.attrib.items()}
    return tree


@lru_cache(maxsize=1000)
def _plain(name: str) -> str:
    """Return an XML name without its prefix and in lower case."""
    return name.rpartition(":")[2].lower()
