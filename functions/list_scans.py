"""List the scans, newest first: those that run with how far they are, those that ended with why."""

from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import scans
from db.engine import reading
from db.scans import Scan
from functions import wire

ROUTE = "GET /api/scans"
ROLE = "viewer"


class ScansQuery(Struct):
    """How many, and of which library."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 20
    library: wire.Id | None = None


class ScanList(Struct):
    """The newest scans."""

    scans: list[Scan]


QUERY, ANSWER = ScansQuery, ScanList


async def handle(req: Request, resp: Response) -> None:
    """Answer the newest scans."""
    query = wire.query(req, ScansQuery)
    async with reading() as conn:
        wire.answer(resp, ScanList(await scans.newest(conn, query.limit, query.library)))
