"""Count the comics that are marked as processed, and those that are not."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import libraries
from db.engine import reading
from functions import wire

ROUTE = "GET /api/scan-unmarked"
ROLE = "viewer"


class MarkCounts(Struct):
    """How many comics there are, in all libraries."""

    unmarked_count: int
    marked_count: int
    total_count: int


ANSWER = MarkCounts


async def handle(_req: Request, resp: Response) -> None:
    """Answer from the counts that PostgreSQL keeps."""
    async with reading() as conn:
        known = await libraries.every(conn)
    wire.answer(
        resp,
        MarkCounts(
            unmarked_count=sum(library.unmarked for library in known),
            marked_count=sum(library.marked for library in known),
            total_count=sum(library.files for library in known),
        ),
    )
