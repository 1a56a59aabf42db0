"""Tell ComicMaintainer's clients whether libraries are watched, or meant to be."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import libraries
from db.engine import reading
from functions import wire

ROUTE = "GET /api/watcher/status"
ROLE = "viewer"


class WatcherStatus(Struct):
    """Whether any library is watched at this moment, and whether any is meant to be."""

    running: bool
    enabled: bool


ANSWER = WatcherStatus


async def handle(_req: Request, resp: Response) -> None:
    """Answer it; who watches holds a lock in PostgreSQL, so that no process is guessed at."""
    async with reading() as conn:
        known = await libraries.every(conn)
    wire.answer(
        resp,
        WatcherStatus(
            running=any(library.watching == "on" for library in known),
            enabled=any(library.watch for library in known),
        ),
    )
