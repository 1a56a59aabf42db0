"""Try again what has failed in a batch."""

from falcon.asgi import Request, Response

from db import batch_states
from db.batches import Batch
from functions import batching, wire

ROUTE = "POST /api/batches/{batch_id:id}/retry"
ROLE = "editor"
ANSWER, PROBLEMS = Batch, ("409",)

ONLY = "only one that was not cancelled and in which something failed can be tried again"


async def handle(_req: Request, resp: Response, batch_id: int) -> None:
    """Answer the batch, which goes on if it had ended."""
    wire.answer(resp, await batching.change(batch_id, batch_states.retry, ONLY))
