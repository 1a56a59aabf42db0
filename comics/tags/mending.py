"""Make of a document's bytes the text that was meant, where that is plain.

Mended are a wrong encoding label, stray bytes around the document, control characters, a bare "&"
and the entities of HTML. Nothing is guessed beyond that.
"""

import codecs
import html
import re

BLANK = b" \t\r\n\x00\xef\xbb\xbf"
"""What a document that is as good as empty is made of."""

_BYTE_ORDERS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_LABEL = re.compile(rb"""encoding\s*=\s*["']([\w.-]{1,40})""")
# Repetitions are bounded or run to the end, so that mending takes linear time.
_DECLARATION = re.compile(r"<\?xml\s[^<>]{0,200}>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:#?\w{1,31};)?", re.DOTALL)


def decode(document: bytes) -> str:
    """Decode by the byte order, else as UTF-8, else as labelled, else as Western Windows did."""
    for mark, encoding in _BYTE_ORDERS:
        if document.startswith(mark):
            return document.decode(encoding, errors="replace")
    label = _LABEL.search(document, 0, 200)
    for encoding in ("utf-8", label[1].decode() if label else "utf-8"):
        try:
            return document.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return document.decode("cp1252", errors="replace")


def mend_xml(xml: bytes) -> bytes:
    """Cut what surrounds the document, drop what XML cannot hold, escape what should have been.

    What is returned is UTF-8 without a declaration, and empty where there is no element at all.
    """
    text = decode(xml)
    document = text[text.find("<") : text.rfind(">") + 1]
    document = clean(_DECLARATION.sub("", document))
    return _REFERENCE.sub(_mend_reference, document).encode(errors="replace")


def clean(text: str) -> str:
    """Drop the characters that XML or a database cannot hold: NUL, lone surrogates and such."""
    return _FORBIDDEN.sub("", text)


def _mend_reference(reference: re.Match[str]) -> str:
    """Keep a CDATA section; write HTML's entities as their letters and a bare "&" as "&amp;"."""
    if reference[0].startswith("<"):
        return reference[0]
    return html.escape(html.unescape(reference[0]))
