"""List what was done, or is to be done, to the comics of a batch: what was refused comes first.

Then what has failed, then what is changed; what is well as it is, is only counted in the batch.
"""

import re
from typing import Annotated, Final, Literal, cast

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import batch_pages
from db.batch_pages import REMARKABLE, Place
from db.engine import reading
from db.happenings import Item
from db.tables import ItemState
from functions import batching, wire

ROUTE = "GET /api/batches/{batch_id:id}/items"
ROLE = "viewer"


class ItemsQuery(Struct):
    """Which of them, how many, and from where on."""

    state: Annotated[
        ItemState | Literal["all"] | None,
        Meta(description="Only these; `all` whose turn is near or past, in the batch's order."),
    ] = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100
    after: Annotated[str | None, Meta(description="`next` of the page before.")] = None


class ItemPage(Struct):
    """Some items, and where those that follow begin."""

    items: list[Item]
    next: Annotated[str | None, Meta(description="`after` of the page that follows.")]


QUERY, ANSWER = ItemsQuery, ItemPage

PLACE: Final = re.compile(r"(todo|running|done|unchanged|skipped|failed)-([0-9]{1,9})")


async def handle(req: Request, resp: Response, batch_id: int) -> None:
    """Answer a page of items, or 404."""
    query = wire.query(req, ItemsQuery)
    states, place = chosen(query), cursor(query)
    async with reading() as conn:
        await batching.one(conn, batch_id)
        found = await batch_pages.page(conn, batch_id, states, place, query.limit + 1)
    page = found[: query.limit]
    last = f"{page[-1].state}-{page[-1].seq}" if len(found) > query.limit else None
    wire.answer(resp, ItemPage(page, last))


def chosen(query: ItemsQuery) -> tuple[ItemState, ...]:
    """Return the states that are asked for, one after the other; none for all."""
    if query.state == "all":
        return ()
    return (query.state,) if query.state else REMARKABLE


def cursor(query: ItemsQuery) -> Place | None:
    """Read `after`; raise 400 for what is not of this list."""
    if query.after is None:
        return None
    found = PLACE.fullmatch(query.after)
    if not found or (query.state != "all" and found[1] not in chosen(query)):
        raise wire.Invalid("query", "/after", "It is not `next` of a page of this list")
    return Place(cast("ItemState", found[1]), int(found[2]))
