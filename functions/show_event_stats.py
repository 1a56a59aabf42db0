"""Tell how many clients follow what happens, and how many events there were."""

from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import happenings
from db.engine import reading
from functions import wire
from functions.hub import hub

ROUTE = "GET /api/events/stats"
ROLE = "viewer"


class EventStats(Struct):
    """The streams of the process that answers, and the events of all."""

    active_clients: int
    total_events_broadcast: Annotated[int, Meta(description="The number of the last event.")]


ANSWER = EventStats


async def handle(_req: Request, resp: Response) -> None:
    """Answer both."""
    async with reading() as conn:
        newest = await happenings.newest(conn)
    wire.answer(resp, EventStats(len(hub().streams), newest))
