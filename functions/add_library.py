"""Add a library and ask for its first scan; its folder must not be part of another's."""

import falcon
from falcon.asgi import Request, Response

from db.engine import writing
from functions import shelving, wire
from functions.shelving import Library, NewLibrary

ROUTE = "POST /api/libraries"
ROLE = "admin"
STATUS = falcon.HTTP_201
PROBLEMS = ("409",)

BODY, ANSWER = NewLibrary, Library


async def handle(req: Request, resp: Response) -> None:
    """Answer the new library, 400 for what cannot be one, or 409 for a folder that is taken."""
    wanted = await wire.body(req, NewLibrary)
    async with writing() as conn:
        number = await shelving.add(conn, wanted)
        (library,) = await shelving.shown(conn, number)
    wire.answer(resp, library)
    resp.status = STATUS
    resp.location = f"libraries/{number}"
