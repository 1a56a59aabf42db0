"""Keep some preferences and leave the others, whatever a page calls them."""

from typing import Annotated, Any, Final

import falcon
from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import preferences
from db.engine import writing
from functions import wire

ROUTE = "POST /api/preferences"
ROLE = "editor"
MOST: Final = 64 * 2**10  # bytes a request: these are words and numbers, not documents

Name = Annotated[str, Meta(min_length=1, max_length=200)]


class PreferencesUpdated(Struct):
    """That they are kept, in the predecessor's words."""

    success: bool = True
    message: str = "Preferences updated"


BODY, ANSWER = dict[Name, Any], PreferencesUpdated


async def handle(req: Request, resp: Response) -> None:
    """Keep what was sent; a value comes back as it was."""
    if (req.content_length or 0) > MOST:
        raise falcon.HTTPContentTooLarge(description=f"Preferences may have {MOST} bytes.")
    changes = await wire.body(req, BODY)
    if not changes:
        raise wire.Invalid("body", "", "No data provided")
    if any("\0" in name for name in changes):
        raise wire.Invalid("body", "", "No name in PostgreSQL has a NUL character")
    async with writing() as conn:
        await preferences.change(conn, changes)
    wire.answer(resp, PreferencesUpdated())
