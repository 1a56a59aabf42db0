"""Pages of a batch's items: all in their order, or those of some states, one after the other."""

from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.happenings import FILE, ITEM, Item
from db.tables import ItemState

# What a preview shows, in this order; what is well as it is, is only counted.
REMARKABLE: Final[tuple[ItemState, ...]] = ("skipped", "failed", "done")


class Place(Struct, frozen=True):
    """The item at which a page ended."""

    state: ItemState
    seq: int


RUN = """
    SELECT * FROM (SELECT *, {rank} AS rank FROM batch_items
      WHERE batch_id = :batch AND seq > {after} {only} ORDER BY seq LIMIT :limit) AS run
"""


def select_page(states: tuple[ItemState, ...]) -> TextClause:
    """Select a page of the items of these states, or of all, behind `:after` in the first of them.

    Each state has an index of its items but "unchanged", of which there may be many, and "running",
    of which there are few.
    """
    runs = [
        RUN.format(rank=rank, after="-1" if rank else ":after", only=f"AND state = '{state}'")
        for rank, state in enumerate(states)
    ] or [RUN.format(rank=0, after=":after", only="")]
    return text(f"""
        SELECT CAST(row_to_json(item) AS text) FROM (
            SELECT {ITEM}
              FROM ({"UNION ALL".join(runs)} ORDER BY rank, seq LIMIT :limit) AS i
              JOIN batches AS b ON b.id = i.batch_id {FILE}
             ORDER BY i.rank, i.seq) AS item
    """)  # noqa: S608  names of our own columns, and words of ours


async def page(
    conn: AsyncConnection,
    batch: int,
    states: tuple[ItemState, ...] = (),
    after: Place | None = None,
    limit: int = 100,
) -> list[Item]:
    """Return the items of a batch behind a place: of these states, one by one, or of all.

    Files whose turn is far off are no items yet.
    """
    left = states[states.index(after.state) :] if after and states else states
    asked = {"batch": batch, "after": after.seq if after else -1, "limit": limit}
    told = await conn.scalars(select_page(left), asked)
    return [msgspec.json.decode(one, type=Item) for one in told]
