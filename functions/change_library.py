"""Change how a library is kept, or where it is; its rows stay, and a scan compares them.

With a new root, what is found under the same path below it keeps its marks.
"""

import falcon
from falcon.asgi import Request, Response

from db import libraries
from db.engine import writing
from functions import shelving, wire
from functions.shelving import Library, LibraryChange

ROUTE = "PATCH /api/libraries/{library_id:id}"
ROLE = "admin"
PROBLEMS = ("409",)

BODY, ANSWER = LibraryChange, Library


async def handle(req: Request, resp: Response, library_id: int) -> None:
    """Answer the library as it is then, 404, or 400 and 409 for what it cannot be."""
    wanted = await wire.body(req, LibraryChange)
    async with writing() as conn:
        known = await libraries.one(conn, library_id)
        if known is None:
            raise falcon.HTTPNotFound(description=f"There is no library {library_id}.")
        await shelving.change(conn, known, wanted)
        (library,) = await shelving.shown(conn, library_id)
    wire.answer(resp, library)
