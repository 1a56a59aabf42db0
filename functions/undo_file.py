"""Undo what was last done to one comic: its name, tags and marks become what they were."""

import falcon
from falcon.asgi import Request, Response

from db import history
from db.batches import Batch
from db.engine import writing
from functions import batching, wire
from functions.batching import Conflict
from functions.undo_batch import Undo

ROUTE = "POST /api/files/{file_id:id}/undo"
ROLE = "editor"
STATUS = falcon.HTTP_201
BODY, ANSWER, PROBLEMS = Undo, Batch, ("409",)


async def handle(req: Request, resp: Response, file_id: int) -> None:
    """Answer the batch that undoes it, which has begun."""
    asked = await wire.body(req, Undo)
    async with writing() as conn:
        last = await history.last_undoable(conn, file_id)
        if last is None:
            raise Conflict(f"Of file {file_id} nothing is left to undo.")
        undone = await batching.one(conn, last)
        undoing = await batching.undo(conn, undone, file=file_id, preview=asked.dry_run)
    wire.answer(resp, undoing)
    resp.status = STATUS
    resp.location = f"../../batches/{undoing.id}"
