"""Cancel a job: no file is begun any more, and what is done stays done."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import batch_states, batches
from db.engine import writing
from functions import jobs, wire

ROUTE = "POST /api/jobs/{key}/cancel"
ROLE = "editor"
PROBLEMS = ("400",)


class JobCancelled(Struct):
    """That it is."""

    success: bool = True


ANSWER = JobCancelled


async def handle(_req: Request, resp: Response, key: str) -> None:
    """Answer, or 400 where there is nothing to cancel, and 404 for what can be no job."""
    number = jobs.key_of(key)
    async with writing() as conn:
        batch = await batches.by_key(conn, number)
        if batch is None or not await batch_states.cancel(conn, batch.id):
            raise wire.Invalid("path", "", "Job not found or already completed")
    wire.answer(resp, JobCancelled())
