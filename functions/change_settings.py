"""Change some settings and leave the others."""

import msgspec
from falcon.asgi import Request, Response
from msgspec import UNSET, Struct, UnsetType

from db import settings
from db.engine import writing
from db.settings import Days, Minutes, Settings
from functions import wire

ROUTE = "PATCH /api/settings"


class SettingsChange(Struct, forbid_unknown_fields=True):
    """The settings to change."""

    scan_every_minutes: Minutes | UnsetType = UNSET
    forget_missing_after_days: Days | UnsetType = UNSET


BODY, ANSWER = SettingsChange, Settings


async def handle(req: Request, resp: Response) -> None:
    """Store what was sent, and answer every setting."""
    changes = msgspec.to_builtins(await wire.body(req, SettingsChange))
    async with writing() as conn:
        await settings.change(conn, changes)
        wire.answer(resp, await settings.current(conn))
