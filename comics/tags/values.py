"""Read the values that metadata is made of: numbers, ratings, dates and lists."""

import re
from collections.abc import Iterable
from typing import NamedTuple

MOST = 999_999_999
"""The largest number that is believed; it fits PostgreSQL's integer."""

BEST = 5
"""The most stars that a rating gives."""

_WHOLE = re.compile(r"\+?(\d{1,9})(?:\.0*)?")
_DECIMAL = re.compile(r"\d{1,9}(?:[.,]\d{1,20})?")
# With what may follow it in XML Schema, a time or a zone.
_DATE = re.compile(r"(\d{1,4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T Z+-].{0,40})?")


class Date(NamedTuple):
    """A day, or as much of it as is known."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


def whole(text: str, least: int = 0, most: int = MOST) -> int | None:
    """Return a number, or None for what is not one or makes no sense: "-1", "2.5", "two"."""
    found = _WHOLE.fullmatch(text)
    value = int(found[1]) if found else -1
    return value if least <= value <= most else None


def rating(text: str) -> float | None:
    """Return a count of stars between 0 and 5; its comma may be a point."""
    found = _DECIMAL.fullmatch(text)
    value = float(found[0].replace(",", ".")) if found else -1.0
    return value if 0 <= value <= BEST else None


def date(year: str, month: str = "", day: str = "") -> Date:
    """Return a date whose parts are each None where they make no sense."""
    return Date(whole(year, 1, 9999), whole(month, 1, 12), whole(day, 1, 31))


def iso_date(text: str) -> Date:
    """Return the date that "2012", "2012-11" or "2012-11-01T09:00Z" names."""
    found = _DATE.fullmatch(text)
    return date(*found.groups("")) if found else Date()


def join(items: Iterable[str]) -> str:
    """Return items as ComicInfo lists them: each once, in order, with commas between them only.

    An item's own commas are left out, for they would make two of it.
    """
    plain = (" ".join(item.replace(",", " ").split()) for item in items)
    return ", ".join(dict.fromkeys(filter(None, plain)))


def split(texts: Iterable[str]) -> list[str]:
    """Return the items of lists that programs have written into one element, commas between."""
    return [item.strip() for text in texts for item in text.split(",")]
