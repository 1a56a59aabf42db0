"""Tell the predecessor's clients how it is: the library's folder, the database, the watcher."""

import asyncio
import os
from typing import Literal

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct

from comics.paths import from_text
from db import libraries
from db.engine import reading
from functions import __version__, wire

ROUTE = "GET /health /api/health"

PATIENCE = 2.0  # seconds that a share which is away may take to say so


class Checks(Struct):
    """Each "ok", or what is wrong."""

    watched_dir: str
    database: str
    watcher: str


class Health(Struct):
    """The health of the service; the watcher does not count."""

    status: Literal["healthy", "unhealthy"]
    version: str
    checks: Checks
    file_count: int


ANSWER = Health


async def look(root: str) -> str:
    """Tell whether this folder can be listed; a dead mount must not hold us."""
    try:
        async with asyncio.timeout(PATIENCE):
            found = await asyncio.to_thread(os.path.isdir, from_text(root))
    except TimeoutError:
        return f"error: {root} does not answer"
    return "ok" if found else f"error: {root} is not there"


async def handle(_req: Request, resp: Response) -> None:
    """Answer 503 if a library's folder is away; without the database, `failures` answers."""
    async with reading() as conn:
        known = await libraries.every(conn)
    folders = await asyncio.gather(*(look(library.root) for library in known))
    wrong = [folder for folder in folders if folder != "ok"]
    is_watched = any(library.watching == "on" for library in known)
    checks = Checks(
        watched_dir="; ".join(wrong) or "ok",
        database="ok",
        watcher="running" if is_watched else "not_running",
    )
    wire.answer(
        resp,
        Health(
            "unhealthy" if wrong else "healthy",
            __version__,
            checks,
            sum(library.files for library in known),
        ),
    )
    resp.status = falcon.HTTP_503 if wrong else falcon.HTTP_200
