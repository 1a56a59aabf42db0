"""Ask for a scan of one library, or of all; whoever runs scans is woken at once."""

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct

from db import libraries, scans
from db.engine import writing
from db.scans import Scan
from functions import wire

ROUTE = "POST /api/scans"
STATUS = falcon.HTTP_202


class ScanRequest(Struct, forbid_unknown_fields=True):
    """Which library; all of them if none is named."""

    library: wire.Id | None = None


class QueuedScans(Struct):
    """The scans that now wait; one that waited already is not queued again."""

    scans: list[Scan]


BODY, ANSWER = ScanRequest, QueuedScans


async def handle(req: Request, resp: Response) -> None:
    """Queue the scans, or answer 404 for a library that is not there."""
    asked = await wire.body(req, ScanRequest)
    async with writing() as conn:
        known = [library.id for library in await libraries.every(conn)]
        chosen = known if asked.library is None else [asked.library]
        if not set(chosen) <= set(known):
            raise falcon.HTTPNotFound(description=f"There is no library {asked.library}.")
        queued = [await scans.request(conn, library) for library in chosen]
        found = [scan for number in queued if (scan := await scans.one(conn, number))]
    wire.answer(resp, QueuedScans(found))
    resp.status = STATUS
    if len(found) == 1:
        resp.location = f"scans/{found[0].id}"
