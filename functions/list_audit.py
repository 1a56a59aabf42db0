"""List who changed what, the newest first."""

from typing import Annotated, Final

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import audit
from db.audit import LAST, Action, Entry, Wanted
from db.engine import reading
from functions import wire

ROUTE = "GET /api/audit"
ROLE: Final = "admin"


class AuditQuery(Struct):
    """How many entries, from where on, and which."""

    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    before: Annotated[int, Meta(ge=1, le=LAST, description="`next` of a page.")] = LAST
    action: Action | None = None
    who: Annotated[str | None, Meta(description="A name, as the entry has it.")] = None


class AuditPage(Struct):
    """A page of what was done."""

    entries: list[Entry]
    next: Annotated[int | None, Meta(description="`before` of the page that follows.")]


QUERY, ANSWER = AuditQuery, AuditPage


async def handle(req: Request, resp: Response) -> None:
    """Answer a page of it."""
    query = wire.query(req, AuditQuery)
    wanted = Wanted(query.limit + 1, query.before, query.action, query.who)
    async with reading() as conn:
        found = await audit.page(conn, wanted)
    page = found[: query.limit]
    wire.answer(resp, AuditPage(page, page[-1].id if len(found) > query.limit else None))
