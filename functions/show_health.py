"""Tell the predecessor's clients how it is: the library's folder, the database, the watcher.

Whoever is not logged in, as the checks of a container are not, is told no more than that.
"""

import asyncio
import os
from typing import Literal

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct, structs

from comics.paths import from_text
from db import callers, libraries
from db.engine import listing, reading
from functions import __version__, wire
from functions.callers import credentials

ROUTE = "GET /health /api/health"
ROLE = "anyone"

Status = Literal["healthy", "unhealthy"]

PATIENCE = 2.0  # seconds that a share which is away may take to say so


class Checks(Struct):
    """Each "ok", or what is wrong."""

    watched_dir: str
    database: str
    watcher: str


class Health(Struct):
    """The health of the service; the watcher does not count."""

    status: Status
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


async def handle(req: Request, resp: Response) -> None:
    """Answer 503 if a library's folder is away; without the database, `failures` answers."""
    async with listing() as driver:
        knows_all = (await callers.find(driver, credentials(req))).sees_all
    async with reading() as conn:
        known = await libraries.every(conn)
    folders = await asyncio.gather(*(look(library.root) for library in known))
    wrong = [folder for folder in folders if folder != "ok"]
    health = describe(known, wrong)
    wire.answer(resp, health if knows_all else without_details(health))
    resp.status = falcon.HTTP_503 if wrong else falcon.HTTP_200


def describe(known: list[libraries.Library], wrong: list[str]) -> Health:
    """Say how these libraries are, of which something is wrong."""
    is_watched = any(library.watching == "on" for library in known)
    checks = Checks(
        watched_dir="; ".join(wrong) or "ok",
        database="ok",
        watcher="running" if is_watched else "not_running",
    )
    status: Status = "unhealthy" if wrong else "healthy"
    return Health(status, __version__, checks, sum(library.files for library in known))


def without_details(health: Health) -> Health:
    """Return what a stranger may know: no folder, and no number."""
    folder = "ok" if health.status == "healthy" else "error"
    checks = structs.replace(health.checks, watched_dir=folder)
    return structs.replace(health, checks=checks, file_count=0)
