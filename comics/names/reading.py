"""Read the name of one file or folder: once its number is found, the rest falls into place.

Left of the number stands the series, right of it the title; of two years the one right of it is the
comic's. What nobody knows in brackets at the end is who scanned it.
"""

import re

from msgspec import Struct

from comics.names.numbers import find_number, find_volume
from comics.names.pieces import Pieces
from comics.names.tokens import Date, is_year
from comics.names.words import (
    FORMAT_STARTS,
    FORMATS,
    LANGUAGES,
    LEADING_FORMATS,
    LONGEST_FORMAT,
    NAMED_FORMATS,
    SCANS,
    SHORTEST_LANGUAGE,
    SURE_SCANS,
    TAIL_SCANS,
)

_QUOTES = {"「": "」", "『": "』", '"': '"', "“": "”", "«": "»"}
_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TEAM = re.compile("组|組|汉化|漢化|字幕")


class Name(Struct, frozen=True, omit_defaults=True):
    """What the name of a file tells, or else the folders it lies in.

    `number` is as written ("012", "1.5", "½", "-1", "12-14"), but in ASCII digits. `format` is as
    ComicInfo has it ("Annual", "One-Shot"), `language` is of ISO 639-1. `from_folders` names the
    fields that a folder told.
    """

    series: str = ""
    number: str = ""
    volume: int | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    count: int | None = None
    title: str = ""
    format: str = ""
    publisher: str = ""
    scan_group: str = ""
    language: str = ""
    from_folders: tuple[str, ...] = ()


def read(text: str, known: str = "", *, is_folder: bool = False) -> Name:
    """Read a name without its extension; a bare number in a folder's belongs to the series.

    `known` is the series that the folders tell: where the name begins with it, no number is
    looked for within.
    """
    pieces = Pieces(text, known)
    number_at = find_number(pieces, is_folder=is_folder)
    _drop_order(pieces, number_at)
    volume_at, volume = find_volume(pieces, number_at)
    format_name = _find_format(pieces, number_at)
    date_at, date = _find_date(pieces, number_at, is_folder=is_folder)
    pivot = next((at for at in (number_at, volume_at, date_at) if at is not None), None)
    language = _find_language(pieces, pivot) or _first_told(pieces, "language")
    scan_group = _find_group(pieces, pivot) or _cut_tail(pieces, pivot)
    number, count = _number(pieces, number_at)
    if number_at is not None and pieces.tokens[number_at].role == "special":
        format_name = format_name or "Special"
    end = len(pieces.tokens) if pivot is None else pivot
    return Name(
        series=pieces.join(range(end)),
        number=number,
        volume=volume,
        year=date.year if date else None,
        month=date.month if date else None,
        day=date.day if date else None,
        count=count,
        title=_unquote(pieces.join(range(end + 1, len(pieces.tokens)))),
        format=format_name or _first_told(pieces, "format"),
        publisher=_first_told(pieces, "publisher"),
        scan_group=scan_group,
        language=language,
    )


def _first_told(pieces: Pieces, field: str) -> str:
    told = (getattr(told, field) for told in pieces.told.values() if told)
    return next(filter(None, told), "")


def _number(pieces: Pieces, at: int | None) -> tuple[str, int | None]:
    """Return the number that stands here, and the count that stands there or in brackets."""
    counts = (told.count for told in pieces.told.values() if told and told.count is not None)
    count = next(counts, None)
    if at is None:
        return "", count
    found = pieces.told.get(at) or pieces.tokens[at]
    return found.number, count if found.count is None else found.count


def _drop_order(pieces: Pieces, number_at: int | None) -> None:
    """Drop a comic's place on a reading list, which leads its name: "003 - Saga 012"."""
    at = pieces.first
    leads = pieces.is_bare(at) and pieces.tokens[at].number[0] == "0"
    if leads and number_at not in {None, at} and pieces.kind(at + 1) == "dash":
        pieces.used.add(at)


def _find_format(pieces: Pieces, number_at: int | None) -> str:
    """Return the first format that is told in words; what belongs to the series stays in it."""
    for at in range(pieces.fixed, len(pieces.tokens)):
        if pieces.word(at) in FORMAT_STARTS and (found := _format_at(pieces, at)):
            key, length = found
            is_named = key in NAMED_FORMATS and (number_at is None or at < number_at)
            if not is_named or _is_all(pieces, at, length):
                pieces.used.update(range(at, at + length))
            return FORMATS[key]
    return ""


def _format_at(pieces: Pieces, at: int) -> tuple[str, int] | None:
    """Return the longest format that begins here, and of how many words it is."""
    words = [word for place in range(at, at + LONGEST_FORMAT) if (word := pieces.word(place))]
    for length in range(len(words), 0, -1):
        key = "".join(words[:length])
        if key not in FORMATS or not all(map(pieces.word, range(at, at + length))):
            continue
        ends_text = pieces.is_closed(at + length - 1) or pieces.is_bare(at + length)
        if key in LEADING_FORMATS:
            return key, length
        if ends_text and (at > pieces.first or _is_all(pieces, at, length)):
            return key, length
    return None


def _is_all(pieces: Pieces, at: int, length: int) -> bool:
    """Tell whether these words are the whole text before the number."""
    return at == pieces.first and pieces.kind(at + length) != "word"


def _find_date(
    pieces: Pieces, number_at: int | None, *, is_folder: bool
) -> tuple[int | None, Date | None]:
    """Return where the date stands and what it is: behind the number, or else the first."""
    dates = [found for at in range(len(pieces.tokens)) if (found := _date_at(pieces, at))]
    if not dates:
        begin = pieces.fixed if number_at is None else number_at + 1
        places = range(begin, len(pieces.tokens))
        dates = [found for at in places if (found := _year_at(pieces, at, is_folder=is_folder))]
    behind = [(at, date) for at, date in dates if number_at is not None and at > number_at]
    pieces.used.update(at for at, _ in dates)
    return next(iter(behind or dates), (None, None))


def _date_at(pieces: Pieces, at: int) -> tuple[int, Date] | None:
    told = pieces.told.get(at)
    date = told.date if told else pieces.tokens[at].date
    return (at, date) if date else None


def _year_at(pieces: Pieces, at: int, *, is_folder: bool) -> tuple[int, Date] | None:
    """Return a year that stands bare at the end of a text, or behind the occasion: "FCBD 2012"."""
    if not pieces.is_bare(at) or not is_year(pieces.tokens[at].number):
        return None
    is_only_text = at == pieces.first and not (pieces.known or is_folder)
    if is_only_text or not (pieces.is_closed(at) or at - 1 in pieces.used):
        return None
    return at, Date(int(pieces.tokens[at].number))


def _find_language(pieces: Pieces, pivot: int | None) -> str:
    """Return a language that is told by its name, without brackets, at the end of the text."""
    if pivot is None:
        return ""
    for at in range(pivot + 1, len(pieces.tokens)):
        word = pieces.word(at)
        if len(word) >= SHORTEST_LANGUAGE and word in LANGUAGES and pieces.is_closed(at):
            pieces.used.add(at)
            return LANGUAGES[word]
    return ""


def _find_group(pieces: Pieces, pivot: int | None) -> str:
    """Return who scanned it: whom the first brackets name, or the last that nobody knows.

    Unknown round brackets that stand before anything known belong to the series.
    """
    known = [at for at, told in pieces.told.items() if told]
    last_date = max((at for at in known if _date_at(pieces, at)), default=-1)
    begin = min([*known, len(pieces.tokens)]) if pivot is None else pivot
    unknown = [at for at, told in pieces.told.items() if not told]
    behind = [at for at in unknown if at > begin]
    leading = [at for at in unknown if at < pieces.first]
    pieces.used.update(known, behind, leading, filter(pieces.is_square, unknown))
    early = min((at for at in known if at >= begin), default=len(pieces.tokens))
    behind = [at for at in behind if at > last_date and _is_team(pieces, at, is_late=at > early)]
    leading = [at for at in leading if pieces.is_square(at) and _is_team(pieces, at)]
    named = leading or behind
    return _innermost(pieces.inside(named[-1])) if named else ""


def _innermost(text: str) -> str:
    """Return what the last brackets within a text hold: the team in "Digital (Zone-Empire)"."""
    return text.rpartition("(")[2].rstrip(")").strip()


def _is_team(pieces: Pieces, at: int, *, is_late: bool = True) -> bool:
    """Tell whether brackets may hold a team's name: after what is known they may hold any.

    In Asian letters they hold the author's more often.
    """
    inside = pieces.inside(at).strip()
    if _ASIAN.search(inside):
        return _TEAM.search(inside) is not None
    is_one_word = " " not in inside or "-" in inside
    return any(map(str.isalpha, inside)) and (is_late or is_one_word)


def _cut_tail(pieces: Pieces, pivot: int | None) -> str:
    """Drop words about the scan from the end of a text, and return who is named behind them."""
    begin = 0 if pivot is None else pivot + 1
    places = [at for at in range(begin, len(pieces.tokens)) if pieces.kind(at) == "word"]
    start = next((n for n, at in enumerate(places) if _begins_tail(pieces, at, pivot)), None)
    if start is None:
        return ""
    tail = places[start:]
    pieces.used.update(tail)
    named = [at for at in tail if not _is_scan(pieces, at)]
    return pieces.original(named[-1]) if named and named[-1] == tail[-1] else ""


def _begins_tail(pieces: Pieces, at: int, pivot: int | None) -> bool:
    word = pieces.word(at)
    if word in SURE_SCANS:
        return True
    return pivot is not None and word in TAIL_SCANS and pieces.ends_text(at)


def _is_scan(pieces: Pieces, at: int) -> bool:
    return pieces.word(at) in SCANS or pieces.word(at) in SURE_SCANS


def _unquote(title: str) -> str:
    """Return a title without the quotes around it."""
    closing = _QUOTES.get(title[:1])
    return title[1:-1] if closing and title[-1] == closing else title
