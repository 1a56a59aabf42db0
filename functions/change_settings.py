"""Change some settings and leave the others."""

import msgspec
from falcon.asgi import Request, Response

from db import settings
from db.engine import writing
from functions import all_settings, wire

ROUTE = "PATCH /api/settings"
ROLE = "admin"
BODY, ANSWER = all_settings.SettingsChange, all_settings.Settings


async def handle(req: Request, resp: Response) -> None:
    """Store what was sent, and answer every setting; 400 says what is wrong with a template."""
    changes = msgspec.to_builtins(await wire.body(req, BODY))
    all_settings.check(changes)
    async with writing() as conn:
        await settings.change(conn, changes)
        wire.answer(resp, all_settings.choose(await settings.stored(conn)))
