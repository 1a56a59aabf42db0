"""Take a job out of the list, and cancel it; history keeps what it has done."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import batch_states
from db.engine import writing
from functions import jobs, wire

ROUTE = "DELETE /api/jobs/{key}"
ROLE = "editor"


class JobDeleted(Struct):
    """That it is."""

    success: bool = True


ANSWER = JobDeleted


async def handle(_req: Request, resp: Response, key: str) -> None:
    """Answer, or 404."""
    async with writing() as conn:
        await batch_states.hide(conn, (await jobs.find(conn, key)).id)
    wire.answer(resp, JobDeleted())
