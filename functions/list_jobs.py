"""List jobs, newest first."""

from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import batches
from db.engine import reading
from functions import jobs, wire
from functions.jobs import JobInList

ROUTE = "GET /api/jobs"
ROLE = "viewer"


class JobsQuery(Struct):
    """How many of the newest."""

    limit: Annotated[int, Meta(ge=1, le=1_000)] = 1_000


class Jobs(Struct):
    """Jobs and how far they are."""

    jobs: list[JobInList]


QUERY, ANSWER = JobsQuery, Jobs


async def handle(req: Request, resp: Response) -> None:
    """Answer the jobs."""
    asked = wire.query(req, JobsQuery)
    async with reading() as conn:
        newest = await batches.newest(conn, asked.limit)
    wire.answer(resp, Jobs([jobs.listed(batch) for batch in newest]))
