"""Show the settings."""

from falcon.asgi import Request, Response

from db import settings
from db.engine import reading
from functions import all_settings, wire

ROUTE = "GET /api/settings"
ROLE = "viewer"
ANSWER = all_settings.Settings


async def handle(_req: Request, resp: Response) -> None:
    """Answer every setting, changed or not."""
    async with reading() as conn:
        wire.answer(resp, all_settings.choose(await settings.stored(conn)))
