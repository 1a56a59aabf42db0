"""Keys made of names: one to search by, and one to sort by in the order that people expect.

Both are made here and not in the database, whose collations change with the system's libraries.
"""
# ruff: noqa: RUF001 (letters that look alike are what this module is about)

import re
import unicodedata
from collections.abc import Iterable
from posixpath import splitext

KEY_BYTES = 600
"""The longest sort key: an index row of a few columns has to stay under 2,704 bytes."""

_SEPARATOR = "\x01"  # below every character that `fold` lets through
_LONGEST_NUMBER = 99  # digits, since their count is written with two

# By canonical combining class. What has another is part of how a letter reads: viramas, nuktas,
# voicing marks, Thai vowels.
_DIACRITICS = 200
_POINTS = range(10, 36)  # the vowels of Hebrew and Arabic

_SPELLED = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ı": "i",
    "ŧ": "t",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "×": "x",
    "⁄": "/",
    **dict.fromkeys("‘’‚‛′´ʹʻʼ", "'"),
    **dict.fromkeys("“”„‟″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}

_BLANKS = re.compile(" {2,}")
_DIGITS = re.compile("[0-9]+")


class _Letters(dict[int, str]):
    """What each character folds to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = _fold_letter(letter)
        if folded != letter:
            folded = unicodedata.normalize("NFKD", folded).translate(self)
        self[code] = folded
        return folded


def fold(text: str) -> str:
    """Return what a search compares: no case, no accents, one kind of quote, dash, digit and space.

    Vowel signs, voicing marks and syllables are letters, not accents, and stay. Folding twice
    changes nothing.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.lower()
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text.translate(_LETTERS)))


def natural_key(name: str, folder: str) -> str:
    """Return what files are sorted by, bytewise: "2" before "10", "Saga.cbz" before "Saga 2.cbz".

    It has at most `KEY_BYTES`.
    """
    stem, extension = splitext(name)
    key = sort_key(map(fold, (stem, extension, *folder.split("/"))))
    return key if len(key) * 4 <= KEY_BYTES else _cut(key)


def file_key(path: str) -> str:
    """Return what a file with this path is sorted by."""
    folder, _, name = path.rpartition("/")
    return natural_key(name, folder)


def sort_key(parts: Iterable[str]) -> str:
    """Return what folded texts are sorted by one after the other, bytewise, and numbers by value.

    A number is written as its count of digits and its digits; those of over 99 digits come last.
    """
    return _SEPARATOR.join(_DIGITS.sub(_count_digits, part) for part in parts)


def _fold_letter(letter: str) -> str:
    """Take one step from a character to what it folds to."""
    if letter in _SPELLED:
        return _SPELLED[letter]
    if _is_dropped(letter):
        return ""
    if letter.isspace() or unicodedata.category(letter) == "Cc":
        return " "
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return unicodedata.normalize("NFKD", letter).casefold()


def _is_dropped(letter: str) -> bool:
    """Tell diacritics, and what has no width: joiners, directions and variation selectors."""
    place = unicodedata.combining(letter)
    return place >= _DIACRITICS or place in _POINTS or _is_invisible(letter)


def _is_invisible(letter: str) -> bool:
    is_variation = "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"
    return is_variation or unicodedata.category(letter) == "Cf"


def _count_digits(number: re.Match[str]) -> str:
    digits = number[0].lstrip("0")
    return f"{min(len(digits), _LONGEST_NUMBER):02}{digits}"


def _cut(key: str) -> str:
    return key.encode()[:KEY_BYTES].decode(errors="ignore")


_LETTERS = _Letters()
