"""Which issue a comic is of: a key that two copies share, however their tags are written."""

from comics.folding import fold, sort_key
from comics.numbers import comparable
from comics.tags.comicinfo import Tags

LONGEST = 200
"""The characters of a series, a number and a format that count: an index row has to hold them."""


def issue_key(tags: Tags) -> str | None:
    """Return what copies of one issue have in common, or None without a series or a number.

    That is series, number, volume, year and format ("Annual"), without case, accents and zeros in
    front of a number. What only one of two comics tells keeps them apart. Keys sort bytewise as the
    issues do: series by series, "2" before "10".
    """
    series, form = fold(tags.series).strip(), fold(tags.format).strip()
    number = comparable(tags.number)
    if not series or not number:
        return None
    parts = (series, number, _text(tags.volume), _text(tags.year), form)
    return sort_key(part[:LONGEST] for part in parts)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
