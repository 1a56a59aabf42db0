"""Show the settings."""

from falcon.asgi import Request, Response

from db import settings
from db.engine import reading
from db.settings import Settings
from functions import wire

ROUTE = "GET /api/settings"
ANSWER = Settings


async def handle(_req: Request, resp: Response) -> None:
    """Answer every setting, changed or not."""
    async with reading() as conn:
        wire.answer(resp, await settings.current(conn))
