"""Pause a batch: nothing is done for it until it is resumed."""

from falcon.asgi import Request, Response

from db import batch_states
from db.batches import Batch
from functions import batching, wire

ROUTE = "POST /api/batches/{batch_id:id}/pause"
ROLE = "editor"
ANSWER, PROBLEMS = Batch, ("409",)

ONLY = "only one that is running can be paused"


async def handle(_req: Request, resp: Response, batch_id: int) -> None:
    """Answer the batch as it is now; whoever works on a file ends with that."""
    wire.answer(resp, await batching.change(batch_id, batch_states.pause, ONLY))
