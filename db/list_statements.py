"""The statements of lists, one for each shape of question, written once by SQLAlchemy Core."""

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    Dialect,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    make_url,
    not_,
    select,
    true,
)

from db.libraries import total
from db.list_pages import behind_cursor, find, looked_for_ids, most, numbered_ids
from db.list_shapes import (
    COUNTED,
    EQUAL,
    KEYS,
    TALLIED,
    Shape,
    id_of,
    in_direction,
    key_of,
    matching,
    number,
    ordered,
    signature,
    word,
)
from db.tables import counts, files, libraries, tallies

DIALECT: Final[Dialect] = make_url("postgresql+psycopg://").get_dialect()()


def counted(shape: Shape) -> ColumnElement[int]:
    """Take the length of a list from `counts`."""
    c = counts.c
    number: ColumnElement[int] = c.missing if shape.missing else c.present
    if shape.fault is not None:
        number = c.faulty if shape.fault else c.present - c.faulty
    only = COUNTED[shape.filter]
    if "library" in shape.equal:
        only = and_(only, c.library_id == bindparam("library", type_=Integer))
    return total(number, only)


def tallied(shape: Shape) -> ColumnElement[int]:
    """Take the length of a list of one value, or of one folder, from `tallies`."""
    t = tallies.c
    (facet,) = shape.values
    number = TALLIED[shape.filter]
    if shape.fault is not None:
        number = t.faulty if shape.fault else t.present - t.faulty
    parent: ColumnElement[str] = word("")
    value: ColumnElement[str] = bindparam("folder_name", type_=Text)
    if facet == "folder":
        parent = bindparam("folder_parent", type_=Text)
    else:
        value = cast(bindparam(facet, type_=EQUAL[facet].type), Text)
    chosen = select(total(number)).where(
        t.facet == word(facet), t.parent == parent, t.value == value
    )
    if "library" in shape.equal:
        chosen = chosen.where(t.library_id == bindparam("library", type_=Integer))
    return chosen.scalar_subquery()


# The very first scan of a library runs, and lives: see db.scans.SILENCE.
REBUILDING: Final[ColumnElement[bool]] = literal_column(
    """EXISTS (SELECT FROM scans JOIN libraries ON libraries.id = scans.library_id
                WHERE libraries.scanned_at IS NULL AND scans.state = 'running'
                  AND scans.heartbeat_at > now() - interval '30 seconds')""",
    Boolean,
)


def length(shape: Shape, found: CTE) -> list[ColumnElement[Any]]:
    """Tell how long the list is, and whether that is all of it."""
    if shape.source != "found":
        whole = counted(shape) if shape.source == "counts" else tallied(shape)
        return [whole.label("total"), true().label("exact")]
    so_many = select(func.count()).select_from(found).scalar_subquery()
    return [so_many.label("total"), (so_many < most()).label("exact")]


def summary(shape: Shape, found: CTE) -> CTE:
    """Sum up: a row of `db.listing.Summary`.

    The version names all that the answer depends on: `counts`, which grow with every change,
    whether a first scan runs, and the libraries, since one that goes takes its counts along.
    """
    c = counts.c
    signatures = [signature(shape.filter)] if shape.paging == "number" and shape.fenced else []
    known = (
        select(
            *length(shape, found),
            *signatures,
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
        known.total,
        known.exact,
        known.unmarked,
        known.rebuilding,
        version.label("version"),
        known.roots,
        *(known[signed.name] for signed in signatures),
    ).cte("summary")


def head() -> ColumnElement[int]:
    """Give what a file's JSON begins with a number: that of its library, and its marks."""
    f = files.c
    marks = cast(f.marked, Integer) + cast(f.duplicate, Integer) * number(2)
    return (f.library_id * number(4) + marks).label("head")


def rows(shape: Shape, summed: CTE, found: CTE) -> Select[*tuple[Any, ...]]:
    """Select the page itself: head, fragment and key, in order."""
    key = KEYS[shape.sort]
    columns = (head(), files.c.fragment, cast(key, Text).label("key"), files.c.id)
    if shape.paging == "number" or not shape.planned_once:
        held = shape.planned_once
        ids = numbered_ids(shape, summed) if held else looked_for_ids(shape, summed, found)
        chosen = select(*columns).where(files.c.id == func.any(ids))
        page = in_direction(shape, chosen, key, files.c.id)
    else:
        page = ordered(shape, matching(shape, *columns)).limit(number(shape.per_page))
        if shape.paging == "cursor":
            page = page.where(behind_cursor(shape, key_of(shape), id_of(shape)))
    if shape.known:
        version = select(summed.c.version).scalar_subquery()
        page = page.where(version != bindparam("known", type_=BigInteger))
    return page


def joined(page: Subquery) -> Subquery:
    """Join a page's rows to one, which PostgreSQL and the driver handle in one go."""
    last = func.count()
    return select(
        func.string_agg(func.int4send(page.c.head), literal_column("''")).label("heads"),
        func.string_agg(page.c.fragment, literal_column(r"E'\n'")).label("fragments"),
        func.array_agg(page.c.key)[last].label("key"),
        func.array_agg(page.c.id)[last].label("id"),
    ).subquery("joined")


@lru_cache(maxsize=1024)
def statement(shape: Shape) -> str:
    """Write the statement of this shape in the driver's own words."""
    found = find(shape)
    summed = summary(shape, found)
    page = joined(rows(shape, summed, found).subquery("page"))
    summed_up = cast(func.row_to_json(literal_column("summary")), Text).label("summary")
    whole = select(summed_up, *page.c).select_from(summed.join(page, true()))
    return str(whole.compile(dialect=DIALECT))
