"""Name comics by a template: `comics.names.templates` tells how one is written.

Padding follows ComicMaintainer, whose files people have: "71.4" is 0071.4, "1.50" is 0001.5, and
what is not a plain number ("5AU", "½") stays as it is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from comics.names.portable import LONGEST_NAME, Span, clean, fit
from comics.names.templates import Field, Group, Piece, Placeholder, outline, parse, placeholders
from comics.tags.comicinfo import Tags

DEFAULT = "{series} - Chapter {issue}"
PADDING = 4

_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,2})?")
_FIXED = frozenset(
    {"number", "issue", "issue_no_pad", "alternate_number", "story_arc_number", "gtin"}
)
_MEANINGLESS = " .-_"  # alone, what is left of "?" or "/"
_FIELDS_OF_NUMBER = frozenset({"issue", "issue_no_pad"})


class Refusal(ValueError):
    """Say in a sentence why a comic is left as it is, and what would help."""


class Lacking(Refusal):
    """A comic has not got the `fields` that its name needs, which are named as in `Tags`."""

    def __init__(self, template: str, fields: Iterable[str]) -> None:
        self.template = template
        self.fields = tuple(dict.fromkeys(fields))
        super().__init__(template, self.fields)

    def __str__(self) -> str:
        names = " and no ".join(field.replace("_", " ") for field in self.fields)
        return (
            f"This comic has no {names}, which its name needs ({self.template}): tag it,"
            " or put < > around what may be left out of the name."
        )


class Template(Struct, frozen=True):
    """A template that has been understood; `text` is how it was written."""

    text: str
    pieces: tuple[Piece, ...]

    @property
    def has_folders(self) -> bool:
        """Tell whether names are paths from the library's root, or of a file in any folder."""
        return "/" in outline(self.pieces)

    def name(self, tags: Tags, *, padding: int = PADDING, extension: str = "") -> str:
        """Return a portable path for a comic, or raise a `Refusal`; `extension` has its dot.

        `padding` is the digits of an {issue} that asks for no number of its own. Texts are cut
        where the name would be too long, numbers never are. Folders that are left empty vanish.
        """
        spans, lacking = _fill(self.pieces, tags, padding)
        if lacking:
            raise Lacking(self.text, _name_fields(lacking))
        *folders, file = _split(spans)
        parts = [*(fit(folder) for folder in folders), fit(file, extension)]
        if None in parts:
            raise Refusal(
                f"The name would be longer than {LONGEST_NAME} bytes even with its texts cut short:"
                f" shorten the template ({self.text}) or the tags."
            )
        if not parts[-1]:
            raise Lacking(self.text, _name_fields(placeholders(self.pieces)))
        return "/".join(part for part in parts if part)


class Templates(Struct, frozen=True):
    """A template for all comics, and others by ComicInfo's Format, such as TPB or One-Shot."""

    default: str = DEFAULT
    per_format: Mapping[str, str] = {}

    def choose(self, tags: Tags) -> Template:
        """Return the template of a comic's Format, whose letter case does not matter."""
        wanted = _fold(tags.format)
        found = (text for form, text in self.per_format.items() if _fold(form) == wanted)
        return compile(next(found, self.default))


@lru_cache(maxsize=100)
def compile(template: str) -> Template:  # noqa: A001 (as in re.compile)
    """Understand a template, or raise a `TemplateError` that says what to write instead."""
    return Template(template, parse(template))


def pad_number(number: str, digits: int) -> str:
    """Return an issue's number with so many digits before its point, the sign counted as one.

    A fraction loses the zeros at its end, and what is not a plain number is returned as it is.
    """
    if not _NUMBER.fullmatch(number):
        return number
    value = Decimal(number) or Decimal()  # no -0
    whole, _, fraction = format(value, "f").partition(".")
    return f"{whole.zfill(digits)}.{fraction.rstrip('0')}".rstrip(".")


def _fill(
    pieces: Sequence[Piece], tags: Tags, padding: int
) -> tuple[list[Span], list[Placeholder]]:
    """Return what the pieces come to, and the placeholders that the comic has nothing for."""
    spans: list[Span] = []
    lacking: list[Placeholder] = []
    for piece in pieces:
        if isinstance(piece, Group):
            inner, missing = _fill(piece.pieces, tags, padding)
            spans += [] if missing else inner
        elif isinstance(piece, str):
            spans.append(Span(piece))
        elif (span := _choose(piece, tags, padding)) is not None:
            spans.append(span)
        else:
            lacking.append(piece)
    return spans, lacking


def _choose(placeholder: Placeholder, tags: Tags, padding: int) -> Span | None:
    for field in placeholder.choices:
        text = clean(_write(field, tags, padding))
        if text.strip(_MEANINGLESS):
            return Span(text, may_shrink=_is_text(field.name))
    return None if placeholder.words is None else Span(clean(placeholder.words))


def _write(field: Field, tags: Tags, padding: int) -> str:
    """Write a field's value, or "" where it has none; a 0 is none, as in ComicInfo's defaults."""
    value = getattr(tags, _source(field.name))
    if not value:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    digits = field.digits
    if digits is None:
        digits = {"issue": padding, "issue_no_pad": 0}.get(field.name)
    text = str(value).strip()
    return text if digits is None else pad_number(text, digits)


def _split(spans: Sequence[Span]) -> list[list[Span]]:
    """Split at the slashes, which only the template's own words can hold."""
    parts: list[list[Span]] = [[]]
    for span in spans:
        first, *others = span.text.split("/")
        parts[-1].append(Span(first, span.may_shrink))
        parts += [[Span(text)] for text in others]
    return parts


def _name_fields(missing: Iterable[Placeholder]) -> list[str]:
    return [_source(placeholder.choices[0].name) for placeholder in missing]


def _source(field: str) -> str:
    return "number" if field in _FIELDS_OF_NUMBER else field


def _is_text(field: str) -> bool:
    return field not in _FIXED and Tags.__annotations__[field] is str


def _fold(form: str) -> str:
    return form.strip().casefold()
