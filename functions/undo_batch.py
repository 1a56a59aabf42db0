"""Undo a batch: names, tags and marks become what they were, but where they changed since."""

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct

from db.batches import Batch
from db.engine import writing
from functions import batching, wire

ROUTE = "POST /api/batches/{batch_id:id}/undo"
ROLE = "editor"
STATUS = falcon.HTTP_201


class Undo(Struct, forbid_unknown_fields=True):
    """Whether only to work out what would be undone."""

    dry_run: bool = False


BODY, ANSWER, PROBLEMS = Undo, Batch, ("409",)


async def handle(req: Request, resp: Response, batch_id: int) -> None:
    """Answer the batch that undoes it, which has begun."""
    asked = await wire.body(req, Undo)
    async with writing() as conn:
        undone = await batching.one(conn, batch_id)
        undoing = await batching.undo(conn, undone, preview=asked.dry_run)
    wire.answer(resp, undoing)
    resp.status = STATUS
    resp.location = f"../{undoing.id}"
