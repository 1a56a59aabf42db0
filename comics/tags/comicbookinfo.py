"""Read ComicBookInfo 1.0, the JSON in an archive's comment, into the fields of ComicInfo.

The format is ComicBookLover's. Numbers are kept as written, whether they are JSON's or text, so
that the issue 1.50 stays "1.50". What ComicInfo has no field for stays in the comment only:
country, numberOfVolumes, and who is primary.
"""

import json
from collections.abc import Iterator
from typing import TypeAlias

from comics.tags import credits as people
from comics.tags import mending
from comics.tags.comicinfo import Tags
from comics.tags.languages import language_code
from comics.tags.values import date, join, rating, split, whole

# Numbers are read as text.
_Json: TypeAlias = "str | bool | list[_Json] | dict[str, _Json] | None"

_KEY = "comicbookinfo/"  # a version follows
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "inc", "ltd", "llc"})


def parse(comment: bytes) -> Tags:
    """Return what a ComicBookInfo says, or raise a ValueError that says what is wrong with it."""
    found = _find_comic(_read(comment))
    published = date(*(_text(found, f"publication{part}") for part in ("year", "month", "day")))
    return Tags(
        title=_text(found, "title"),
        series=_text(found, "series"),
        number=_text(found, "issue"),
        count=whole(_text(found, "numberofissues"), least=1),
        volume=whole(_text(found, "volume")),
        summary=_text(found, "comments"),
        year=published.year,
        month=published.month,
        day=published.day,
        publisher=_text(found, "publisher"),
        genre=join(split(_texts(found, "genre"))),
        tags=join(_texts(found, "tags")),
        language_iso=language_code(_text(found, "language")),
        # ComicBookLover writes 0 for what nobody has rated.
        community_rating=rating(_text(found, "rating")) or None,
        **people.assign(_list_people(found)),
    )


def _read(comment: bytes) -> _Json:
    text = mending.decode(comment)
    document = text[text.find("{") : text.rfind("}") + 1]
    try:
        found: _Json = json.loads(document, strict=False, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise ValueError("The ComicBookInfo in the archive's comment is not JSON.") from error
    return found


def _find_comic(document: _Json) -> dict[str, _Json]:
    """Return the part about the comic, with its keys in lower case."""
    parts = document.items() if isinstance(document, dict) else ()
    for key, part in parts:
        if key.lower().startswith(_KEY) and isinstance(part, dict):
            return _lower(part)
    raise ValueError("The archive's comment is JSON, but no ComicBookInfo.")


def _lower(part: dict[str, _Json]) -> dict[str, _Json]:
    return {key.lower(): value for key, value in part.items()}


def _text(part: dict[str, _Json], key: str) -> str:
    value = part.get(key)
    return mending.clean(value).strip() if isinstance(value, str) else ""


def _texts(part: dict[str, _Json], key: str) -> list[str]:
    """Return a list's texts; a text in the place of a list is a list of its own."""
    value = part.get(key)
    values = value if isinstance(value, list) else [value]
    return [mending.clean(item) for item in values if isinstance(item, str)]


def _list_people(found: dict[str, _Json]) -> Iterator[tuple[str, str]]:
    credited = found.get("credits")
    for credit in credited if isinstance(credited, list) else ():
        if isinstance(credit, dict):
            part = _lower(credit)
            for person in _split_people(_text(part, "person")):
                yield person, _text(part, "role")


def _split_people(person: str) -> list[str]:
    """Return a name that is written family name first the other way round: "Moore, Alan".

    "Bill Everett, Jr." is one person too, but "Alan Moore, Dave Gibbons" are two.
    """
    family, comma, given = map(str.strip, person.partition(","))
    if not comma or given.rstrip(".").lower() in _SUFFIXES:
        return [person]
    if "," in given or (" " in family and " " in given):
        return split([person])
    return [f"{given} {family}"]
