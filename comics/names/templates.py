"""Read a naming template, the line in which people write what their files shall be called.

    {series}                a field of the tags, by its name in `Tags`
    {issue}                 the number, padded; {issue_no_pad}: unpadded; {number}: as it is written
    {issue:3} {volume:2}    with at least so many digits
    {title|story_arc}       the first of these that the comic has
    {publisher|"Unknown"}   if it has none, these words
    < ({year})>             left out as a whole if a field in it is missing; may hold others
    /                       a folder ends: the path then starts at the library's root
    {{ }}                   a brace

All else stands for itself. No name that every disk takes holds one of `< > : | "`, so none of the
signs that mean something here can be wanted in a name, and only braces need an escape.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TypeAlias

from msgspec import Struct

from comics.tags.comicinfo import Tags

FIELDS = (*(name for name in Tags.__struct_fields__ if name != "pages"), "issue", "issue_no_pad")
"""What may stand between braces."""

PADDED = frozenset(
    {"issue", "alternate_number"}
    | {name for name, kind in Tags.__annotations__.items() if kind == int | None}
)
"""The fields that may be given a number of digits."""

MOST_DIGITS = 20
LONGEST = 500
"""The most letters of a template."""

_DEEPEST = 5  # groups in groups

_TOKEN = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}<>\\]|[^{}<>\\]+")
_FIELD = re.compile(r"(\w+)(?::(\d+))?")
_PLACEHOLDER = re.compile(
    rf"""
    \{{ (?P<fields> \s* {_FIELD.pattern} \s* (?: \| \s* {_FIELD.pattern} \s* )* )
    (?: \| \s* "(?P<words> [^"]* )" \s* )? \}}
    """,
    re.VERBOSE,
)
_MISPLACED = {
    "{": "starts a field that has no end: add the }, or write {{ for a brace",
    "}": "ends a field that has no start: write }} for a brace",
    "\\": "cannot be in a name: write / where a folder ends",
}


class TemplateError(ValueError):
    """Say what is wrong with a template, where, and what to write instead."""


class Field(Struct, frozen=True):
    """A field by name; `digits` is None where the template asks for no number of them."""

    name: str
    digits: int | None = None


class Placeholder(Struct, frozen=True):
    """The first of some fields that a comic has, or else some words, or else nothing."""

    choices: tuple[Field, ...]
    words: str | None = None


class Group(Struct, frozen=True):
    """Pieces that stand or fall together."""

    pieces: "tuple[Piece, ...]"


Piece: TypeAlias = str | Placeholder | Group


def parse(template: str) -> tuple[Piece, ...]:
    """Return the pieces of a template, or raise a `TemplateError`."""
    if len(template) > LONGEST:
        raise TemplateError(f"A template may have {LONGEST} letters; this one has {len(template)}.")
    pieces = _parse_groups(template)
    _check_last_part(pieces)
    return pieces


def placeholders(pieces: Iterable[Piece]) -> Iterator[Placeholder]:
    """Yield every placeholder, those in groups too."""
    for piece in pieces:
        if isinstance(piece, Group):
            yield from placeholders(piece.pieces)
        elif isinstance(piece, Placeholder):
            yield piece


def outline(pieces: Iterable[Piece]) -> str:
    """Return a template's own words in order, with a "{" for each field and no other brace."""
    words = ""
    for piece in pieces:
        if isinstance(piece, Group):
            words += outline(piece.pieces)
        else:
            words += "{" if isinstance(piece, Placeholder) else piece.replace("{", "")
    return words


def _parse_groups(template: str) -> tuple[Piece, ...]:
    levels: list[list[Piece]] = [[]]
    starts: list[int] = []
    for token in _TOKEN.finditer(template):
        if token[0] == "<":
            starts.append(_open_group(token, len(starts)))
            levels.append([])
        elif token[0] == ">":
            group = _close_group(token, levels.pop(), starts)
            levels[-1].append(group)
        else:
            levels[-1].append(_parse_token(token))
    if starts:
        raise TemplateError(f"< at letter {starts[-1]} has no end: add the >.")
    return tuple(levels[0])


def _open_group(token: re.Match[str], depth: int) -> int:
    """Return where the group starts, or refuse one that is too deep."""
    if depth >= _DEEPEST:
        raise TemplateError(
            f"{_at(token)} is too deep: < > can stand in {_DEEPEST - 1} others at the most."
        )
    return _place(token)


def _close_group(token: re.Match[str], pieces: list[Piece], starts: list[int]) -> Group:
    if not starts:
        raise TemplateError(f"{_at(token)} has no start: put a < before it.")
    start = starts.pop()
    if not any(isinstance(piece, Placeholder) for piece in pieces):
        raise TemplateError(
            f"Between the < at letter {start} and its > there is no field that could be missing:"
            " put one there, or leave out the < and the >."
        )
    return Group(tuple(pieces))


def _parse_token(token: re.Match[str]) -> Piece:
    text = token[0]
    if text in {"{{", "}}"}:
        return text[0]
    if reason := _MISPLACED.get(text):
        raise TemplateError(f"{_at(token)} {reason}.")
    return _parse_placeholder(token) if text.startswith("{") else text


def _parse_placeholder(token: re.Match[str]) -> Placeholder:
    found = _PLACEHOLDER.fullmatch(token[0])
    if not found:
        raise TemplateError(
            f"{_at(token)} cannot be read: write {{field}}, {{field:3}},"
            ' {field|another field} or {field|"words"}.'
        )
    fields = (_parse_field(token, *field.groups()) for field in _FIELD.finditer(found["fields"]))
    return Placeholder(tuple(fields), found["words"])


def _parse_field(token: re.Match[str], name: str, digits: str | None) -> Field:
    if name not in FIELDS:
        raise TemplateError(_say_unknown(token, name))
    if digits is None:
        return Field(name)
    if name not in PADDED:
        hint = "write {issue:%s}" if name in {"number", "issue_no_pad"} else "leave out the :%s"
        raise TemplateError(f"{_at(token)}: {name} takes no number of digits, {hint % digits}.")
    if int(digits) > MOST_DIGITS:
        raise TemplateError(f"{_at(token)}: a number can have {MOST_DIGITS} digits at the most.")
    return Field(name, int(digits))


def _say_unknown(token: re.Match[str], name: str) -> str:
    close = get_close_matches(name.lower(), FIELDS, 1)
    meant = f" Did you mean {{{close[0]}}}?" if close else ""
    known = ", ".join(sorted(FIELDS))
    return f"{_at(token)}: there is no field {name}.{meant} The fields are {known}."


def _check_last_part(pieces: tuple[Piece, ...]) -> None:
    """Refuse a file name without a field: it would be the same for all comics."""
    if "{" not in outline(pieces).rpartition("/")[2]:
        raise TemplateError(
            "The name of the file holds no field, so that all comics would have the same:"
            " write, for example, {series} - Chapter {issue}."
        )


def _at(token: re.Match[str]) -> str:
    return f"{token[0]} at letter {_place(token)}"


def _place(token: re.Match[str]) -> int:
    return token.start() + 1
