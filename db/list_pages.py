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
    true,
    tuple_,
    union_all,
)

from db.list_shapes import (
    KEYS,
    Shape,
    Sort,
    has_needle,
    id_of,
    in_direction,
    key_of,
    matching,
    membership,
    narrowed,
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
    return keys(shape).limit(most()).cte("found")


def keys(shape: Shape) -> Select[*tuple[Any, ...]]:
    """Select the keys and ids of a list, in no order."""
    return matching(shape, key_of(shape).label("key"), id_of(shape).label("id"))


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
    ids, ways = matching(shape, id_of(shape)), []
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
    last = select(place(shape, summed).c.start).scalar_subquery()  # if what is asked for is beyond
    ways = [
        in_order(shape, found, start=last).where(fits),
        select(walked.c.id).where(so_many == number(shape.per_page)),
        all_in_order(shape, far, start=asked),
    ]
    return func.array(union_all(*(way.subquery().select() for way in ways)).scalar_subquery())


def in_order(
    shape: Shape, source: FromClause, *, start: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    """Take the ids of a page from what has keys and ids."""
    key, file_id = source.c.key, source.c.id
    page = in_direction(shape, select(file_id).limit(number(shape.per_page)), key, file_id)
    if shape.paging == "cursor":
        return page.where(behind_cursor(shape, key, file_id))
    return page.offset(start) if shape.paging == "number" else page


def all_in_order(
    shape: Shape, gate: ColumnElement[bool], *, start: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    """Find and sort all of a list, and take a page of it."""
    known = shape.of_one_table
    rest = keys(known).where(gate).cte("rest").prefix_with("MATERIALIZED")
    if known == shape:
        return in_order(shape, rest, start=start)
    key, file_id = rest.c.key, rest.c.id
    # The OFFSET has them sorted first: then no more files are looked at than the page takes.
    whole = in_direction(shape, select(key, file_id).offset(number(0)), key, file_id).subquery()
    return in_order(shape, whole, start=start).where(*agreeing(shape, whole))


def within_reach(
    shape: Shape, gate: ColumnElement[bool], *, start: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    """Walk a part of a list that is longer, and take from it what is in this one.

    Each file is looked at by itself, so that the walk ends where the page does.
    """
    known = shape.of_one_table
    reach = nearest(known, gate).limit(bindparam("reach", type_=BigInteger)).subquery("near")
    column = reach.c.__getitem__
    page = in_order(shape, reach, start=start).where(*narrowing(known, column))
    if shape.search and shape.sought_in_order:
        page = page.where(has_needle(shape, column("search_key")))
    return page.where(*agreeing(shape, reach))


def nearest(known: Shape, gate: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Walk a list in its order, by an index of the one table that tells what is asked for."""
    if known.sought_in_order:
        key, file_id, listed = key_of(known), id_of(known), [not_(file_search.c.missing)]
        names = [*narrowed(known), *["search_key"] * bool(known.search)]
        told = [file_search.c[name] for name in names]
    else:
        key, file_id, listed = KEYS[known.sort], files.c.id, membership(known)
        told = [files.c[name] for name in narrowed(known)]
    near = select(key.label("key"), file_id.label("id"), *told).where(*listed, gate)
    if known.paging == "cursor":
        near = near.where(behind_cursor(known, key, file_id))
    return in_direction(known, near, key, file_id)


def agreeing(shape: Shape, source: FromClause) -> list[ColumnElement[bool]]:
    """Ask the other table of each file by its id, if that has anything to tell."""
    if shape.sought_in_order and not shape.sought_alone:
        rest = shape.of_files
        told = [files.c.id == source.c.id, *membership(rest), *narrowing(rest)]
    elif shape.search and not shape.sought_in_order:
        told = [file_search.c.file_id == source.c.id, has_needle(shape)]
    else:
        return []
    # Without the OFFSET, all of the source would be joined before anything is taken from it.
    return [select(true()).where(*told).offset(number(0)).correlate(source).exists()]


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
