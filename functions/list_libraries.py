"""List the libraries, and how many comics of each are in which state."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import libraries
from db.engine import reading
from db.libraries import Library
from functions import wire

ROUTE = "GET /api/libraries"


class LibraryList(Struct):
    """Every library."""

    libraries: list[Library]


ANSWER = LibraryList


async def handle(_req: Request, resp: Response) -> None:
    """Answer from the counts that PostgreSQL keeps."""
    async with reading() as conn:
        wire.answer(resp, LibraryList(await libraries.every(conn)))
