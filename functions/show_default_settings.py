"""Show what each setting is if nobody has changed it."""

from falcon.asgi import Request, Response

from functions import all_settings, wire

ROUTE = "GET /api/settings/defaults"
ROLE = "viewer"
ANSWER = all_settings.Settings


async def handle(_req: Request, resp: Response) -> None:
    """Answer the defaults, which no row tells of."""
    wire.answer(resp, all_settings.Settings())
