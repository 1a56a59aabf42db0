"""Go on with a batch that is paused."""

from falcon.asgi import Request, Response

from db import batch_states
from db.batches import Batch
from functions import batching, wire

ROUTE = "POST /api/batches/{batch_id:id}/resume"
ROLE = "editor"
ANSWER, PROBLEMS = Batch, ("409",)

ONLY = "only one that is paused can be resumed"


async def handle(_req: Request, resp: Response, batch_id: int) -> None:
    """Answer the batch as it is now."""
    wire.answer(resp, await batching.change(batch_id, batch_states.resume, ONLY))
