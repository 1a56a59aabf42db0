"""Where in a list a page is: how its ids are found, by number or behind a cursor.

A page by number is reached from the fence before it while fences are fresh, else from the nearer
end, over the index alone. A list that no index holds in its order is looked for up to a bound: if
that is all of it, the page is taken from what was found, so a few files are never far. If it is
longer, a part of the filter's list is walked, where most lists of that length have a page; if this
one has not, it is found and sorted whole.
"""

from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    not_,
    select,
    tuple_,
    union_all,
)

from db.list_shapes import (
    EQUAL,
    KEYS,
    Shape,
    Sort,
    has_needle,
    matching,
    membership,
    narrowing,
    number,
    ordered,
    word,
)
from db.tables import fences, file_search, files

FENCE_KEYS: Final[dict[Sort, ColumnElement[Any]]] = {
    "name": fences.c.name_key,
    "date": fences.c.number_key,
    "size": fences.c.number_key,
}


def find(shape: Shape) -> CTE:
    """Look for the files of a list, up to a bound: their keys and ids, in no order."""
    key = KEYS[shape.sort].label("key")
    return matching(shape, key, files.c.id).limit(most()).cte("found")


def place(shape: Shape, summed: CTE) -> CTE:
    """Find where a numbered page starts and stops, and from which end it is nearer.

    A page past the end is the last one. `first` is where it starts in ascending order.
    """
    per_page, one = number(shape.per_page), number(1)
    pages = func.greatest(one, (summed.c.total + per_page - one) // per_page)
    page = func.least(bindparam("page", type_=BigInteger), pages)
    begun = select(summed.c.total, ((page - one) * per_page).label("start")).subquery("begun")
    rest = func.greatest(begun.c.total - begun.c.start - per_page, number(0))
    return select(
        begun.c.start,
        (begun.c.total - begun.c.start - rest).label("length"),
        rest.label("rest"),
        (begun.c.start > rest).label("backwards"),
        (begun.c.start if shape.direction == "asc" else rest).label("first"),
    ).cte("place")


def fence(shape: Shape, summed: CTE, placed: CTE) -> CTE:
    """Find the last fence before a numbered page; none is true of a list that has changed."""
    f = fences.c
    return (
        select(f.ordinal, FENCE_KEYS[shape.sort].label("key"), f.file_id)
        .where(
            f.filter == word(shape.filter),
            f.sort == word(shape.sort),
            f.ordinal <= select(placed.c.first).scalar_subquery(),
            f.signature == select(summed.c.signature).scalar_subquery(),
        )
        .order_by(f.ordinal.desc())
        .limit(number(1))
        .cte("fence")
    )


def numbered_ids(shape: Shape, summed: CTE) -> ColumnElement[list[int]]:
    """Find the ids of a numbered page by the shortest way; the other branches are never run."""
    placed = place(shape, summed)
    length = select(placed.c.length).scalar_subquery()
    ids, ways = matching(shape, files.c.id), []
    near: ColumnElement[bool] = select(placed.c.backwards).scalar_subquery()
    far = not_(near)
    if shape.fenced:
        last = fence(shape, summed, placed)
        ways.append(ids_behind(shape, last, placed).limit(length))
        none = not_(select(last.c.ordinal).exists())
        near, far = and_(none, near), and_(none, far)
    start, rest = (select(column).scalar_subquery() for column in (placed.c.start, placed.c.rest))
    ways += [
        ordered(shape, ids.where(far)).limit(length).offset(start),
        ordered(shape, ids.where(near), backwards=True).limit(length).offset(rest),
    ]
    return func.array(union_all(*(way.subquery().select() for way in ways)).scalar_subquery())


def ids_behind(shape: Shape, last: CTE, placed: CTE) -> Select[*tuple[Any, ...]]:
    """Walk from a fence to the page, in ascending order whatever the page's."""
    key = KEYS[shape.sort]
    here = tuple_(key, files.c.id)
    there = tuple_(*(select(column).scalar_subquery() for column in (last.c.key, last.c.file_id)))
    skipped = select(placed.c.first - last.c.ordinal).select_from(placed, last).scalar_subquery()
    walk = matching(shape, files.c.id).where(here >= there)
    return walk.order_by(key, files.c.id).offset(skipped)


def looked_for_ids(shape: Shape, summed: CTE, found: CTE) -> ColumnElement[list[int]]:
    """Find the ids of a page of a list that no index holds in its order.

    One that is short is taken from what was found. Of a longer one most pages are within REACH;
    where its files are far from there, all of them are found and sorted.
    """
    fits = select(summed.c.total < most()).scalar_subquery()
    asked: ColumnElement[int] = bindparam("start", type_=BigInteger)
    walked = within_reach(shape, not_(fits), start=asked).cte("walked")
    so_many = select(func.count()).select_from(walked).scalar_subquery()
    far = and_(not_(fits), so_many < number(shape.per_page))
    key = KEYS[shape.sort].label("key")
    rest = matching(shape, key, files.c.id).where(far).cte("rest").prefix_with("MATERIALIZED")
    last = select(place(shape, summed).c.start).scalar_subquery()  # if what is asked for is beyond
    ways = [
        in_order(shape, found, start=last).where(fits),
        select(walked.c.id).where(so_many == number(shape.per_page)),
        in_order(shape, rest, start=asked),
    ]
    return func.array(union_all(*(way.subquery().select() for way in ways)).scalar_subquery())


def in_order(
    shape: Shape, source: FromClause, *, start: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    """Take the ids of a page from what has keys and ids."""
    key, file_id = source.c.key, source.c.id
    page = select(file_id).limit(number(shape.per_page))
    if shape.direction == "desc":
        page = page.order_by(key.desc(), file_id.desc())
    else:
        page = page.order_by(key, file_id)
    if shape.paging == "cursor":
        return page.where(behind_cursor(shape, key, file_id))
    return page.offset(start) if shape.paging == "number" else page


def within_reach(
    shape: Shape, gate: ColumnElement[bool], *, start: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    """Walk a part of the filter's list in its order, and take from it what is in the list."""
    key, f = KEYS[shape.sort], files.c
    used = (EQUAL[name] for name in shape.equal)
    also = [*used, *[f.path] * shape.folder, *[f.fault] * (shape.fault is not None)]
    near = ordered(shape, select(key.label("key"), f.id, *also).where(*membership(shape), gate))
    if shape.paging == "cursor":
        near = near.where(behind_cursor(shape, key, f.id))
    reach = near.limit(bindparam("reach", type_=BigInteger)).subquery("near")
    page = in_order(shape, reach, start=start).where(*narrowing(shape, reach.c))
    if shape.search:
        searched = reach.join(file_search, file_search.c.file_id == reach.c.id)
        page = page.select_from(searched).where(has_needle(shape))
    return page


def most() -> ColumnElement[int]:
    """Say up to how many files a list is looked through."""
    return bindparam("most", type_=BigInteger)


def behind_cursor(
    shape: Shape, key: ColumnElement[Any], file_id: ColumnElement[int]
) -> ColumnElement[bool]:
    """Say that a file comes after the cursor.

    In a subquery the planner does not see where that is: it would plan each page anew.
    """
    here = tuple_(key, file_id)
    there = select(
        bindparam("after_key", type_=KEYS[shape.sort].type), bindparam("after_id", type_=Integer)
    ).scalar_subquery()
    return here > there if shape.direction == "asc" else here < there
