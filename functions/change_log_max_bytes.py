"""Let a log file grow larger, or less large, from the next start on."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import settings
from db.engine import writing
from functions import wire
from functions.show_log_max_bytes import MEGABYTE, LogSize

ROUTE = "POST /api/settings/log-max-bytes"
ROLE = "admin"
LEAST, MOST = 1 / 1024, 1024.0  # megabytes


class LogSizeChange(Struct):
    """The size in megabytes, also as a text."""

    maxMB: float | str | None = None  # noqa: N815  the predecessor's name


class LogSizeChanged(LogSize):
    """The size that holds from the next start."""

    success: bool = True


BODY, ANSWER = LogSizeChange, LogSizeChanged


def check(megabytes: float | str | None) -> float:
    """Return the size, or raise 400 in the predecessor's words."""
    if megabytes is None:
        raise wire.Invalid("body", "/maxMB", "maxMB value is required")
    try:
        size = float(megabytes)
    except ValueError:
        raise wire.Invalid("body", "/maxMB", "Invalid maxMB value") from None
    if size <= 0:
        raise wire.Invalid("body", "/maxMB", "maxMB must be greater than 0")
    if not LEAST <= size <= MOST:
        raise wire.Invalid("body", "/maxMB", f"maxMB must be from {LEAST:.3f} to {MOST:g}")
    return size


async def handle(req: Request, resp: Response) -> None:
    """Keep the size."""
    size = check((await wire.body(req, LogSizeChange)).maxMB)
    largest = int(size * MEGABYTE)
    async with writing() as conn:
        await settings.change(conn, {"log_max_bytes": largest})
    wire.answer(resp, LogSizeChanged(largest, size))
