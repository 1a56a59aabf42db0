"""Watch every library from now on, or none, as ComicMaintainer's clients ask for it."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import libraries
from db.engine import writing
from functions import wire

ROUTE = "POST /api/settings/watcher-enabled"
ROLE = "admin"


class WatcherChange(Struct):
    """Whether to watch."""

    enabled: bool | None = None


class WatcherChanged(Struct):
    """Whether libraries are watched."""

    enabled: bool
    success: bool = True


BODY, ANSWER = WatcherChange, WatcherChanged


async def handle(req: Request, resp: Response) -> None:
    """Have the scheduler begin or stop at once."""
    asked = await wire.body(req, WatcherChange)
    if asked.enabled is None:
        raise wire.Invalid("body", "/enabled", "Enabled value is required")
    async with writing() as conn:
        await libraries.watch_all(conn, asked.enabled)
    wire.answer(resp, WatcherChanged(asked.enabled))
