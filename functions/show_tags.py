"""Show ComicMaintainer's clients the tags of one comic, as it was last read."""

import falcon
from falcon.asgi import Request, Response

from db import files, places
from db.engine import reading
from functions import wire
from functions.old_tags import OldTags, describe

ROUTE = "GET /api/file/{path:tags}"
ROLE = "viewer"
ANSWER = OldTags


async def handle(_req: Request, resp: Response, path: str) -> None:
    """Answer every tag, or 404."""
    async with reading() as conn:
        found = await places.one(conn, path)
        file = await files.one(conn, found) if found else None
    if file is None:
        raise falcon.HTTPNotFound(description="File not found")
    wire.answer(resp, describe(file.tags or {}, file.provenance or {}))
