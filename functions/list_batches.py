"""List the batches, newest first: how far they are, and how they have ended."""

from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import batches
from db.batches import Batch
from db.engine import reading
from functions import wire

ROUTE = "GET /api/batches"
ROLE = "viewer"


class BatchesQuery(Struct):
    """How many, and from where on."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 50
    before: Annotated[wire.Id | None, Meta(description="`next` of the page before.")] = None


class BatchPage(Struct):
    """Some batches, and where the older ones begin."""

    batches: list[Batch]
    next: Annotated[int | None, Meta(description="`before` of the page that follows.")]


QUERY, ANSWER = BatchesQuery, BatchPage


async def handle(req: Request, resp: Response) -> None:
    """Answer a page of batches."""
    query = wire.query(req, BatchesQuery)
    async with reading() as conn:
        found = await batches.newest(conn, query.limit + 1, query.before)
    page = found[: query.limit]
    wire.answer(resp, BatchPage(page, page[-1].id if len(found) > query.limit else None))
