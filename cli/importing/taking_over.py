"""Put what ComicMaintainer kept into the index: which comic is meant, and what has come of it."""

import posixpath
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.importing.predecessor import Change, Kept
from comics import rules
from db import imported, places, preferences, settings
from db.imported import Past

CHUNK: Final = 5_000  # paths, or entries, a statement
TITLE: Final = "History of ComicMaintainer"

_KINDS: Final[dict[str, type[Struct]]] = {
    "filename_format": rules.Settings,
    "issue_number_padding": rules.Settings,
    "log_max_bytes": settings.Settings,
}
_ELSEWHERE: Final = {
    "watcher_enabled": "each library has its own watch: longbox library edit NAME --watch",
    "github_token": "Longbox reports nothing by itself",
    "github_repository": "Longbox reports nothing by itself",
    "github_issue_assignee": "Longbox reports nothing by itself",
}

Locate = Callable[[str], tuple[str, str] | None]
"""Tell by a path of ComicMaintainer's the root of the library that it is in, and its path there."""


class Report(Struct):
    """What came: comics marked anew, entries of the history, settings and preferences.

    `unknown` are paths that the index does not have, `left` says what else stayed behind and why.
    """

    marked: int = 0
    duplicate: int = 0
    history: int = 0
    settings: dict[str, Any] = {}
    preferences: dict[str, Any] = {}
    unknown: list[str] = []
    left: list[str] = []


async def take_over(conn: AsyncConnection, kept: Kept, locate: Locate) -> Report:
    """Take in all that is not there yet; to do so again changes nothing."""
    report = Report(left=list(kept.faults))
    found = await _find(conn, _paths(kept), locate)
    report.marked = await imported.mark(conn, _ids(kept.marked, found), "marked")
    report.duplicate = await imported.mark(conn, _ids(kept.duplicate, found), "duplicate")
    past, strangers = _follow(kept.history, found, locate)
    if past:
        report.history = await _remember(conn, kept.history, past)
    report.unknown = sorted(((kept.marked | kept.duplicate) - found.keys()) | strangers)
    await _take_settings(conn, kept, report)
    await _take_preferences(conn, kept, report)
    return report


def _paths(kept: Kept) -> list[str]:
    """Return every path at which a comic may be now."""
    ends = (path for change in kept.history for path in (_after(change), change.path))
    return list(dict.fromkeys([*kept.marked, *kept.duplicate, *ends]))


def _before(change: Change) -> str:
    """Return where a comic was when it was processed."""
    return _in_folder(change, change.before.get("name"))


def _after(change: Change) -> str:
    """Return where a comic was once it was processed: it never left its folder by that."""
    return _in_folder(change, change.after.get("name"))


def _in_folder(change: Change, name: object) -> str:
    return posixpath.join(posixpath.dirname(change.path), str(name)) if name else change.path


async def _find(conn: AsyncConnection, paths: list[str], locate: Locate) -> dict[str, int]:
    """Return by path the comics that are in the index."""
    here = {path: posixpath.join(*place) for path in paths if (place := locate(path))}
    asked = list(here.values())
    ids: dict[str, int] = {}
    for start in range(0, len(asked), CHUNK):
        ids |= await places.find(conn, asked[start : start + CHUNK])
    return {path: ids[whole] for path, whole in here.items() if whole in ids}


def _ids(paths: Iterable[str], found: dict[str, int]) -> list[int]:
    return [found[path] for path in paths if path in found]


def _follow(
    history: Iterable[Change], found: dict[str, int], locate: Locate
) -> tuple[list[Past], set[str]]:
    """Return what was done to which comics of the index, and the paths of all others.

    A comic that was renamed again later is followed from its last name back to its first.
    """
    past: list[Past] = []
    strangers: set[str] = set()
    later: dict[str, int] = {}
    for change in sorted(history, key=lambda change: (change.at, change.id), reverse=True):
        before, after = _before(change), _after(change)
        file = later.get(after) or found.get(after) or found.get(change.path)
        if file is None:
            strangers.add(after)
            continue
        later[before] = file
        past.append(_describe(change, file, locate))
    return past, strangers


def _describe(change: Change, file: int, locate: Locate) -> Past:
    """Say it as Longbox's own history does."""
    before, after = (_below(path, locate) for path in (_before(change), _after(change)))
    return Past(
        seq=change.id,
        file=file,
        path=before,
        before={"path": before, **_fields(change.before)},
        after={"path": after, **_fields(change.after)},
        at=change.at,
    )


def _below(path: str, locate: Locate) -> str:
    place = locate(path)
    return place[1] if place else path


def _fields(side: dict[str, str | int | None]) -> dict[str, Any]:
    return {field: value for field, value in side.items() if field != "name"}


async def _remember(conn: AsyncConnection, history: list[Change], past: list[Past]) -> int:
    """Store the history under a name that its first entry gives: that entry stays the first."""
    first = min(history, key=lambda change: change.id)
    source = f"comicmaintainer {sha256(msgspec.json.encode(first)).hexdigest()}"
    starts = range(0, len(past), CHUNK)
    return sum(
        [
            await imported.remember(conn, source, TITLE, past[start : start + CHUNK])
            for start in starts
        ]
    )


async def _take_settings(conn: AsyncConnection, kept: Kept, report: Report) -> None:
    """Take the settings that nobody has changed in Longbox."""
    ours = await settings.stored(conn)
    for name, value in kept.settings.items():
        if ours.get(name) == value:
            continue
        if why := _refuse(name, value, ours):
            report.left.append(f"The setting {name}: {why}.")
        else:
            report.settings[name] = value
    if report.settings:
        await settings.change(conn, report.settings)


def _refuse(name: str, value: object, ours: dict[str, Any]) -> str | None:
    """Return why a setting stays behind, or None."""
    if name not in _KINDS:
        return _ELSEWHERE.get(name, "Longbox has none of this name")
    if name in ours:
        return "it was chosen in Longbox already"
    if name == "filename_format" and "/" in str(value):
        return "its / would have no effect there, and would make folders here"
    try:
        msgspec.convert({name: value}, _KINDS[name])
    except msgspec.ValidationError as error:
        return str(error).rstrip(".")
    return None


async def _take_preferences(conn: AsyncConnection, kept: Kept, report: Report) -> None:
    """Take the preferences that nobody has changed in Longbox."""
    ours = await preferences.current(conn)
    for name, value in kept.preferences.items():
        if name not in ours and "\0" not in name:
            report.preferences[name] = value
    if report.preferences:
        await preferences.change(conn, report.preferences)
