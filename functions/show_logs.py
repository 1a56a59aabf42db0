"""Show the end of what this machine's Longbox has logged, if it logs to a file."""

import asyncio
from typing import Final

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct

from functions import log, wire
from functions.log_file import tail

ROUTE = "GET /api/logs"
ROLE = "admin"
PROBLEMS = ("404",)
MOST: Final = 2 * 2**20  # bytes that are looked at, however much there is
DEBUG: Final = b'"level":"debug"'


class LogQuery(Struct):
    """How many lines, all that are looked at if none; `debug` has those of that level, too."""

    lines: int = 500
    type: str = "basic"


class Logs(Struct):
    """The last lines; `total_lines` are those that were looked at."""

    logs: str
    total_lines: int
    returned_lines: int
    log_type: str


QUERY, ANSWER = LogQuery, Logs


async def handle(req: Request, resp: Response) -> None:
    """Answer the lines, the newest last, or 404 where there is no file."""
    asked = wire.query(req, LogQuery)
    path = log.file_named()
    try:
        found = await asyncio.to_thread(tail, path, MOST) if path else None
    except FileNotFoundError:
        found = None
    if found is None:
        raise falcon.HTTPNotFound(description="Log file not found")
    with_debug = asked.type == "debug"
    lines = [line for line in found.splitlines(keepends=True) if with_debug or DEBUG not in line]
    chosen = lines[-asked.lines :] if asked.lines > 0 else lines
    wire.answer(
        resp,
        Logs(
            b"".join(chosen).decode(errors="replace"),
            total_lines=len(lines),
            returned_lines=len(chosen),
            log_type="debug" if with_debug else "basic",
        ),
    )
