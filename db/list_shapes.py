"""The shapes of questions for a list: what of `db.listing.Wanted` changes a statement's text."""

from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Label,
    Select,
    Text,
    bindparam,
    func,
    literal_column,
    not_,
    select,
    true,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from db.tables import counts, file_search, files, tallies

Filter = Literal["all", "marked", "unmarked", "duplicates"]
Sort = Literal["name", "date", "size"]
Direction = Literal["asc", "desc"]
Paging = Literal["first", "number", "cursor"]
Search = Literal["", "short", "long"]
Source = Literal["counts", "tallies", "found"]


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

    @property
    def values(self) -> tuple[str, ...]:
        """Name what the list is narrowed to, the library aside."""
        named = tuple(name for name in self.equal if name != "library")
        return (*named, "folder") if self.folder else named

    @property
    def source(self) -> Source:
        """Tell who knows how long the list is; `found` is by looking, as far as a bound."""
        if self.search or len(self.values) > 1 or (self.missing and self.fault is not None):
            return "found"
        if not self.values:
            return "counts"
        known = not self.missing and (self.fault is None or self.filter == "all")
        return "tallies" if known else "found"

    @property
    def fenced(self) -> bool:
        """Tell whether `fences` are kept for the list."""
        return not (
            self.search or self.equal or self.folder or self.missing or self.fault is not None
        )

    @property
    def planned_once(self) -> bool:
        """Tell whether one plan is good for all values: an index holds the list in its order.

        Else it depends on how many files have a value which index is to serve.
        """
        if self.search or self.folder or len(self.equal) > 1:
            return False
        plain = self.filter == "all" and self.fault is None and not self.missing
        return not self.equal or (plain and self.sort == "name")


Columns = ReadOnlyColumnCollection[str, Any]

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
FILTERS: Final[dict[Filter, ColumnElement[bool]]] = {
    "all": true(),
    "marked": files.c.marked,
    "unmarked": not_(files.c.marked),
    "duplicates": files.c.duplicate,
}
# `counts` knows how many files these filters leave, and `tallies` how many of one value.
COUNTED: Final[dict[Filter, ColumnElement[bool]]] = {
    "all": true(),
    "marked": counts.c.marked,
    "unmarked": not_(counts.c.marked),
    "duplicates": counts.c.duplicate,
}
TALLIED: Final[dict[Filter, ColumnElement[int]]] = {
    "all": tallies.c.present,
    "marked": tallies.c.marked,
    "unmarked": tallies.c.present - tallies.c.marked,
    "duplicates": tallies.c.duplicates,
}


def number(constant: int) -> ColumnElement[int]:
    """Write a number into the statement: as a parameter it would be sent each time."""
    return literal_column(str(constant), BigInteger)


def word(chosen: str) -> ColumnElement[str]:
    """Write a word of ours into the statement."""
    return literal_column(f"'{chosen}'", Text)


def signature(chosen: Filter) -> Label[int]:
    """Sign the list of a filter: the same files with the same keys have the same signature."""
    signed = func.bit_xor(counts.c.signature).filter(COUNTED[chosen])
    return func.coalesce(signed, number(0)).label("signature")


def membership(shape: Shape) -> list[ColumnElement[bool]]:
    """Return what a file must be to be in a list of that filter: an index holds them in order."""
    gone = files.c.missing_since
    return [gone.is_not(None) if shape.missing else gone.is_(None), FILTERS[shape.filter]]


def narrowing(shape: Shape, f: Columns = files.c) -> list[ColumnElement[bool]]:
    """Return what else a file must be, search aside."""
    wanted: list[ColumnElement[bool]] = [
        f[str(EQUAL[name].key)] == bindparam(name, type_=EQUAL[name].type) for name in shape.equal
    ]
    if shape.fault is not None:
        wanted.append(f.fault.is_not(None) if shape.fault else f.fault.is_(None))
    if shape.folder:
        wanted += [
            f.path >= bindparam("folder_from", type_=Text),
            f.path < bindparam("folder_to", type_=Text),
        ]
    return wanted


def has_needle(shape: Shape) -> ColumnElement[bool]:
    """Say that the needle is in a search key.

    A needle without three letters in a row would have the trigram index read whole. Under another
    collation the same comparison is out of its reach.
    """
    key: ColumnElement[str] = file_search.c.search_key
    if shape.search == "short":
        key = key.collate("POSIX")
    return key.like(bindparam("needle", type_=Text))


def matching(shape: Shape, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Select columns of the files that are in the list, in no order."""
    chosen = select(*columns).where(*membership(shape), *narrowing(shape))
    if not shape.search:
        return chosen
    return chosen.select_from(files.join(file_search)).where(has_needle(shape))


def ordered(
    shape: Shape, statement: Select[*tuple[Any, ...]], *, backwards: bool = False
) -> Select[*tuple[Any, ...]]:
    """Put a list in its order, or in the reverse; ids settle ties."""
    key = KEYS[shape.sort]
    if (shape.direction == "desc") is not backwards:
        return statement.order_by(key.desc(), files.c.id.desc())
    return statement.order_by(key, files.c.id)
