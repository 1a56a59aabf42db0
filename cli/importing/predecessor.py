"""What ComicMaintainer kept, whichever of its versions: marks, history, settings, preferences.

Its first versions wrote the marks as JSON below markers/, later ones into markers/markers.db, the
last into store/comicmaintainer.db, with a history. It moved them on itself, and gave what it had
moved another name, so all that has its first name counts. Paths are as `comics.paths` writes them.
JSON is read by Python's own reader, since others refuse names that are no UTF-8.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from cli.importing.sqlite import Unreadable, read_table
from comics.paths import to_text
from comics.tags.values import whole

MARKED: Final = "processed"
DUPLICATE: Final = "duplicate"

_DATABASES: Final = ("store/comicmaintainer.db", "markers/markers.db")
_PATH: Final = re.compile(rb'"(/(?:[^"\\]|\\.)+)"')
# A column of its history: the field of ours.
_FIELDS: Final = {
    **{field: field for field in ("title", "series", "publisher", "year", "volume")},
    "issue": "number",
}
_NUMBERS: Final = frozenset({"year", "volume"})


class Change(Struct, frozen=True):
    """One entry of its history: a comic at `path`, and what of it changed from what to what.

    `before` and `after` have the name of the file as "name", and fields of `Tags`.
    """

    id: int
    path: str
    at: datetime
    before: dict[str, str | int | None]
    after: dict[str, str | int | None]


class Kept(Struct):
    """All of it; `faults` says what could not be read."""

    marked: set[str] = msgspec.field(default_factory=set)
    duplicate: set[str] = msgspec.field(default_factory=set)
    history: list[Change] = []
    settings: dict[str, Any] = {}
    preferences: dict[str, Any] = {}
    faults: list[str] = []


def read(folder: Path) -> Kept:
    """Return what is in a /Config; what is not there is empty."""
    kept = Kept()
    for part in (_read_json_marks, _read_marks, _read_history, _read_settings, _read_preferences):
        _read_part(part, folder, kept)
    return kept


def _read_part(part: Callable[[Path, Kept], None], folder: Path, kept: Kept) -> None:
    """Read one part; what is wrong with it does not keep the others from being read."""
    try:
        part(folder, kept)
    except Unreadable as error:
        kept.faults.append(str(error))
    except OSError as error:
        kept.faults.append(f"{error.filename} cannot be read ({error.strerror}).")


def _read_json_marks(folder: Path, kept: Kept) -> None:
    for kind, marks in ((MARKED, kept.marked), (DUPLICATE, kept.duplicate)):
        file = folder / "markers" / f"{kind}_files.json"
        if file.is_file():
            marks.update(map(to_text, _read_paths(file, kept)))


def _read_paths(file: Path, kept: Kept) -> list[str]:
    """Return the paths that a file of marks lists, also one of which an end is missing."""
    content = file.read_bytes()
    try:
        return [path for path in json.loads(content)["files"] if isinstance(path, str)]
    except (ValueError, LookupError, TypeError):
        found = [path for path in map(_decode, _PATH.findall(content)) if path]
        kept.faults.append(f"{file} is damaged: {len(found):,} paths could be made out.")
        return found


def _decode(path: bytes) -> str | None:
    """Return a JSON string's text, or None for what is none."""
    try:
        return str(json.loads(b'"%b"' % path))
    except ValueError:
        return None


def _read_marks(folder: Path, kept: Kept) -> None:
    by_kind = {MARKED: kept.marked, DUPLICATE: kept.duplicate}
    for name in _DATABASES:
        for row in read_table(folder / name, "markers"):
            if row["marker_type"] in by_kind:
                by_kind[row["marker_type"]].add(to_text(row["filepath"]))


def _read_history(folder: Path, kept: Kept) -> None:
    rows = read_table(folder / _DATABASES[0], "processing_history")
    kept.history = [_make_change(row) for row in rows]


def _make_change(row: dict[str, Any]) -> Change:
    return Change(
        id=row["id"],
        path=to_text(row["filepath"]),
        at=datetime.fromtimestamp(row["timestamp"], UTC),
        before=dict(_changed(row, "before")),
        after=dict(_changed(row, "after")),
    )


def _changed(row: dict[str, Any], side: str) -> Iterator[tuple[str, str | int | None]]:
    """Yield one side of what differs between before and after."""
    if row["before_filename"] != row["after_filename"]:
        yield "name", to_text(row[f"{side}_filename"] or "")
    for column, field in _FIELDS.items():
        if (row[f"before_{column}"] or "") != (row[f"after_{column}"] or ""):
            value = to_text(row[f"{side}_{column}"] or "") or None
            yield field, whole(value) if value and field in _NUMBERS else value


def _read_settings(folder: Path, kept: Kept) -> None:
    file = folder / "config.json"
    if file.is_file():
        try:
            kept.settings = dict(json.loads(file.read_bytes()))
        except (ValueError, TypeError) as error:
            raise Unreadable(f"{file} is damaged: its settings are not known.") from error


def _read_preferences(folder: Path, kept: Kept) -> None:
    rows = read_table(folder / "preferences.db", "preferences")
    kept.preferences = {to_text(row["key"]): _read_value(row["value"]) for row in rows}


def _read_value(text: str) -> Any:  # noqa: ANN401  whatever JSON holds
    """Return what a preference is: it was written as JSON, but for texts."""
    try:
        return json.loads(to_text(text))
    except ValueError:
        return to_text(text)
