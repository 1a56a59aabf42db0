"""Tell a page of ComicMaintainer which job it was at when it was closed."""

from uuid import UUID

from falcon.asgi import Request, Response
from msgspec import Struct

from db import active_job
from db.engine import reading
from functions import wire

ROUTE = "GET /api/active-job"
ROLE = "viewer"


class ActiveJob(Struct):
    """The job and what it is called, both null if none goes on."""

    job_id: UUID | None = None
    job_title: str | None = None


ANSWER = ActiveJob


async def handle(_req: Request, resp: Response) -> None:
    """Answer the job, unless it has ended."""
    async with reading() as conn:
        found = await active_job.current(conn)
    wire.answer(resp, ActiveJob(*found) if found else ActiveJob())
