"""Tell ComicMaintainer's clients whether libraries are to be watched."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import libraries
from db.engine import reading
from functions import wire

ROUTE = "GET /api/settings/watcher-enabled"
ROLE = "viewer"


class WatcherEnabled(Struct):
    """Whether any library is to be watched."""

    enabled: bool


ANSWER = WatcherEnabled


async def handle(_req: Request, resp: Response) -> None:
    """Answer it."""
    async with reading() as conn:
        known = await libraries.every(conn)
    wire.answer(resp, WatcherEnabled(any(library.watch for library in known)))
