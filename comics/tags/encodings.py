"""Turn a document's bytes into UTF-8, as it is meant, and back into the encoding it was in.

A label that lies, as "utf-16" over bytes that are UTF-8, is put right: such a document goes back as
UTF-8.
"""

import codecs
import re

from comics.tags import mending

UTF8 = "utf-8"

_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_MARK = "\ufeff"
_LABEL = re.compile(r"""(<\?xml\s[^<>]{0,200}?encoding\s*=\s*["'])([\w.:-]{1,40})""")


def unwrap(xml: bytes) -> tuple[bytes, str]:
    """Return a document as UTF-8, its byte order mark included, and the encoding it was in."""
    meant = mending.decode(xml)
    found = _LABEL.match(meant)
    label = found[2] if found else None
    encoding = next((name for mark, name in _MARKS if xml.startswith(mark)), label or UTF8)
    if all(_decode(xml, name) == meant for name in {encoding, label or encoding}):
        return xml.decode(encoding).encode(), encoding
    return _relabel(meant).encode(errors="replace"), UTF8


def wrap(document: bytes, encoding: str) -> bytes:
    """Return a document of UTF-8 in an encoding if that can hold it, or else as UTF-8."""
    if encoding == UTF8:
        return document
    text = document.decode()
    plain = text.removeprefix(_MARK)
    try:
        written = text.encode(encoding)
    except UnicodeEncodeError:
        return _relabel(plain).encode()
    return written if mending.decode(written) == plain else _relabel(plain).encode()


def _decode(xml: bytes, encoding: str) -> str | None:
    try:
        return xml.decode(encoding).removeprefix(_MARK)
    except (UnicodeError, LookupError):
        return None


def _relabel(text: str) -> str:
    return _LABEL.sub(rf"\g<1>{UTF8}", text, count=1)
