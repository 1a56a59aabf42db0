"""Tell whether requests can be answered: send none while this fails."""

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct

from db import schema
from db.engine import reading
from functions import wire

ROUTE = "GET /health/ready"
ROLE = "anyone"


class Readiness(Struct):
    """The revision of the database's schema."""

    status: str
    revision: str | None


ANSWER = Readiness


async def handle(_req: Request, resp: Response) -> None:
    """Answer 503 while the database is away or its schema is another version's."""
    async with reading() as conn:
        revision = await schema.current(conn)
    newest = schema.newest()
    if revision != newest:
        raise falcon.HTTPServiceUnavailable(
            title="The database is of another version",
            description=f"Its schema is {revision}, this version's is {newest}: "
            "run `longbox migrate`.",
            retry_after=5,
        )
    wire.answer(resp, Readiness("ready", revision))
