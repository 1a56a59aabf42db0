"""Remove a library from the index, with all marks and history of its comics; no file is touched.

It is gone at once; its comics leave the lists within seconds, a minute for a million.
"""

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct

from db import libraries
from db.engine import writing
from functions import wire

ROUTE = "DELETE /api/libraries/{library_id:id}"
ROLE = "admin"
STATUS = falcon.HTTP_202


class Removal(Struct):
    """The name of the library, to say that it is meant."""

    confirm: str = ""


QUERY = Removal


async def handle(req: Request, resp: Response, library_id: int) -> None:
    """Answer 202, 404, or 400 until the library's name is given as `confirm`."""
    asked = wire.query(req, Removal)
    async with writing() as conn:
        library = await libraries.one(conn, library_id)
        if library is None:
            raise falcon.HTTPNotFound(description=f"There is no library {library_id}.")
        if asked.confirm != library.name:
            raise wire.Invalid(
                "query",
                "/confirm",
                f"This forgets {library.files + library.missing} comics with their marks and "
                f"history, though no file is touched: give confirm={library.name} to say so",
            )
        await libraries.leave(conn, library_id)
    resp.status = STATUS
