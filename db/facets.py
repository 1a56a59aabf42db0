"""Facets: which series, publishers, years, formats and folders a list has, and how often each.

Where nothing but a library and a mark is chosen, `tallies` know. Else the list is looked through,
up to a bound: beyond it the counts are of the files that were found, and say so.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Literal, get_args

from msgspec import Struct
from psycopg import AsyncConnection as DriverConnection
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from db.libraries import total
from db.list_shapes import TALLIED, Shape, matching, number, word
from db.list_statements import DIALECT, counted
from db.listing import Wanted, parameters, shape_of
from db.tables import counts, files, tallies

Facet = Literal["series", "publisher", "year", "format", "folder", "fault"]

BOUND: Final = 50_000  # files up to which a list is looked through


class Count(Struct):
    """A value, and how many files of the list have it."""

    value: str | int | bool
    files: int


class Facets(Struct):
    """The commonest values of each facet of a list, the commonest first."""

    series: list[Count]
    publisher: list[Count]
    year: list[Count]
    format: list[Count]
    folder: list[Count]
    fault: list[Count]
    total_files: int
    is_exact: bool


def commonest(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Keep the values that most files have."""
    number_of: ColumnElement[int] = literal_column("number", BigInteger)
    value = literal_column("value", Text)
    ordered = statement.group_by(value).order_by(number_of.desc(), value)
    return ordered.limit(bindparam("limit", type_=BigInteger)).subquery().select()


def kept(shape: Shape) -> list[Select[*tuple[Any, ...]]]:
    """Select what `tallies` and `counts` know."""
    t, files_of = tallies.c, total(TALLIED[shape.filter])
    only: list[ColumnElement[bool]] = []
    if "library" in shape.equal:
        only.append(t.library_id == bindparam("library", type_=Integer))
    parts = [
        commonest(
            select(word(facet).label("facet"), t.value.label("value"), files_of.label("number"))
            .where(t.facet == word(facet), t.parent == word(""), *only)
            .having(files_of > number(0))
        )
        for facet in get_args(Facet)
        if facet != "fault"
    ]
    for is_faulty in (True, False):
        number_of = counted(shape._replace(fault=is_faulty))
        value = word(str(is_faulty).lower())
        fault = select(word("fault"), value, number_of.label("number"))
        parts.append(fault.select_from(counts).having(number_of > number(0)))
    whole = select(cast(null(), Text), word("true"), counted(shape))
    return [*parts, whole.select_from(counts)]


def find(shape: Shape) -> CTE:
    """Look for the files of a list, up to a bound, with all that is counted."""
    f = files.c
    below = func.substr(f.path, func.length(prefix()) + literal_column("1", Integer))
    slash = literal_column("'/'", Text)
    child = prefix().concat(func.split_part(below, slash, literal_column("1", Integer)))
    return (
        matching(
            shape,
            f.series,
            f.publisher,
            cast(f.year, Text).label("year"),
            f.format,
            case((func.strpos(below, slash) > number(0), child)).label("folder"),
            cast(f.fault.is_not(None), Text).label("fault"),
        )
        .limit(bindparam("most", type_=BigInteger))
        .cte("found")
    )


def prefix() -> ColumnElement[str]:
    """Give what the paths of the chosen folder begin with."""
    return bindparam("prefix", type_=Text)


def looked_for(shape: Shape) -> list[Select[*tuple[Any, ...]]]:
    """Select what the files that are found add up to."""
    found = find(shape)
    number_of = func.count()
    parts = [
        commonest(
            select(
                word(facet).label("facet"), found.c[facet].label("value"), number_of.label("number")
            ).where(found.c[facet].is_not(None))
        )
        for facet in get_args(Facet)
    ]
    exact = cast(number_of < bindparam("most", type_=BigInteger), Text)
    return [*parts, select(cast(null(), Text), exact, number_of).select_from(found)]


def is_kept(shape: Shape) -> bool:
    """Tell whether `tallies` know."""
    return shape.source == "counts" and shape.fault is None and not shape.missing


@lru_cache(maxsize=1024)
def statement(shape: Shape) -> str:
    """Write the statement of this shape in the driver's own words: rows of facet, value, number."""
    parts = kept(shape) if is_kept(shape) else looked_for(shape)
    return str(union_all(*parts).compile(dialect=DIALECT))


READ: Final[dict[str, Callable[[str], str | int | bool]]] = {
    **dict.fromkeys(get_args(Facet), str),
    "year": int,
    "fault": lambda value: value == "true",
}


def read(rows: list[tuple[str | None, str, int]]) -> Facets:
    """Sort the statement's rows into facets; the one without a facet sums up."""
    known: dict[str, list[Count]] = {facet: [] for facet in get_args(Facet)}
    exact, whole = "", 0
    for facet, value, files_with_it in rows:
        if facet is None:
            exact, whole = value, files_with_it
        else:
            known[facet].append(Count(READ[facet](value), files_with_it))
    return Facets(**known, total_files=whole, is_exact=exact == "true")


async def of(conn: DriverConnection[tuple[Any, ...]], wanted: Wanted, limit: int) -> Facets:
    """Return so many of the commonest values of each facet, in one round trip.

    It is planned anew each time, as a search is.
    """
    chosen = {
        **parameters(wanted),
        "limit": limit,
        "most": BOUND + 1,
        "prefix": f"{wanted.folder}/" if wanted.folder else "",
    }
    async with conn.cursor() as cursor:
        await cursor.execute(statement(shape_of(wanted)), chosen, prepare=False)
        return read(await cursor.fetchall())
