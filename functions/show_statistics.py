"""Show what all libraries add up to: growth, formats, publishers, years and faults."""

from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import statistics
from db.engine import reading
from db.statistics import MOST, Database, Share
from functions import wire

ROUTE = "GET /api/statistics"
ROLE = "viewer"


class StatisticsShown(Struct):
    """Comics by what they have in common; those that are missing only count as having come."""

    growth: Annotated[list[Share], Meta(description="New ones, by the month of the scan: 2026-03.")]
    formats: list[Share]
    publishers: Annotated[list[Share], Meta(description=f"The {MOST} commonest.")]
    years: list[Share]
    faults: Annotated[list[Share], Meta(description=f"The {MOST} commonest reasons.")]
    database: Database


ANSWER = StatisticsShown


async def handle(_req: Request, resp: Response) -> None:
    """Answer the sums."""
    async with reading() as conn:
        found = await statistics.sums(conn)
        database = await statistics.database(conn)
    wire.answer(
        resp,
        StatisticsShown(
            growth=found.growth,
            formats=found.format,
            publishers=found.publisher,
            years=found.year,
            faults=found.fault,
            database=database,
        ),
    )
