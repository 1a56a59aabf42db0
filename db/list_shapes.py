"""The shapes of questions for a list: what of `db.listing.Wanted` changes a statement's text.

A list by filter, library or folder is found in `files`, one by a needle or a value in
`file_search`, whose rows are joined to their files where those have to tell something.
"""

from collections.abc import Callable
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
    some_libraries: bool = False  # are all that there are: see `db.rights`

    @property
    def values(self) -> tuple[str, ...]:
        """Name what the list is narrowed to, the library aside."""
        named = tuple(name for name in self.equal if name != "library")
        return (*named, "folder") if self.folder else named

    @property
    def sought(self) -> bool:
        """Tell whether `file_search` has to be looked in."""
        return bool(self.search or {"series", "publisher", "year", "format"} & {*self.equal})

    @property
    def sought_in_order(self) -> bool:
        """Tell whether it holds the list in its order."""
        return self.sought and self.sort == "name" and not self.missing

    @property
    def sought_alone(self) -> bool:
        """Tell whether it knows all that decides which files are on a page."""
        return self.sought_in_order and self == self.of_one_table

    @property
    def of_one_table(self) -> "Shape":
        """Return what the table that holds the list in its order can tell of the question."""
        if not self.sought_in_order:
            return self
        values = tuple(name for name in self.equal if name not in ALONE)
        return self._replace(equal=values, filter="all", folder=False, fault=None)

    @property
    def of_files(self) -> "Shape":
        """Return what `file_search` cannot tell of it."""
        values = tuple(name for name in self.equal if name in ALONE)
        return self._replace(equal=values, search="")

    @property
    def source(self) -> Source:
        """Tell who knows how long the list is; `found` is by looking, as far as a bound."""
        if self.search or len(self.values) > 1 or (self.missing and self.fault is not None):
            return "found"
        if "reason" in self.equal:
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

        Else it depends on how many files have a value, or are in libraries that a caller may see,
        which index is to serve.
        """
        if self.some_libraries and "library" not in self.equal:
            return False
        if self.search or self.folder or len(self.equal) > 1:
            return False
        sound = self.fault is None or self.equal == ("reason",)
        plain = self.filter == "all" and sound and not self.missing
        return not self.equal or (plain and self.sort == "name")


Column = Callable[[str], ColumnElement[Any]]  # by its name in `files`

KEYS: Final[dict[Sort, ColumnElement[str] | ColumnElement[int]]] = {
    "name": files.c.sort_key,
    "date": files.c.mtime_ns,
    "size": files.c.size,
}
EQUAL: Final[dict[str, ColumnElement[Any]]] = {
    "library": files.c.library_id,
    "series": file_search.c.series,
    "publisher": file_search.c.publisher,
    "year": file_search.c.year,
    "format": file_search.c.format,
    "reason": files.c.fault,
}
ALONE: Final = frozenset({"library", "reason"})  # what `files` alone tells
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


def key_of(shape: Shape) -> ColumnElement[Any]:
    """Return what the list is sorted by, in the table that it is found in."""
    by_name = shape.sort == "name"
    return file_search.c.sort_key if shape.sought and by_name else KEYS[shape.sort]


def id_of(shape: Shape) -> ColumnElement[int]:
    """Return the file's id in the table that the list is found in."""
    return file_search.c.file_id if shape.sought else files.c.id


def membership(shape: Shape) -> list[ColumnElement[bool]]:
    """Return what a file must be to be in a list of that filter: an index holds them in order."""
    gone = files.c.missing_since
    return [gone.is_not(None) if shape.missing else gone.is_(None), FILTERS[shape.filter]]


def narrowed(shape: Shape) -> list[str]:
    """Name the columns of `files` that say what else a file must be."""
    faulty = shape.fault is not None and "reason" not in shape.equal
    equal = [str(EQUAL[name].key) for name in shape.equal]
    return [*equal, *["path"] * shape.folder, *["fault"] * faulty]


def indexed(name: str) -> ColumnElement[Any]:
    """Return the column of that name in the table that has an index of it."""
    return EQUAL[name] if name in EQUAL else files.c[name]


def narrowing(shape: Shape, column: Column = indexed) -> list[ColumnElement[bool]]:
    """Return what else a file must be, search aside."""
    wanted: list[ColumnElement[bool]] = [
        column(str(EQUAL[name].key)) == bindparam(name, type_=EQUAL[name].type)
        for name in shape.equal
    ]
    if shape.fault is not None:
        fault = column("fault")
        wanted.append(fault.is_not(None) if shape.fault else fault.is_(None))
    if shape.folder:
        path = column("path")
        wanted += [
            path >= bindparam("folder_from", type_=Text),
            path < bindparam("folder_to", type_=Text),
        ]
    return wanted


def has_needle(
    shape: Shape, key: ColumnElement[str] = file_search.c.search_key
) -> ColumnElement[bool]:
    """Say that the needle is in a search key.

    A needle without three letters in a row would have the trigram index read whole. Under another
    collation the same comparison is out of its reach.
    """
    if shape.search == "short":
        key = key.collate("POSIX")
    return key.like(bindparam("needle", type_=Text))


def sought_for(shape: Shape) -> list[ColumnElement[bool]]:
    """Return what `file_search` says of a file in the list, its values aside."""
    listed = [] if shape.missing else [not_(file_search.c.missing)]
    return [*listed, has_needle(shape)] if shape.search else listed


def matching(shape: Shape, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Select columns of the files that are in the list, in no order.

    Where `file_search` knows it all, and these columns are its own, no file is read.
    """
    chosen = select(*columns).where(*narrowing(shape))
    if shape.sought:
        chosen = chosen.where(*sought_for(shape))
    if shape.sought_alone and chosen.get_final_froms() == [file_search]:
        return chosen
    chosen = chosen.where(*membership(shape))
    return chosen.select_from(files.join(file_search)) if shape.sought else chosen


def ordered(
    shape: Shape, statement: Select[*tuple[Any, ...]], *, backwards: bool = False
) -> Select[*tuple[Any, ...]]:
    """Put a list in its order, or in the reverse; ids settle ties."""
    return in_direction(shape, statement, key_of(shape), id_of(shape), backwards=backwards)


def in_direction(
    shape: Shape,
    statement: Select[*tuple[Any, ...]],
    key: ColumnElement[Any],
    file_id: ColumnElement[int],
    *,
    backwards: bool = False,
) -> Select[*tuple[Any, ...]]:
    """Order by these columns as the list is, or in the reverse."""
    if (shape.direction == "desc") is not backwards:
        return statement.order_by(key.desc(), file_id.desc())
    return statement.order_by(key, file_id)
