"""What is to be changed in the tags of comics, field by field, in the order in which it is asked.

A find-and-replace is literal, or has * for any text, and is no regular expression: Python's matcher
knows no limit of time, and which expressions would run for hours cannot be told from their text.
What * can do takes time that grows with the field and no faster.
"""

import re
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import replace

from comics.rules import find_number
from comics.tags.comicinfo import Tags
from comics.tags.writable import Value, check_value, name_element, write_value

LONGEST: Final = 100_000
"""The most letters of a field."""

Field = Annotated[str, Meta(description="As ComicInfo 2.1 has it, in lower case: `cover_artist`.")]
Given = Annotated[str, Meta(max_length=LONGEST)] | int | float | None
Pattern = Annotated[str, Meta(min_length=1, max_length=200)]


class Set(Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="set"):
    """Give a field this value, whatever it has now; "" or null takes the field away."""

    field: Field
    value: Given

    def __post_init__(self) -> None:
        _check(self.field, self.value)


class Fill(Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="fill"):
    """Give a field this value where it has none."""

    field: Field
    value: Given

    def __post_init__(self) -> None:
        _check(self.field, self.value)


class Clear(Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="clear"):
    """Take a field away."""

    field: Field

    def __post_init__(self) -> None:
        _check(self.field, None)


class Replace(Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="replace"):
    """Put one text for another wherever it stands in a field.

    With `wildcards` a * of `find` is any text, as little of it as will do, and the n-th * of `by`
    is what the n-th of `find` has met.
    """

    field: Field
    find: Pattern
    by: Annotated[str, Meta(max_length=200)]
    wildcards: bool = False
    ignore_case: bool = False

    def __post_init__(self) -> None:
        _check(self.field, None)
        if self.wildcards and self.by.count("*") > self.find.count("*"):
            raise ValueError(f"{self.by!r} has more * than {self.find!r}, which they stand for.")


class Renumber(Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="renumber"):
    """Number the comics one after another; zeros before the first number are kept by all."""

    start: Annotated[str, Meta(pattern="^[0-9]{1,9}$")] = "1"
    step: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    field: Literal["number", "alternate_number", "story_arc_number"] = "number"


class NumberFromName(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="number_from_name"
):
    """Give the comic the number that its file's name tells, if it tells one."""

    field: Literal["number"] = "number"


Edit: TypeAlias = Set | Fill | Clear | Replace | Renumber | NumberFromName


class TagEdits(Struct, frozen=True, forbid_unknown_fields=True):
    """Edits in their order; each finds what those before it have made.

    Unless it `keeps_others`, every field of ComicInfo.xml that no edit names goes.
    """

    edits: Annotated[tuple[Edit, ...], Meta(min_length=1, max_length=200)]
    keeps_others: bool = True

    @property
    def fields(self) -> frozenset[str]:
        """The fields that are named."""
        return frozenset(edit.field for edit in self.edits)


class Place(NamedTuple):
    """Where a comic is: its path in its library, and how many comics of the batch precede it."""

    path: str
    position: int


def apply(edits: Sequence[Edit], tags: Tags, place: Place) -> Tags:
    """Return the tags as they shall be; raise a ValueError if a field cannot hold its new value."""
    for edit in edits:
        current = getattr(tags, edit.field)
        value = _work_out(edit, current, place)
        if value == current:
            continue
        value = check_value(edit.field, value)
        if isinstance(value, str) and len(value) > LONGEST:
            name = name_element(edit.field)
            raise ValueError(f"{name} would have more than {LONGEST:,} letters.")
        tags = replace(tags, **{edit.field: value})
    return tags


def _work_out(edit: Edit, current: Value, place: Place) -> Value:
    match edit:
        case Set():
            return edit.value
        case Fill():
            return edit.value if current in {"", None} else current
        case Clear():
            return None
        case Replace():
            return substitute(edit, write_value(current))
        case Renumber():
            return str(int(edit.start) + edit.step * place.position).zfill(len(edit.start))
        case NumberFromName():
            return find_number(place.path) or current


def substitute(edit: Replace, text: str) -> str:
    """Return a text with what `edit` finds replaced, from left to right."""
    case = re.IGNORECASE if edit.ignore_case else re.NOFLAG
    words = [re.compile(re.escape(word), case) for word in _split(edit, edit.find)]
    by = _split(edit, edit.by)
    done: list[str] = []
    at = 0
    while at < len(text) and (found := _match(words, text, at)):
        start, end, met = found
        done += [text[at:start], *_join(by, met)]
        at = end
    return "".join(done) + text[at:]


def _split(edit: Replace, text: str) -> list[str]:
    return text.split("*") if edit.wildcards else [text]


def _match(
    words: Sequence[re.Pattern[str]], text: str, at: int
) -> tuple[int, int, list[str]] | None:
    """Return where the words next follow each other, from and to, and what is between them.

    Each word is looked for once, behind the one before: where one is not found there, none of the
    words further on could be either, wherever the first had been found.
    """
    start = end = -1
    met: list[str] = []
    for word in words:
        found = word.search(text, at)
        if not found:
            return None
        if start < 0:
            start = found.start()
        else:
            met.append(text[end : found.start()])
        at = end = found.end()
    if not words[-1].pattern and len(words) > 1:
        met[-1], end = text[at:], len(text)
    return start, end, met


def _join(by: Sequence[str], met: Sequence[str]) -> list[str]:
    """Return the words with what was met between them."""
    return list(chain.from_iterable(zip_longest(by, met[: len(by) - 1], fillvalue="")))


def _check(field: str, value: Value) -> None:
    """Raise a ValueError if there is no such field, or if it cannot hold the value."""
    if field == "pages":
        raise ValueError("Pages are not set by a batch.")
    check_value(field, value)
