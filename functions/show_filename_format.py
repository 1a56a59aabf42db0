"""Tell ComicMaintainer's clients how comics are named."""

from falcon.asgi import Request, Response
from msgspec import Struct

from comics.names.naming import DEFAULT
from comics.rules import Settings
from db import settings
from db.engine import reading
from functions import wire

ROUTE = "GET /api/settings/filename-format"
ROLE = "viewer"


class FilenameFormat(Struct):
    """The template of names, and the one that holds if nobody has chosen another."""

    format: str
    default: str


ANSWER = FilenameFormat


async def handle(_req: Request, resp: Response) -> None:
    """Answer the template."""
    async with reading() as conn:
        known = await settings.current(conn, Settings)
    wire.answer(resp, FilenameFormat(known.filename_format, DEFAULT))
