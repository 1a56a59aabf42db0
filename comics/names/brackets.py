"""Tell what a pair of brackets in a file's name says: a date, a count, a language, a publisher."""

import re
from functools import lru_cache

from msgspec import Struct

from comics.names.letters import plain
from comics.names.publishers import is_publisher
from comics.names.tokens import Date, Token, cut
from comics.names.words import FORMATS, LANGUAGES, SCANS, TIMES_OF_YEAR

_PARTS = re.compile(r"[,;+|]")
_BETWEEN_WORDS = re.compile(r"[\s._-]+")
_COUNT = re.compile(r"(?:of|de|von|di|sur|van|из)\s?(\d{1,4})")
_YEAR = re.compile(r"((?:18|19|20|21)\d\d)(?:年|\s?-\s?(?:present)?)?")
_WITH_YEAR = re.compile(r"(.+?)\s((?:18|19|20)\d\d)")
_ODDITY = re.compile(
    r"""
    (?:.*\s)? (?:covers?|pages?|pgs?|parts) (?:\s(?:only|[a-z]))?
  | \d{1,5}\s?(?:px|dpi|p|pp|mb|x\d{1,5}) | v\d\.\d | p\d{3,4}(?:-p?\d{3,4})?
  | (?:director's|final|extended)\scut | cover\s[a-z]
    """,
    re.VERBOSE,
)
_REGION = re.compile(r"(?<=\b[a-z]{2})-[a-z]{2}\b")
_LONGEST_NUMBER = 3  # digits: four in brackets are a year, or nothing that anyone could tell
_LONGEST = 100  # letters: no brackets that tell something known are longer


class Told(Struct, frozen=True, omit_defaults=True):
    """What brackets say; all empty where they only tell how the comic was scanned."""

    date: Date | None = None
    number: str = ""
    is_labelled: bool = False
    count: int | None = None
    volume: int | None = None
    format: str = ""
    publisher: str = ""
    language: str = ""


_SCANNED = Told()


def read_brackets(text: str) -> Told | None:
    """Return what a text within brackets says, or None if it is nothing that is known.

    The parts between commas are read one by one; those that are not known are passed over.
    """
    return _read(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=5000)
def _read(text: str) -> Told | None:
    if not text.strip():
        return _SCANNED
    whole = _read_part(text.strip())
    if whole or not _PARTS.search(text):
        return whole
    told = [found for part in _PARTS.split(text) if (found := _read_part(part.strip()))]
    return _merge(told) if told else None


def _merge(told: list[Told]) -> Told:
    """Take each value from the first part that tells it."""
    values = {
        field: value
        for part in reversed(told)
        for field in Told.__struct_fields__
        if (value := getattr(part, field))
    }
    return Told(**values)


def _read_part(text: str) -> Told | None:
    word = plain(text)
    if year := _YEAR.fullmatch(word):
        return Told(date=Date(int(year[1])))
    if is_scan(word) or _ODDITY.fullmatch(word):
        return _SCANNED
    return _read_word(text, word) or _read_tokens(cut(text)) or _read_with_year(text, word)


def _read_word(text: str, word: str) -> Told | None:
    """Read a language, a format, a count or a publisher."""
    if language := LANGUAGES.get(_REGION.sub("", word)):
        return Told(language=language)
    if name := FORMATS.get(_BETWEEN_WORDS.sub("", word)):
        return Told(format=name)
    if count := _COUNT.fullmatch(word):
        return Told(count=int(count[1]))
    return Told(publisher=text) if is_publisher(text) else None


def is_scan(word: str) -> bool:
    """Tell whether a text, in lower case, is made of words about scans and printings alone."""
    return all(part in SCANS for part in _BETWEEN_WORDS.split(word))


def _read_tokens(tokens: list[Token]) -> Told | None:
    """Read brackets that hold a date, a volume or a number, and nothing else."""
    volume = None
    if len(tokens) > 1 and tokens[0].role in {"volume", "season"}:
        volume = _whole(tokens.pop(0).number)
    if len(tokens) != 1:
        return None
    (token,) = tokens
    if token.kind == "date":
        return Told(date=token.date, volume=volume)
    if token.role in {"volume", "season"}:
        return Told(volume=_whole(token.number))
    if token.kind == "number" and (token.role or token.count or _is_short(token.number)):
        is_labelled = bool(token.role or token.count)
        return Told(number=token.number, count=token.count, volume=volume, is_labelled=is_labelled)
    return None


def _read_with_year(text: str, word: str) -> Told | None:
    """Read "Marvel 2018", "English 2018" or "Winter 1990"."""
    found = _WITH_YEAR.fullmatch(word)
    if not found:
        return None
    date = Date(int(found[2]))
    if found[1] in TIMES_OF_YEAR:
        return Told(date=date)
    first = _read_part(text[: found.end(1)])
    return _merge([first, Told(date=date)]) if first else None


def _is_short(number: str) -> bool:
    return sum(map(str.isdigit, number)) <= _LONGEST_NUMBER


def _whole(number: str) -> int | None:
    found = re.match(r"\d{1,4}(?!\d)", number)
    return int(found[0]) if found else None
