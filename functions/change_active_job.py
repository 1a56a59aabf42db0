"""Have a page of ComicMaintainer come back to this job when it is loaded again."""

from uuid import UUID

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct

from db import active_job
from db.engine import writing
from functions import wire

ROUTE = "POST /api/active-job"
ROLE = "editor"


class ActiveJobChange(Struct):
    """The job, and what to call it."""

    job_id: str | None = None
    job_title: str = "Processing..."


class ActiveJobChanged(Struct):
    """That it is so, in the predecessor's words."""

    success: bool = True
    message: str = "Active job set"


BODY, ANSWER = ActiveJobChange, ActiveJobChanged


def key_of(given: str | None) -> UUID:
    """Return the job's id, or raise 400 in the predecessor's words."""
    if not given:
        raise wire.Invalid("body", "/job_id", "job_id is required")
    try:
        return UUID(given)
    except ValueError:
        raise wire.Invalid("body", "/job_id", "Invalid job_id format (must be UUID)") from None


async def handle(req: Request, resp: Response) -> None:
    """Keep it, or answer 404 where there is no such job."""
    asked = await wire.body(req, ActiveJobChange)
    key = key_of(asked.job_id)
    if "\0" in asked.job_title:
        raise wire.Invalid("body", "/job_title", "No text in PostgreSQL has a NUL character")
    async with writing() as conn:
        if not await active_job.choose(conn, key, asked.job_title):
            raise falcon.HTTPNotFound(description="Job not found")
    wire.answer(resp, ActiveJobChanged())
