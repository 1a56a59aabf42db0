"""Show one batch: how far it is, and how many of its comics have ended in which way."""

import falcon
from falcon.asgi import Request, Response

from db import batches
from db.batches import Batch
from db.engine import reading
from functions import wire

ROUTE = "GET /api/batches/{batch_id:id}"
ROLE = "viewer"
ANSWER = Batch


async def handle(_req: Request, resp: Response, batch_id: int) -> None:
    """Answer the batch, or 404."""
    async with reading() as conn:
        batch = await batches.one(conn, batch_id)
    if batch is None:
        raise falcon.HTTPNotFound(description=f"There is no batch {batch_id}.")
    wire.answer(resp, batch)
