"""List the libraries: how each is kept, and how many of its comics are in which state."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db.engine import reading
from functions import shelving, wire
from functions.shelving import Library

ROUTE = "GET /api/libraries"
ROLE = "viewer"


class LibraryList(Struct):
    """Every library."""

    libraries: list[Library]


ANSWER = LibraryList


async def handle(_req: Request, resp: Response) -> None:
    """Answer from the counts that PostgreSQL keeps."""
    async with reading() as conn:
        wire.answer(resp, LibraryList(await shelving.shown(conn)))
