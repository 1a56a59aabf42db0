"""Ask for a scan of one library, of a folder or file in it, or of all; whoever scans is woken."""

from typing import Annotated

import falcon
from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import faults, libraries, scans
from db.engine import writing
from db.scans import Scan
from functions import limits, wire

ROUTE = "POST /api/scans"
ROLE = "editor"
STATUS = falcon.HTTP_202
PROBLEMS = ("429",)


class ScanRequest(Struct, forbid_unknown_fields=True):
    """Which library, and which folder or file in it; all if none is named."""

    library: wire.Id | None = None
    folder: str | None = None  # below the library's root, as files have it in `relative_path`
    again: Annotated[
        bool, Meta(description="Read what could not be read once more, though unchanged.")
    ] = False


class QueuedScans(Struct):
    """The scans that now wait; one that waited already is not queued again."""

    scans: list[Scan]


BODY, ANSWER = ScanRequest, QueuedScans


async def handle(req: Request, resp: Response) -> None:
    """Queue the scans, or answer 404 for a library that is not there."""
    asked = await wire.body(req, ScanRequest)
    folder = folder_of(asked)
    await limits.spend(req, limits.SCANS)
    async with writing() as conn:
        known = [library.id for library in await libraries.every(conn)]
        chosen = known if asked.library is None else [asked.library]
        if not set(chosen) <= set(known):
            raise falcon.HTTPNotFound(description=f"There is no library {asked.library}.")
        for library in chosen if asked.again else ():
            await faults.doubt(conn, library, folder)
        queued = [await scans.request(conn, library, folder) for library in chosen]
        found = [scan for number in queued if (scan := await scans.one(conn, number))]
    wire.answer(resp, QueuedScans(found))
    resp.status = STATUS
    if len(found) == 1:
        resp.location = f"scans/{found[0].id}"


def folder_of(asked: ScanRequest) -> str | None:
    """Return the folder that was asked for, without slashes around it; None is all."""
    folder = (asked.folder or "").strip("/")
    if not folder:
        return None
    if asked.library is None:
        raise wire.Invalid("body", "/folder", "Name the library that it is in, too")
    if "\0" in folder or any(name in {"", ".", ".."} for name in folder.split("/")):
        raise wire.Invalid("body", "/folder", "Write it as a path below the library's folder")
    return folder
