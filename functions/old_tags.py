"""A comic's tags by the names that ComicMaintainer's clients have for them."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from comics.tag_edits import Given, Set, TagEdits
from comics.tags.writable import write_value
from functions import wire

NUMBER: Final = "issue"  # what ComicInfo and we call number
GUESSES: Final = frozenset({"file name", "folder"})  # who told what no document in the comic does
LEFT: Final = frozenset({"page_count", "pages"})  # what nobody sets: it is counted


class OldTags(Struct):
    """What a comic's own documents say of it; a field that they leave out is empty."""

    title: str = ""
    series: str = ""
    issue: str = ""
    volume: str = ""
    publisher: str = ""
    year: str = ""
    month: str = ""
    writer: str = ""
    penciller: str = ""
    inker: str = ""
    colorist: str = ""
    letterer: str = ""
    cover_artist: str = ""
    editor: str = ""
    summary: str = ""
    notes: str = ""
    genre: str = ""
    tags: str = ""
    web: str = ""
    page_count: int = 0


def field_of(name: str) -> str:
    """Return the field of `comics.tags.comicinfo.Tags` that a client means."""
    return "number" if name == NUMBER else name


def describe(tags: Mapping[str, Any], provenance: Mapping[str, str]) -> OldTags:
    """Say it in the predecessor's words."""
    own = {field: value for field, value in tags.items() if provenance.get(field) not in GUESSES}
    told = {
        name: write_value(own.get(field_of(name)))
        for name in OldTags.__struct_fields__
        if name not in LEFT
    }
    return OldTags(**told, page_count=own.get("page_count") or 0)


class Understood(Struct):
    """What a client wants changed, and why what it sent besides is left out, by its names."""

    edits: TagEdits
    ignored: dict[str, str]


def understand(sent: Mapping[str, Given]) -> Understood:
    """Read the fields that a client wants set; one that is blank goes.

    The predecessor set what it could, and told nothing of what it did not know or could not set.
    Raises 400 where that is all that was sent.
    """
    edits: list[Set] = []
    ignored: dict[str, str] = {}
    for name, value in sent.items():
        try:
            edits.append(read(name, value))
        except ValueError as error:
            ignored[name] = str(error)
    if not edits:
        raise wire.Invalid("body", "", next(iter(ignored.values())))
    return Understood(TagEdits(tuple(edits)), ignored)


def read(name: str, value: Given) -> Set:
    """Return the edit of one field, or raise a ValueError that says why it cannot be."""
    if name in LEFT:
        raise ValueError("Pages are counted, not set.")
    return Set(field_of(name), value)
