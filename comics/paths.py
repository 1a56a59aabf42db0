"""Names of files as text that PostgreSQL and JSON can hold, and back again.

A file name is bytes. Python shows bytes that are no UTF-8 as lone surrogates, which neither a
database nor JSON takes, so each of them is written as U+FFFD and two hex digits. A genuine U+FFFD
is written the same way, byte by byte, so that no two names ever share a text.
"""

import re
from pathlib import Path

MARK = "\N{REPLACEMENT CHARACTER}"

_ODD = re.compile("[\udc80-\udcff]|" + MARK)
# Bytes below 0x80 are never written as hex, so that no text can smuggle in a "/" or a NUL.
_WRITTEN = re.compile(MARK + "([89A-F][0-9A-F])")


def to_text(name: str) -> str:
    """Write a name, as `os.scandir` gives it, as valid UTF-8 that is unlike any other name's."""
    if name.isascii():
        return name
    return _ODD.sub(lambda odd: _write(odd[0]), name)


def from_text(text: str) -> str:
    """Return the name that `to_text` wrote, as `open` and `os.stat` take it."""
    if MARK not in text:
        return text
    return (
        _WRITTEN.sub(lambda byte: _read(byte[1]), text)
        .encode(errors="surrogateescape")
        .decode(errors="surrogateescape")
    )


def locate(root: str, path: str) -> Path:
    """Return where a file lies that is written as below a root, or as absolute."""
    return Path(from_text(root), from_text(path))


def _write(odd: str) -> str:
    return "".join(f"{MARK}{byte:02X}" for byte in odd.encode(errors="surrogateescape"))


def _read(hexadecimal: str) -> str:
    return bytes.fromhex(hexadecimal).decode(errors="surrogateescape")
