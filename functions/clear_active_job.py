"""Have a page of ComicMaintainer come back to no job; the job itself goes on."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import active_job
from db.engine import writing
from functions import wire

ROUTE = "DELETE /api/active-job"
ROLE = "editor"


class ActiveJobCleared(Struct):
    """That it is so, in the predecessor's words."""

    success: bool = True
    message: str = "Active job cleared"


ANSWER = ActiveJobCleared


async def handle(_req: Request, resp: Response) -> None:
    """Forget which job it was."""
    async with writing() as conn:
        await active_job.clear(conn)
    wire.answer(resp, ActiveJobCleared())
