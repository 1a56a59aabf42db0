"""Lists of files: every filter, search, sort and page of them is one statement.

The statement answers with one row: a summary and the page, which is each file's head (library and
marks as a number), each file's fragment (the rest of its JSON, written when the file was), and the
key and id of the last. The fragments are joined, never decoded.

Who asks is asked along with it: see `db.callers`.

Cursors cost what page 1 does at any depth, and so do numbers while fences are fresh: see
`db.list_pages`, also for lists whose length is not known beyond a bound.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from functools import lru_cache
from operator import add
from struct import unpack
from time import perf_counter
from typing import Annotated, Any, Final, Literal, cast

import msgspec
from msgspec import Meta, Struct
from psycopg import AsyncConnection as DriverConnection
from psycopg.pq.abc import PGresult

from db import callers, rights
from db.callers import Caller, Credentials
from db.list_shapes import EQUAL, Direction, Filter, Paging, Search, Shape, Sort
from db.list_statements import statement
from db.timing import ran

Format = Literal["cbz", "cbr", "cb7", "cbt"]

BOUND: Final = 1_000  # files up to which a list that no index holds in its order is looked for
# Files of the filter's list among which most pages of longer lists are. Further on it is cheaper to
# find and sort all; but nothing finds a short needle sooner than reading every key.
REACH: Final[dict[Search, int]] = {"": 10_000, "long": 5_000, "short": 10_000}
FAR: Final = 2**31
TRIGRAM: Final = 3  # letters in a row that the trigram index needs to be of any help


class Cursor(Struct, array_like=True, forbid_unknown_fields=True):
    """Where a page ended: the key and the id of its last file, in which order."""

    sort: Sort
    direction: Direction
    key: str | Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
    id: Annotated[int, Meta(ge=1, le=2**31 - 1)]

    def __post_init__(self) -> None:
        if isinstance(self.key, str) is not (self.sort == "name") or "\0" in str(self.key):
            raise ValueError(f"No list by {self.sort} has the key {self.key!r}.")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Read a cursor; raise ValueError if it is none of ours."""
        return msgspec.json.decode(urlsafe_b64decode(text.encode()), type=cls)

    def encode(self) -> str:
        """Write the cursor so that it fits a URL."""
        return urlsafe_b64encode(msgspec.json.encode(self)).decode()


class Wanted(Struct, frozen=True, kw_only=True):
    """Which files a list is to show.

    `needle` is folded as the search keys are. `known` is the version of the list that the caller
    has: if it is still that, the answer holds no files.
    """

    page: int = 1
    per_page: int = 100
    needle: str = ""
    filter: Filter = "all"
    sort: Sort = "name"
    direction: Direction = "asc"
    library: int | None = None
    series: str | None = None
    publisher: str | None = None
    year: int | None = None
    format: Format | None = None
    folder: str | None = None
    fault: bool | None = None
    reason: str | None = None
    missing: bool = False
    after: Cursor | None = None
    known: int | None = None


class Page(Struct):
    """A page of a list: its files as JSON objects with commas between, and what else is known."""

    files: bytes
    length: int  # in files
    total_files: int
    total_is_exact: bool  # or there are more
    unmarked_count: int
    cache_rebuilding: bool
    version: int
    next: Cursor | None  # behind the last file


class Summary(Struct):
    """What a list is, as a whole."""

    total: int
    exact: bool
    unmarked: int
    rebuilding: bool
    version: int
    roots: dict[int, str] | None


def as_seen(wanted: Wanted) -> Wanted:
    """Name the library, if there is but one for the caller: an index has its lists in order."""
    only = rights.only_library()
    if only is None or wanted.library is not None:
        return wanted
    return msgspec.structs.replace(wanted, library=only)


def shape_of(wanted: Wanted) -> Shape:
    """Tell which statement answers this."""
    wanted = as_seen(wanted)
    words = "".join(letter if letter.isalnum() else " " for letter in wanted.needle).split()
    paging: Paging = "number" if wanted.page > 1 else "first"
    return Shape(
        per_page=wanted.per_page,
        paging="cursor" if wanted.after else paging,
        search="long" if any(len(word) >= TRIGRAM for word in words) else wanted.needle and "short",
        filter=wanted.filter,
        sort=wanted.sort,
        direction=wanted.direction,
        equal=tuple(name for name in EQUAL if getattr(wanted, name) is not None),
        folder=wanted.folder is not None,
        fault=wanted.fault if wanted.reason is None else True,
        missing=wanted.missing,
        known=wanted.known is not None,
        some_libraries=rights.narrowed() is not None,
    )


def parameters(wanted: Wanted) -> dict[str, Any]:
    """Return what the statement of this shape may refer to."""
    wanted = as_seen(wanted)
    folder = wanted.folder or ""
    parent, _, name = folder.rpartition("/")
    return {
        **{name: getattr(wanted, name) for name in EQUAL},
        "page": wanted.page,
        "start": (wanted.page - 1) * wanted.per_page,
        "most": max(BOUND, wanted.page * wanted.per_page) + 1,
        "reach": reach(shape_of(wanted)) * wanted.page,
        "needle": f"%{escape_like(wanted.needle)}%",
        "folder_from": f"{folder}/",
        "folder_to": f"{folder}0",  # "0" follows "/", so this is the end of the folder
        "folder_parent": parent,
        "folder_name": name,
        "after_key": wanted.after and wanted.after.key,
        "after_id": wanted.after and wanted.after.id,
        "known": wanted.known,
    }


def reach(shape: Shape) -> int:
    """Tell how far to walk for a page, before all of the list is found and sorted."""
    return FAR if shape.sought_in_order and shape.search == "short" else REACH[shape.search]


def escape_like(needle: str) -> str:
    """Make each character stand for itself in a LIKE pattern."""
    return needle.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def heads(roots: dict[int, str], *, missing: bool) -> dict[int, bytes]:
    """Write what a file's JSON begins with, by the number `list_statements.head` has for it."""
    written = {}
    for library, root in roots.items():
        for marks in range(4):
            start = msgspec.json.encode(
                {
                    "library": library,
                    "processed": bool(marks & 1),
                    "duplicate": bool(marks & 2),
                    "missing": missing,
                    "path": f"{root.rstrip('/')}/",
                }
            )
            written[library * 4 + marks] = start[:-2]
    return written


def read_page(wanted: Wanted, result: PGresult, row: int = 0) -> Page:
    """Join the page's JSON from the statement's row."""
    # A page without files has NULLs, and those columns of it are not looked at.
    cell = cast("Callable[[int, int], bytes]", result.get_value)
    summary = msgspec.json.decode(cell(row, 0), type=Summary)
    head = heads(summary.roots or {}, missing=wanted.missing)
    fragments = lines.split(b"\n") if (lines := cell(row, 2)) else []
    length = len(fragments)
    numbers = unpack(f">{length}i", cell(row, 1)) if length else ()
    return Page(
        files=b",".join(map(add, map(head.__getitem__, numbers), fragments)),
        length=length,
        total_files=summary.total,
        total_is_exact=summary.exact,
        unmarked_count=summary.unmarked,
        cache_rebuilding=summary.rebuilding,
        version=summary.version,
        next=cursor_at(wanted, cell(row, 3), cell(row, 4)) if length else None,
    )


def cursor_at(wanted: Wanted, key: bytes, file_id: bytes) -> Cursor:
    """Point behind this file."""
    text = key.decode()
    return Cursor(
        sort=wanted.sort,
        direction=wanted.direction,
        key=text if wanted.sort == "name" else int(text),
        id=int.from_bytes(file_id, "big"),
    )


async def page(conn: DriverConnection[tuple[Any, ...]], wanted: Wanted) -> Page:
    """Return a page of files in one round trip."""
    shape = shape_of(wanted)
    return read_page(wanted, await ask(conn, shape, statement(shape), parameters(wanted)))


@lru_cache(maxsize=1024)
def asked_for(shape: Shape) -> str:
    """Write the statement of this shape, behind the question who asks."""
    return callers.LIST.format(list=statement(shape))


async def page_for(
    conn: DriverConnection[tuple[Any, ...]], wanted: Wanted, credentials: Credentials
) -> tuple[Caller, Page | None]:
    """Return who asks, and a page of files for who may see every library; others have none.

    That takes one round trip, but two for what is planned anew each time: to plan both questions
    together would take longer.
    """
    shape = shape_of(wanted)
    if not shape.planned_once:
        caller = await callers.find(conn, credentials)
        return caller, await page(conn, wanted) if caller.sees_all else None
    values = {**parameters(wanted), **msgspec.structs.asdict(credentials)}
    result = await ask(conn, shape, asked_for(shape), values)
    caller = callers.read(result.get_value(0, 0))
    return caller, read_page(wanted, result, 1) if caller.sees_all else None


async def ask(
    conn: DriverConnection[tuple[Any, ...]], shape: Shape, question: str, values: dict[str, Any]
) -> PGresult:
    """Send the statement of a list.

    Some are planned anew each time: what a needle finds, say, decides which index serves it.
    """
    async with conn.cursor(binary=True) as cursor:
        began = perf_counter()
        try:
            await cursor.execute(question, values, prepare=shape.planned_once)
        finally:
            ran("listing", statement(shape), began)
        if cursor.pgresult is None:
            raise LookupError("PostgreSQL answered a list with no rows at all.")
        return cursor.pgresult
