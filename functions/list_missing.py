"""List comics whose files have gone, and since when."""

from datetime import datetime
from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import missing
from db.engine import reading
from functions import wire

ROUTE = "GET /api/missing"
ROLE = "viewer"


class MissingQuery(Struct):
    """How many, and behind which."""

    limit: Annotated[int, Meta(ge=1, le=500, description="Comics.")] = 100
    after: Annotated[int, Meta(ge=0, le=wire.LARGEST_ID, description="`next` of before.")] = 0


class MissingFile(Struct):
    """A comic whose file has gone; its marks and history are kept until it is forgotten."""

    id: int
    library: int
    relative_path: str
    name: str
    size: Annotated[int, Meta(description="Bytes that it had.")]
    processed: bool
    missing_since: Annotated[datetime, Meta(description="When a scan first did not find it.")]


class MissingList(Struct):
    """Comics whose files have gone, by name."""

    files: list[MissingFile]
    next: Annotated[int | None, Meta(description="The cursor of those that follow.")]


QUERY, ANSWER = MissingQuery, MissingList


def describe(gone: missing.Gone) -> MissingFile:
    """Say it in the words of the API."""
    return MissingFile(
        id=gone.id,
        library=gone.library,
        relative_path=gone.path,
        name=gone.path.rpartition("/")[2],
        size=gone.size,
        processed=gone.marked,
        missing_since=gone.missing_since,
    )


async def handle(req: Request, resp: Response) -> None:
    """Answer a page of them."""
    query = wire.query(req, MissingQuery)
    async with reading() as conn:
        found = await missing.page(conn, query.after, query.limit + 1)
    shown = [describe(gone) for gone in found[: query.limit]]
    wire.answer(resp, MissingList(shown, shown[-1].id if len(found) > len(shown) else None))
