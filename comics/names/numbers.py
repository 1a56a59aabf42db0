"""Find the number of a comic among the numbers in its name, and its volume.

Evidence counts from strong to weak: a label ("#12", "Ch. 12", "第12話"), a European label ("T05"),
a bare number, a part of a book, a number in brackets. A year, a date, a count is never a number.
"""

import re

from comics.names.brackets import Told
from comics.names.pieces import Pieces
from comics.names.tokens import is_year
from comics.names.words import QUALIFIERS, Role

_LABELS: tuple[set[Role], ...] = ({"issue", "chapter"}, {"special"}, {"album"})
_RELEASE = re.compile(r"v\d")
_VOLUME = re.compile(r"(\d{1,4})(?:-\d+)?")
_WORLDS = range(1900, 2200)  # a bare number of these names a time, and no issue
_LONG = 3  # digits: as good as zeros before the number

# How well a bare number stands: between dashes, before what ends a text, or amid words.
_ALONE, _CLOSING, _AMID = 4, 2, 1
_PADDED = 2
_LEADING_AND_PADDED = 3


def find_number(pieces: Pieces, *, is_folder: bool = False) -> int | None:
    """Return where the number stands, which may be a pair of brackets.

    In a folder's name only a label makes a number; all others belong to its series.
    """
    for roles in _LABELS:
        if (at := _first_of(pieces, roles)) is not None:
            return at
    if is_folder:
        return None
    if (at := _first_told(pieces, is_labelled=True)) is not None:
        return at
    part = _first_of(pieces, {"part"})
    bare, score = _best_bare(pieces)
    if bare is not None and (part is None or score >= _CLOSING):
        return bare
    if part is not None:
        return part
    volume = _first_of(pieces, {"volume"})
    return _first_told(pieces, is_labelled=False) if volume is None else _odd(pieces, volume)


def find_volume(pieces: Pieces, number_at: int | None) -> tuple[int | None, int | None]:
    """Return where the volume stands and what it is: an album's number, if not the comic's."""
    places = [at for at in pieces.labelled if at != number_at]
    releases = [at for at in places if _is_release(pieces, at, number_at)]
    pieces.used.update(releases)
    for role in ("volume", "album", "season"):
        for at in places:
            token = pieces.tokens[at]
            if (
                token.role == role
                and at not in releases
                and (found := _VOLUME.fullmatch(token.number))
            ):
                pieces.used.add(at)
                return at, int(found[1])
    told = ((at, told.volume) for at, told in pieces.told.items() if told)
    return next((found for found in told if found[1] is not None), (None, None))


def _odd(pieces: Pieces, volume_at: int) -> int | None:
    """Take a volume for a number where it is none that a volume can have: "第1.5巻"."""
    is_volume = _VOLUME.fullmatch(pieces.tokens[volume_at].number)
    return None if is_volume else volume_at


def _is_release(pieces: Pieces, at: int, number_at: int | None) -> bool:
    """Tell the second release of a scan, "v2" right behind its number, from a volume."""
    return number_at == at - 1 and _RELEASE.fullmatch(pieces.tokens[at].text) is not None


def _first_of(pieces: Pieces, roles: set[Role]) -> int | None:
    return next((at for at in pieces.labelled if pieces.tokens[at].role in roles), None)


def _first_told(pieces: Pieces, *, is_labelled: bool) -> int | None:
    def has_number(told: Told | None) -> bool:
        return told is not None and told.number != "" and told.is_labelled == is_labelled

    places = (at for at, told in pieces.told.items() if at > pieces.first and has_number(told))
    return next(places, None)


def _best_bare(pieces: Pieces) -> tuple[int | None, int]:
    """Return where the best bare number stands, the first of equals, and how good it is."""
    best, most = None, 0
    for at in range(pieces.fixed, len(pieces.tokens)):
        if pieces.is_bare(at) and (score := _score(pieces, at)) > most:
            best, most = at, score
    return best, most


def _score(pieces: Pieces, at: int) -> int:
    number = pieces.tokens[at].number
    if _is_of_a_name(pieces, at, number):
        return 0
    if at == pieces.first:
        return _score_leading(pieces, at, is_padded=_is_padded(number))
    is_alone = pieces.kind(at - 1) == "dash" and pieces.kind(at + 1) in {"end", "dash", "group"}
    standing = _ALONE if is_alone else _CLOSING if pieces.is_closed(at) else _AMID
    is_long = _is_padded(number) or (number.isdecimal() and len(number) >= _LONG)
    return standing + _PADDED * is_long


def _score_leading(pieces: Pieces, at: int, *, is_padded: bool) -> int:
    """Score a number that leads: in "100 Bullets" it is none, in "01 - Title" the only one."""
    if pieces.kind(at + 1) == "dash" and is_padded:
        return _LEADING_AND_PADDED
    is_expected = pieces.known != "" or len(pieces.tokens) == 1
    return int(is_padded or (is_expected and pieces.is_closed(at)))


def _is_of_a_name(pieces: Pieces, at: int, number: str) -> bool:
    """Tell a bare number that belongs to a name: a year, "Season 8", "2099", "20世紀少年"."""
    if is_year(number) or pieces.is_glued(at):
        return True
    if number.isdecimal() and number[0] != "0" and int(number) in _WORLDS:
        return True
    if pieces.kind(at + 1) == "number" and pieces.tokens[at + 1].role == "volume":
        return not _is_release(pieces, at + 1, at)
    return pieces.word(at - 1) in QUALIFIERS and not _is_padded(number)


def _is_padded(number: str) -> bool:
    return number[0] == "0" and number[1:2].isdecimal()
