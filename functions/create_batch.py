"""Make a batch: what is to be done to which comics; workers do it, whoever goes on watching.

With an `Idempotency-Key`, a request that is sent again answers the batch that it has made.
"""

import falcon
from falcon.asgi import Request, Response

from db.batches import Batch, KeyUsed
from db.engine import writing
from functions import batching, wire
from functions.batching import NewBatch
from functions.guard import require

ROUTE = "POST /api/batches"
ROLE = "editor"
STATUS = falcon.HTTP_201
BODY, ANSWER, PROBLEMS = NewBatch, Batch, ("422",)

LONGEST_KEY = 255  # characters


async def handle(req: Request, resp: Response) -> None:
    """Answer the batch, which has begun; one that marks has also ended.

    Only an admin empties the trash, for no undo brings that back.
    """
    wanted = await wire.body(req, NewBatch)
    if wanted.kind == "purge":
        require(req.context.caller, "admin")
    key = request_key(req)
    try:
        async with writing() as conn:
            batch = await batching.make(conn, wanted, key)
    except KeyUsed as error:
        raise falcon.HTTPUnprocessableEntity(description=str(error)) from error
    wire.answer(resp, batch)
    resp.status = STATUS
    resp.location = f"batches/{batch.id}"


def request_key(req: Request) -> str | None:
    """Return what the client calls this request, if anything."""
    key = req.get_header("Idempotency-Key")
    if key and len(key) > LONGEST_KEY:
        raise falcon.HTTPInvalidHeader(f"It may have {LONGEST_KEY} characters.", "Idempotency-Key")
    return key or None
