"""List the folders of a folder of this machine, for whoever chooses a library's."""

import asyncio
from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from comics import browsing
from comics.roots import BadRoot
from functions import wire

ROUTE = "GET /api/places"
ROLE = "admin"


class PlacesQuery(Struct):
    """Which folder."""

    path: Annotated[str, Meta(description="A folder's whole path.")] = "/"


QUERY, ANSWER = PlacesQuery, browsing.Level


async def handle(req: Request, resp: Response) -> None:
    """Answer what lies there, or 400 for what is no folder that can be read."""
    query = wire.query(req, PlacesQuery)
    try:
        wire.answer(resp, await asyncio.to_thread(browsing.look, query.path))
    except BadRoot as error:
        raise wire.Invalid("query", "/path", str(error)) from None
