"""How libraries are added, changed and shown: the rules that the API and the command share."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy.ext.asyncio import AsyncConnection

from comics import excludes, roots, schedules
from comics.excludes import BadGlob
from comics.roots import BadRoot
from comics.schedules import BadSchedule
from db import libraries, scans, settings

Root = Annotated[str, Meta(description="The folder, its whole path; a link is followed.")]
Name = Annotated[
    str, Meta(min_length=1, max_length=200, description="The folder's own name if left out.")
]
ReadOnly = Annotated[bool, Meta(description="Nothing ever changes a file of this library.")]
Schedule = Annotated[
    str | None,
    Meta(
        description="When it is scanned: five fields as cron has them, in local time; `never` for "
        "only when it is asked for; null for every `scan_every_minutes` of the settings."
    ),
]
Watch = Annotated[bool, Meta(description="Scan a folder as soon as something in it has changed.")]
Excludes = Annotated[
    list[str],
    Meta(
        max_length=200,
        description="Globs of what is left out, as a .gitignore has them, without `!`. No file is "
        "touched, and what is left out comes back with its marks when its glob goes.",
    ),
]


class NewLibrary(Struct, forbid_unknown_fields=True):
    """A library to add."""

    root: Root
    name: Name | UnsetType = UNSET
    read_only: ReadOnly = False
    schedule: Schedule = None
    watch: Watch = False
    excludes: Excludes = []


class LibraryChange(Struct, forbid_unknown_fields=True):
    """What to change of a library; what is left out stays as it is."""

    root: Root | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    read_only: ReadOnly | UnsetType = UNSET
    schedule: Schedule | UnsetType = UNSET
    watch: Watch | UnsetType = UNSET
    excludes: Excludes | UnsetType = UNSET


class Library(libraries.Library):
    """A root folder, how it is kept, and how many of its comics are in which state."""

    next_scan_at: datetime | None


class Refused(ValueError):
    """A library cannot be kept like that: which field says so, and a sentence why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


class Taken(Refused):
    """Another library has the folder, or a part of it."""


RESCANNED: Final = {"root", "excludes"}  # what a change of is seen only by a scan


async def add(conn: AsyncConnection, wanted: NewLibrary) -> int:
    """Make a library, ask for its first scan, and return its id; raise `Refused`."""
    columns = check(msgspec.to_builtins(wanted))
    await refuse_overlap(conn, columns["root"])
    columns.setdefault("name", columns["root"].rpartition("/")[2] or "/")
    library = await libraries.add(conn, columns)
    await scans.request(conn, library)
    return library


async def change(conn: AsyncConnection, library: libraries.Library, wanted: LibraryChange) -> None:
    """Change a library, and ask for a scan if that shows what else has changed; raise `Refused`.

    What is as it was is not looked at: a library is renamed though its disk is away.
    """
    given = msgspec.to_builtins(wanted)
    columns = check({name: given[name] for name in given if given[name] != getattr(library, name)})
    if "root" in columns:
        await refuse_overlap(conn, columns["root"], library.id)
    await libraries.change(conn, library.id, columns)
    if RESCANNED & set(columns):
        await scans.request(conn, library.id)


def check(columns: dict[str, Any]) -> dict[str, Any]:
    """Return the columns as they are stored, or raise `Refused` for the first that is wrong."""
    return {field: check_field(field, value) for field, value in columns.items()}


def check_field(field: str, value: Any) -> Any:  # noqa: ANN401  a column's
    """Return a column's value as it is stored."""
    if field == "name" and "\0" in value:
        raise Refused(field, "No text in PostgreSQL has a NUL character.")
    try:
        if field == "root":
            return roots.check(value)
        if field == "schedule" and value is not None:
            return schedules.check(value)
        if field == "excludes":
            excludes.compile_globs(value)
    except (BadRoot, BadSchedule, BadGlob) as error:
        raise Refused(field, str(error)) from error
    return value


async def refuse_overlap(conn: AsyncConnection, root: str, mine: int | None = None) -> None:
    """Raise `Taken` where comics would be in two libraries; nobody takes the root until the end."""
    for library, taken in (await libraries.claim_roots(conn)).items():
        if library != mine and roots.overlap(root, taken):
            raise Taken("root", f"{root} and {taken}, the folder of library {library}, overlap.")


async def shown(conn: AsyncConnection, library: int | None = None) -> list[Library]:
    """Return the libraries, or this one if there is such, with when they are scanned next."""
    minutes = (await settings.current(conn, settings.Settings)).scan_every_minutes
    known = await libraries.every(conn) if library is None else [await libraries.one(conn, library)]
    return [
        Library(
            **msgspec.structs.asdict(one),
            next_scan_at=schedules.next_scan(
                one.schedule, minutes, begun=one.begun_at, since=one.scheduled_at
            ),
        )
        for one in known
        if one
    ]
