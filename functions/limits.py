"""How often one client may ask for what costs much: told by PostgreSQL, to all processes alike.

These are far from what one person does, so that only a program meets them. What asks nothing but
an index has no limit: lists and searches cost about as much as it would take to look it up, and
PostgreSQL gives up on a statement that takes too long (`db.engine`).
"""

from typing import Final

import falcon
from falcon.asgi import Request
from msgspec import Struct

from db import tries
from db.engine import writing
from functions.logins import network


class Limit(Struct, frozen=True):
    """How many requests of a kind there may be at once, and how many a minute after that."""

    kind: str
    burst: int
    per_minute: int


PICTURES: Final = Limit("pictures", 2_000, 1_500)  # each opens an archive, in a process of its own
PREVIEWS: Final = Limit("previews", 60, 120)  # each plans names for comics of all series
SCANS: Final = Limit("scans", 60, 30)  # each may walk every folder


async def spend(req: Request, limit: Limit) -> None:
    """Count a request, by who has asked; raise 429 if there were too many."""
    user = req.context.caller.user
    who = f"user {user}" if user else network(req.context.client)
    async with writing() as conn:
        may = await tries.take(
            conn, f"{limit.kind} for {who}", burst=limit.burst, per_minute=limit.per_minute
        )
    if not may:
        raise falcon.HTTPTooManyRequests(
            description="That was asked for too often. Try again in a moment.",
            retry_after=max(1, 60 // limit.per_minute),
        )
