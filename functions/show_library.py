"""Show one library: how it is kept, when it is scanned next, and what is counted in it."""

import falcon
from falcon.asgi import Request, Response

from db.engine import reading
from functions import shelving, wire
from functions.shelving import Library

ROUTE = "GET /api/libraries/{library_id:id}"
ROLE = "viewer"
ANSWER = Library


async def handle(_req: Request, resp: Response, library_id: int) -> None:
    """Answer the library, or 404."""
    async with reading() as conn:
        found = await shelving.shown(conn, library_id)
    if not found:
        raise falcon.HTTPNotFound(description=f"There is no library {library_id}.")
    wire.answer(resp, found[0])
