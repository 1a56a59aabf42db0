"""Do what a preview has shown, but for what is left out; each comic is looked at anew."""

from functools import partial
from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import batch_states
from db.batches import Batch
from functions import batching, wire

ROUTE = "POST /api/batches/{batch_id:id}/start"
ROLE = "editor"


class Start(Struct, forbid_unknown_fields=True, rename={"left_out": "except"}):
    """What is not to be done, or what alone: `seq` of items of the preview."""

    left_out: list[int] = []
    only: Annotated[list[int] | None, Meta(description="Nothing but these.")] = None


BODY, ANSWER, PROBLEMS = Start, Batch, ("409",)

ONLY = "only one whose preview is ready can be started"


async def handle(req: Request, resp: Response, batch_id: int) -> None:
    """Answer the batch, which has begun."""
    asked = await wire.body(req, Start)
    start = partial(batch_states.start, left_out=asked.left_out, only=asked.only)
    wire.answer(resp, await batching.change(batch_id, start, ONLY))
