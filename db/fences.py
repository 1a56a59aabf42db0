"""Fences: each so-manyth file of every filter and order, from which a page far in is near.

A fence is true as long as its list's signature in `counts` is what it was when the fence was made:
marks leave the fences of `all` alone, and a mark that is taken back brings the others' truth back.
Lists never make fences, as what reads cannot write; where there are none, they take longer.
"""

from typing import Any, Final, NamedTuple, get_args

from sqlalchemy import (
    Insert,
    Select,
    delete,
    func,
    insert,
    select,
    text,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db.libraries import total
from db.list_pages import FENCE_KEYS
from db.list_shapes import COUNTED, FILTERS, KEYS, Filter, Sort, number, signature, word
from db.tables import counts, fences, files

EVERY: Final = 500  # files from one fence to the next
WORTHWHILE: Final = 20_000  # files of a list; to walk through fewer takes a millisecond or two

# Two that make the same fences at once would both find that the other has.
ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('longbox fences'))")


class List(NamedTuple):
    """A list that has fences."""

    filter: Filter
    sort: Sort


def select_signatures() -> Select[*tuple[Any, ...]]:
    """Select how long the list of each filter is, and its signature."""
    sums = union_all(
        *(
            select(
                word(chosen).label("filter"),
                total(counts.c.present, only).label("total"),
                signature(chosen),
            )
            for chosen, only in COUNTED.items()
        )
    )
    return select(*sums.subquery().c)


async def stale(conn: AsyncConnection) -> dict[List, int]:
    """Return the lists that are worth it and whose fences are not true, with their signatures."""
    signatures = (await conn.execute(select_signatures())).all()
    made = await conn.execute(
        select(fences.c.filter, fences.c.sort, fences.c.signature).where(fences.c.ordinal == 0)
    )
    known = {(row.filter, row.sort): row.signature for row in made}
    await conn.commit()
    return {
        List(chosen, sort): signature
        for chosen, length, signature in signatures
        for sort in get_args(Sort)
        if length >= WORTHWHILE and known.get((chosen, sort)) != signature
    }


def insert_fences(wanted: List) -> Insert:
    """Write a list's fences, in one walk over its index."""
    key = KEYS[wanted.sort]
    walked = (
        select(
            key.label("key"),
            files.c.id,
            (func.row_number().over(order_by=(key, files.c.id)) - number(1)).label("ordinal"),
        )
        .where(files.c.missing_since.is_(None), FILTERS[wanted.filter])
        .subquery("walked")
    ).c
    chosen = select(
        word(wanted.filter),
        word(wanted.sort),
        walked.ordinal,
        walked.key,
        walked.id,
        select(signature(wanted.filter)).scalar_subquery(),
    ).where(walked.ordinal % number(EVERY) == number(0))
    f = fences.c
    columns = (f.filter, f.sort, f.ordinal, FENCE_KEYS[wanted.sort], f.file_id, f.signature)
    return insert(fences).from_select(columns, chosen)


async def make(conn: AsyncConnection, wanted: List) -> None:
    """Make a list's fences anew, unless somebody else does: a second for a million files."""
    if await conn.scalar(ALONE):
        f = fences.c
        await conn.execute(delete(fences).where(f.filter == wanted.filter, f.sort == wanted.sort))
        await conn.execute(insert_fences(wanted))
    await conn.commit()
