"""The statements of lists, one for each shape of question, written once by SQLAlchemy Core."""

from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    Dialect,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    make_url,
    not_,
    null,
    select,
    true,
    tuple_,
    union_all,
)

from db.libraries import total
from db.tables import counts, file_search, files, libraries

Filter = Literal["all", "marked", "unmarked", "duplicates"]
Sort = Literal["name", "date", "size"]
Direction = Literal["asc", "desc"]
Paging = Literal["first", "number", "cursor"]
Search = Literal["", "short", "long"]


class Shape(NamedTuple):
    """All of `Wanted` that changes the statement's text; the rest is parameters."""

    per_page: int
    paging: Paging
    search: Search
    filter: Filter
    sort: Sort
    direction: Direction
    equal: tuple[str, ...]
    folder: bool
    fault: bool | None
    missing: bool
    known: bool


DIALECT: Final[Dialect] = make_url("postgresql+psycopg://").get_dialect()()

KEYS: Final[dict[Sort, ColumnElement[str] | ColumnElement[int]]] = {
    "name": files.c.sort_key,
    "date": files.c.mtime_ns,
    "size": files.c.size,
}
EQUAL: Final[dict[str, ColumnElement[Any]]] = {
    "library": files.c.library_id,
    "series": files.c.series,
    "publisher": files.c.publisher,
    "year": files.c.year,
    "format": files.c.format,
}
# `counts` knows how many files these filters leave.
COUNTED: Final[dict[Filter, ColumnElement[bool]]] = {
    "all": true(),
    "marked": counts.c.marked,
    "unmarked": not_(counts.c.marked),
    "duplicates": counts.c.duplicate,
}
FILTERS: Final[dict[Filter, ColumnElement[bool]]] = {
    "all": true(),
    "marked": files.c.marked,
    "unmarked": not_(files.c.marked),
    "duplicates": files.c.duplicate,
}


def number(constant: int) -> ColumnElement[int]:
    """Write a number into the statement: as a parameter it would be sent each time."""
    return literal_column(str(constant), BigInteger)


def conditions(shape: Shape) -> list[ColumnElement[bool]]:
    """Return what a file must be to be in the list, search aside."""
    f = files.c
    wanted: list[ColumnElement[bool]] = [
        f.missing_since.is_not(None) if shape.missing else f.missing_since.is_(None)
    ]
    wanted.append(FILTERS[shape.filter])
    wanted += [EQUAL[name] == bindparam(name, type_=EQUAL[name].type) for name in shape.equal]
    if shape.fault is not None:
        wanted.append(f.fault.is_not(None) if shape.fault else f.fault.is_(None))
    if shape.folder:
        wanted += [
            f.path >= bindparam("folder_from", type_=Text),
            f.path < bindparam("folder_to", type_=Text),
        ]
    return wanted


def matching(shape: Shape, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Select columns of the files that are in the list, in no order.

    A needle without three letters in a row would have the trigram index read whole. Under another
    collation the same comparison is out of its reach.
    """
    chosen = select(*columns).where(*conditions(shape))
    if not shape.search:
        return chosen
    key: ColumnElement[str] = file_search.c.search_key
    if shape.search == "short":
        key = key.collate("POSIX")
    return chosen.select_from(files.join(file_search)).where(
        key.like(bindparam("needle", type_=Text))
    )


def count(shape: Shape) -> ColumnElement[int]:
    """Count the list: from `counts` where they know, else by counting."""
    if (
        shape.search
        or shape.folder
        or set(shape.equal) - {"library"}
        or (shape.missing and shape.fault is not None)
    ):
        return matching(shape, func.count()).scalar_subquery()
    c = counts.c
    number: ColumnElement[int] = c.missing if shape.missing else c.present
    if shape.fault is not None:
        number = c.faulty if shape.fault else c.present - c.faulty
    only = COUNTED[shape.filter]
    if "library" in shape.equal:
        only = and_(only, c.library_id == bindparam("library", type_=Integer))
    return total(number, only)


# The very first scan of a library runs, and lives: see db.scans.SILENCE.
REBUILDING: Final[ColumnElement[bool]] = literal_column(
    """EXISTS (SELECT FROM scans JOIN libraries ON libraries.id = scans.library_id
                WHERE libraries.scanned_at IS NULL AND scans.state = 'running'
                  AND scans.heartbeat_at > now() - interval '30 seconds')""",
    Boolean,
)


def summary(shape: Shape) -> CTE:
    """Sum up: a row of `db.listing.Summary`.

    The version names all that the answer depends on: `counts`, which grow with every change,
    whether a first scan runs, and the libraries, since one that goes takes its counts along.
    """
    c = counts.c
    known = (
        select(
            count(shape).label("total"),
            total(c.present, not_(c.marked)).label("unmarked"),
            REBUILDING.label("rebuilding"),
            total(c.version).label("changes"),
            select(func.json_object_agg(libraries.c.id, libraries.c.root))
            .scalar_subquery()
            .label("roots"),
        )
        .select_from(counts)
        .subquery("known")
    ).c
    changes = known.changes * number(2) + cast(known.rebuilding, Integer)
    roots = func.coalesce(cast(known.roots, Text), literal_column("''"))
    version = func.hashtextextended(roots, changes).bitwise_and(number(2**63 - 1))
    return select(
        known.total, known.unmarked, known.rebuilding, version.label("version"), known.roots
    ).cte("summary")


def place(shape: Shape, summed: CTE) -> CTE:
    """Find where a numbered page starts and stops, and from which end it is nearer.

    A page past the end is the last one.
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
    ).cte("place")


def head() -> ColumnElement[int]:
    """Give what a file's JSON begins with a number: that of its library, and its marks."""
    f = files.c
    marks = cast(f.marked, Integer) + cast(f.duplicate, Integer) * number(2)
    return (f.library_id * number(4) + marks).label("head")


def ordered(
    shape: Shape, statement: Select[*tuple[Any, ...]], *, backwards: bool = False
) -> Select[*tuple[Any, ...]]:
    """Put a list in its order, or in the reverse; ids settle ties."""
    key = KEYS[shape.sort]
    if (shape.direction == "desc") is not backwards:
        return statement.order_by(key.desc(), files.c.id.desc())
    return statement.order_by(key, files.c.id)


def numbered_ids(shape: Shape, placed: CTE) -> ColumnElement[list[int]]:
    """Find the ids of a numbered page from the nearer end; the other branch is never run."""
    near = select(placed.c.backwards).scalar_subquery()
    length = select(placed.c.length).scalar_subquery()
    forwards = (
        ordered(shape, matching(shape, files.c.id).where(not_(near)))
        .limit(length)
        .offset(select(placed.c.start).scalar_subquery())
    )
    backwards = (
        ordered(shape, matching(shape, files.c.id).where(near), backwards=True)
        .limit(length)
        .offset(select(placed.c.rest).scalar_subquery())
    )
    both = union_all(forwards.subquery().select(), backwards.subquery().select())
    return func.array(both.scalar_subquery())


def rows(shape: Shape, summed: CTE) -> Select[*tuple[Any, ...]]:
    """Select the page itself: head, fragment and key, in order."""
    key = KEYS[shape.sort]
    columns = (head(), files.c.fragment, cast(key, Text).label("key"), files.c.id)
    if shape.paging == "number":
        ids = numbered_ids(shape, place(shape, summed))
        page = ordered(shape, select(*columns).where(files.c.id == func.any(ids)))
    else:
        page = ordered(shape, matching(shape, *columns)).limit(number(shape.per_page))
    if shape.paging == "cursor":
        here = tuple_(key, files.c.id)
        # In a subquery the planner does not see where that is: it would plan each page anew.
        there = select(
            bindparam("after_key", type_=key.type), bindparam("after_id", type_=Integer)
        ).scalar_subquery()
        page = page.where(here > there if shape.direction == "asc" else here < there)
    if shape.known:
        version = select(summed.c.version).scalar_subquery()
        page = page.where(version != bindparam("known", type_=BigInteger))
    return page


@lru_cache(maxsize=1024)
def statement(shape: Shape) -> str:
    """Write the statement of this shape in the driver's own words."""
    summed = summary(shape)
    first = select(
        cast(null(), Integer).label("head"),
        cast(func.row_to_json(literal_column("summary")), Text).label("fragment"),
        cast(null(), Text).label("key"),
        cast(null(), Integer).label("id"),
    ).select_from(summed)
    page = rows(shape, summed).subquery("page")
    whole = union_all(first, select(*page.c))
    return str(whole.compile(dialect=DIALECT))
