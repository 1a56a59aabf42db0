"""Find for each person that a comic names, whatever the role is called, the field of ComicInfo.

The roles are the 42 of MetronInfo, and what ComicBookInfo and others have called the same work.
Roles that ComicInfo has no field for (Designer, Production, Publisher, …) have no home in `Tags`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from comics.tags.values import join

FIELDS = (
    "writer",
    "penciller",
    "inker",
    "colorist",
    "letterer",
    "cover_artist",
    "editor",
    "translator",
)
"""The fields of `Tags` that hold people."""

_DRAWN = ("penciller", "inker")  # who is named for the art alone did both

_ROLES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(["writer", "script", "scripter", "scriptwriter", "author"], ("writer",)),
    **dict.fromkeys(["story", "plot", "plotter", "scenario", "scenarist"], ("writer",)),
    **dict.fromkeys(["artist", "art", "illustrator", "illustrations", "drawing"], _DRAWN),
    **dict.fromkeys(["penciller", "penciler", "pencils", "pencil"], ("penciller",)),
    **dict.fromkeys(["breakdowns", "layouts", "layout"], ("penciller",)),
    **dict.fromkeys(["inker", "inks", "ink", "inkassists"], ("inker",)),
    **dict.fromkeys(["embellisher", "finishes", "finisher"], ("inker",)),
    **dict.fromkeys(["colorist", "colourist", "colorer", "colourer"], ("colorist",)),
    **dict.fromkeys(["color", "colour", "colors", "colours"], ("colorist",)),
    **dict.fromkeys(["colorseparations", "colorassists", "colorflats", "graytone"], ("colorist",)),
    **dict.fromkeys(["letterer", "letters", "lettering"], ("letterer",)),
    **dict.fromkeys(["cover", "covers", "coverart", "coverartist"], ("cover_artist",)),
    **dict.fromkeys(["coverdesigner"], ("cover_artist",)),
    **dict.fromkeys(["editor", "edits", "editing", "editorinchief"], ("editor",)),
    **dict.fromkeys(["translator", "translation"], ("translator",)),
}
_BETWEEN_ROLES = re.compile(r"[,;/&+]|\band\b")
_NO_LETTERS = re.compile(r"[\W\d_]+")


def assign(credited: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the fields of `Tags` for pairs of a person's name and what that person did."""
    found: dict[str, list[str]] = defaultdict(list)
    for person, roles in credited:
        for field in fields(roles):
            found[field].append(person)
    return {field: join(found[field]) for field in FIELDS if field in found}


def fields(roles: str) -> Iterator[str]:
    """Yield the fields of `Tags` for what someone did: "Story & Art" is three of them."""
    for role in _BETWEEN_ROLES.split(roles.casefold()):
        plain = _NO_LETTERS.sub("", role)
        if plain.endswith("editor"):
            plain = "editor"
        yield from _ROLES.get(plain, ())
