"""Count the files of a list by series, publisher, year, format, folder and fault."""

from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import facets
from db.engine import listing as listing_door
from db.facets import Count
from db.listing import Wanted
from functions import wire
from functions.narrowing import Narrowing, narrow, tolerant

ROUTE = "GET /api/facets"
ROLE = "viewer"


class FacetsQuery(Narrowing, kw_only=True):
    """Which files, and how many values of each facet."""

    limit: Annotated[int, Meta(ge=1, le=1000, description="Values of each facet.")] = 20


class FacetCounts(Struct):
    """The commonest values of each facet; each is a value of the parameter of that name."""

    series: list[Count]
    publisher: list[Count]
    year: list[Count]
    format: list[Count]
    folder: Annotated[list[Count], Meta(description="One level below the `folder` asked for.")]
    fault: list[Count]
    total_files: int
    is_exact: Annotated[
        bool,
        Meta(description=f"Or only {facets.BOUND:,} files were looked at: there are more."),
    ]


QUERY, ANSWER = FacetsQuery, FacetCounts


async def handle(req: Request, resp: Response) -> None:
    """Answer from what PostgreSQL keeps, or by looking."""
    query = wire.query(req, FacetsQuery, tolerant)
    async with listing_door(planned_once=False) as conn:
        wire.answer(resp, await facets.of(conn, Wanted(**narrow(query)), query.limit))
