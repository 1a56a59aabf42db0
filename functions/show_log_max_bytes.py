"""Tell ComicMaintainer's clients how large a log file may grow."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import settings
from db.engine import reading
from functions import wire

ROUTE = "GET /api/settings/log-max-bytes"
ROLE = "viewer"
MEGABYTE = 2**20


class LogSize(Struct):
    """The same size twice."""

    maxBytes: int  # noqa: N815  the predecessor's name
    maxMB: float  # noqa: N815  the predecessor's name


ANSWER = LogSize


async def handle(_req: Request, resp: Response) -> None:
    """Answer what is chosen; it holds from the next start, unless $LOG_MAX_BYTES says otherwise."""
    async with reading() as conn:
        known = await settings.current(conn, settings.Settings)
    wire.answer(resp, LogSize(known.log_max_bytes, known.log_max_bytes / MEGABYTE))
