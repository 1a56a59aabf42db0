"""Show how far a job is, and what has become of each of its files."""

from collections.abc import AsyncGenerator
from typing import Annotated

import falcon
from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db.engine import reading
from functions import jobs, results, wire
from functions.jobs import Job, JobResult

ROUTE = "GET /api/jobs/{key}"
ROLE = "viewer"


class JobQuery(Struct):
    """Which results: all, if it does not say."""

    limit: Annotated[int, Meta(ge=0, description="At most so many results.")] | None = None
    after: Annotated[int, Meta(ge=-1, description="`seq` of the last result before these.")] = -1


QUERY, ANSWER = JobQuery, Job


async def told(batch: int, asked: JobQuery) -> AsyncGenerator[list[JobResult], None]:
    """Yield the results that are asked for, some at a time."""
    left = asked.limit
    if left == 0:
        return
    async for items in results.ended(batch, asked.after):
        yield [jobs.result(item) for item in items[:left]]
        if left is not None and (left := left - len(items)) <= 0:
            return


async def handle(req: Request, resp: Response, key: str) -> None:
    """Answer the job, or 404."""
    asked = wire.query(req, JobQuery)
    async with reading() as conn:
        batch = await jobs.find(conn, key)
    resp.stream = results.written(jobs.described(batch), told(batch.id, asked))
    resp.content_type = falcon.MEDIA_JSON
