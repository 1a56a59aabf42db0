"""How batches are made and changed: what the API, the old routes and the command share."""

import os
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated, Final, Literal

import falcon
import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from comics import rules
from comics.orders import Orders
from comics.paths import to_text
from comics.tag_edits import TagEdits
from db import batches, happenings, settings
from db.batches import Batch, New, Request
from db.engine import writing
from db.list_shapes import Direction, Sort
from db.listing import Wanted
from db.selections import Chosen, Except
from functions import wire
from functions.narrowing import Narrowing, narrow
from functions.shelving import Refused

Kind = rules.Kind | Literal["tags", "convert", "mark", "unmark", "deduplicate", "delete", "purge"]
"""What may be asked for; what is undone is undone by its batch."""

TITLES: Final[dict[Kind, str]] = {
    "process": "Process",
    "rename": "Rename",
    "normalize": "Normalize",
    "tags": "Change tags",
    "convert": "Convert to CBZ",
    "mark": "Mark as processed",
    "unmark": "Mark as unprocessed",
    "deduplicate": "Move duplicates away",
    "delete": "Delete",
    "purge": "Empty the trash",
}


class Listed(Narrowing, kw_only=True, forbid_unknown_fields=True):
    """All the files that a list with these parameters has at this moment, in its order."""

    sort: Sort = "name"
    direction: Direction = "asc"


class NewBatch(Struct, kw_only=True, forbid_unknown_fields=True, rename={"left_out": "except"}):
    """What to do, and to which files: to some, or to all of a list."""

    kind: Kind
    files: (
        Annotated[list[wire.Id], Meta(min_length=1, description="Ids, in this order.")] | None
    ) = None
    filter: Annotated[
        Listed | None, Meta(description="Parameters of GET /api/files; {} for all files.")
    ] = None
    left_out: Annotated[list[wire.Id], Meta(description="With `filter`: all but these ids.")] = []
    edits: Annotated[TagEdits | None, Meta(description="What to change of the tags.")] = None
    permanent: Annotated[bool, Meta(description="Delete for good, not to the trash.")] = False
    dry_run: Annotated[bool, Meta(description="Only work out what would be done.")] = False
    title: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


async def make(conn: AsyncConnection, wanted: NewBatch, request_key: str | None = None) -> Batch:
    """Make a batch, or return the one that this request has made before.

    Raises `Refused` for what cannot be done, and `KeyUsed` if the key was given to another request.
    """
    if (field := find_nul(msgspec.to_builtins(wanted))) is not None:
        raise Refused(field, "No text in PostgreSQL has a NUL character.")
    new = New(
        kind=wanted.kind,
        title=wanted.title or TITLES[wanted.kind],
        chosen=chosen(wanted),
        orders=msgspec.to_builtins(await orders(conn, wanted)),
        preview=wanted.dry_run,
        request=Request(request_key, digest(wanted)) if request_key else None,
    )
    return await batches.make(conn, new)


def find_nul(value: object, field: str = "") -> str | None:
    """Return which field has a text with a NUL character, if one has."""
    if isinstance(value, str):
        return field if "\0" in value else None
    if not isinstance(value, dict | list):
        return None
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    found = (find_nul(part, f"{field}/{name}".lstrip("/")) for name, part in parts)
    return next((where for where in found if where is not None), None)


def chosen(wanted: NewBatch) -> Chosen:
    """Return the files that are meant; raise `Refused` if that is not said, or said twice."""
    if wanted.files is not None and wanted.filter is None and not wanted.left_out:
        return wanted.files
    if wanted.filter is not None and wanted.files is None:
        asked = wanted.filter
        listed = Wanted(sort=asked.sort, direction=asked.direction, **narrow(asked))
        return Except(listed, wanted.left_out) if wanted.left_out else listed
    raise Refused(
        "files",
        "Say which files: `files`, their ids, or `filter`, {} for all, perhaps with `except`.",
    )


async def orders(conn: AsyncConnection, wanted: NewBatch) -> Orders:
    """Return what is to be done, with the settings as they are now; raise `Refused`."""
    rows = await settings.stored(conn)
    chosen_folder = settings.choose(rows, settings.Settings).duplicates_root
    try:
        return Orders(
            kind=wanted.kind,
            settings=settings.choose(rows, rules.Settings),
            edits=wanted.edits,
            permanent=wanted.permanent,
            duplicates_root=chosen_folder or to_text(os.environ.get("DUPLICATE_DIR", "")) or None,
        )
    except ValueError as error:
        field = "edits" if wanted.kind == "tags" else "kind"
        raise Refused(field, str(error)) from error


def digest(wanted: object) -> bytes:
    """Return what tells one request from another."""
    return sha256(msgspec.json.encode(wanted, order="deterministic")).digest()


class Conflict(Exception):
    """A batch is in no state for what is asked of it; the sentence says what it is in."""


Verb = Callable[[AsyncConnection, int], Awaitable[bool]]


async def change(batch: int, verb: Verb, only: str) -> Batch:
    """Do this to a batch and return it, or answer 404; raise `Conflict`, with what it is for."""
    async with writing() as conn:
        changed = await verb(conn, batch)
        found = await one(conn, batch)
        if not changed:
            raise Conflict(f"Batch {batch} is {found.state}; {only}.")
        return found


async def one(conn: AsyncConnection, batch: int) -> Batch:
    """Return this batch, or answer 404."""
    if found := await batches.one(conn, batch):
        return found
    raise falcon.HTTPNotFound(description=f"There is no batch {batch}.")


async def undo(
    conn: AsyncConnection, undone: Batch, *, file: int | None = None, preview: bool
) -> Batch:
    """Make a batch that undoes what another has done, or has done to one file.

    Raises `Conflict` while the other goes on, and where nothing is left to undo.
    """
    if undone.state not in {"done", "cancelled"}:
        raise Conflict(f"Batch {undone.id} is {undone.state}; cancel it before you undo it.")
    if not await happenings.is_quiet(conn, undone.id):
        raise Conflict(f"Batch {undone.id} is at its last files: try again in a moment.")
    new = batches.undoing(undone, f"Undo: {undone.title}", file)
    made = await batches.make(conn, msgspec.structs.replace(new, preview=preview))
    if not made.total:
        raise Conflict(
            f"Of batch {undone.id} nothing is left to undo: it has changed nothing, or that is "
            "undone."
        )
    return made
