"""Show what the page keeps for whoever looks at it: the theme, how much is on a page, and so on."""

from typing import Any, Final

from falcon.asgi import Request, Response

from db import preferences
from db.engine import reading
from functions import wire

ROUTE = "GET /api/preferences"
ROLE = "viewer"
DEFAULTS: Final = {"theme": None, "perPage": 100}  # what ComicMaintainer's page counts on

ANSWER = dict[str, Any]


async def handle(_req: Request, resp: Response) -> None:
    """Answer every preference by name."""
    async with reading() as conn:
        wire.answer(resp, DEFAULTS | await preferences.current(conn))
