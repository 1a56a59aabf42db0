"""Follow a batch: each comic whose turn has ended, and how far it is, as server-sent events.

They begin with the first comic, or after `Last-Event-ID`: an `item` for each that has ended, and a
`batch` as it is then. The stream ends with the batch, or with its preview; 204 tells a client that
comes back that there is nothing more.
"""

from typing import Annotated

import falcon
from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import happenings
from db.batches import Batch
from db.engine import reading
from db.happenings import Changed, Happening, Item
from functions import batching, streams, wire

ROUTE = "GET /api/batches/{batch_id:id}/events"
ROLE = "viewer"


class Place(Struct):
    """Where to go on, for a client that cannot send the header `Last-Event-ID`."""

    last_event_id: Annotated[int, Meta(ge=0, description="`id` of the last.")] | None = None


QUERY, EVENTS = Place, (Item, Batch)


def write(happening: Happening) -> bytes:
    """Write an item, or the batch."""
    if isinstance(happening, Changed):
        return streams.event(happening.now, number=happening.event, name="batch")
    return streams.event(happening, number=happening.event, name="item")


async def handle(req: Request, resp: Response, batch_id: int) -> None:
    """Stream, or answer 404 or 204."""
    wire.query(req, Place)
    async with reading() as conn:
        batch = await batching.one(conn, batch_id)
        is_over = batch.has_ended and await happenings.is_quiet(conn, batch_id)
    since = streams.last_seen(req, batch.event) or 0
    if is_over and since == batch.event:
        resp.status = falcon.HTTP_204
        return
    blocks = streams.follow(write, since=since, batch=batch_id, has_ended=batch.has_ended)
    streams.send(req, resp, blocks)
