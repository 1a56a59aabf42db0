r"""Make names that every disk takes: Linux, macOS, Windows and the shares between them.

What a name cannot hold gets a stand-in that reads well: ": " becomes " - ", and / \ : * | become
"-", < > become brackets, " becomes ', ? is dropped, and so is what cannot be seen. The rules are
those of Microsoft's "Naming Files, Paths, and Namespaces" and of Linux file systems.
"""

import re
import unicodedata
from collections.abc import Sequence

from msgspec import Struct

LONGEST_NAME = 255
"""The most bytes of a file's or a folder's name, in UTF-8."""

LONGEST_PATH = 2_000
"""The most bytes of a comic's path in its library: the index lists none that is longer."""

_SHORTEST = 20  # bytes that are left of a text, so that it can still be recognised

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # letters and emoji need them
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_NONCHARACTERS = "\ufffe\uffff"
_MARKS = frozenset({"Mn", "Mc", "Me", "Cf", "Sk"})

_STAND_INS = (
    (re.compile(r"\(\*\)|\[\*\]"), ""),  # an old mark for "incomplete" that is no part of a name
    (re.compile(r":\s+"), " - "),
    (re.compile("[/\\\\:*|]"), "-"),
    (re.compile("\N{REPLACEMENT CHARACTER}(?:[89A-F][0-9A-F])?"), "_"),  # as comics.paths writes it
    (re.compile(r"\s+"), " "),
)
_LETTERS = str.maketrans({"<": "(", ">": ")", '"': "'", "?": None})
EXTENSIONS = (".cbz", ".cbr", ".cb7", ".cbt")
_RESERVED = re.compile(
    r"""
    \A (?: con | prn | aux | nul | (?: com | lpt ) [0-9¹²³] | con(?:in|out)\$ ) (?= \s* (?:\.|\Z) )
    | \A (?: __macosx | @eadir | \#recycle | \$recycle\.bin ) \Z
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Span(Struct, frozen=True):
    """A stretch of a name; of one that `may_shrink`, the beginning will do."""

    text: str
    may_shrink: bool = False


def clean(text: str) -> str:
    """Return a text with stand-ins for what names cannot hold; it holds no slash, and may be ""."""
    text = "".join(filter(_is_visible, text)).translate(_LETTERS).strip().rstrip(":")
    for pattern, stand_in in _STAND_INS:
        text = pattern.sub(stand_in, text)
    return unicodedata.normalize("NFC", text).strip()


def portable(name: str, extension: str = "") -> str:
    """Return the name of a file or folder as every disk takes it, but of any length.

    Dots and blanks around it are dropped, since they hide it or get lost, and so is a comic's
    extension at its end. What Windows or a NAS keeps for itself gets a "_". Returns "" where
    nothing is left.
    """
    name = _strip(clean(name))
    return _RESERVED.sub(r"\g<0>_", f"{name}{extension}") if name else ""


def fit(spans: Sequence[Span], extension: str = "") -> str | None:
    """Return the spans as one portable name that is short enough, or None where none is.

    The longest span that may shrink is cut, then the next, each to 20 bytes at the least.
    """
    if any(len(span.text) > LONGEST_NAME for span in spans if not span.may_shrink):
        return None
    texts = [shorten(span.text, LONGEST_NAME) if span.may_shrink else span.text for span in spans]
    elastic = [place for place, span in enumerate(spans) if span.may_shrink]
    while excess := _measure_excess(name := portable("".join(texts), extension)):
        longest = max(elastic, key=lambda place: len(texts[place].encode()), default=None)
        if longest is None:
            return None
        text = texts[longest]
        texts[longest] = shorten(text, max(_SHORTEST, len(text.encode()) - excess))
        if texts[longest] == text:
            return None
    return name


def shorten(text: str, size: int) -> str:
    """Return as much of a text's beginning as `size` bytes hold, without cutting a letter's marks.

    The text is returned whole where its first letter alone, with its marks, takes more.
    """
    if len(text.encode()) <= size:
        return text
    end = len(text.encode()[:size].decode(errors="ignore"))
    while end and _belong_together(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip() or text


def _measure_excess(name: str) -> int:
    return max(0, len(name.encode()) - LONGEST_NAME)


def _belong_together(letter: str, following: str) -> bool:
    return letter in _JOINERS or unicodedata.category(following) in _MARKS


def _is_visible(letter: str) -> bool:
    """Tell what takes part in a name; blanks do, whatever kind they are."""
    if letter.isspace() or letter in _JOINERS:
        return True
    return unicodedata.category(letter) not in _INVISIBLE and letter not in _NONCHARACTERS


def _strip(name: str) -> str:
    name = name.strip(" .")
    while name.lower().endswith(EXTENSIONS):
        name = name[:-4].rstrip(" .")
    return name
