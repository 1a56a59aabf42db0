"""List comics: a page of the library, filtered, searched and sorted by PostgreSQL."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

import falcon
import msgspec
from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import listing
from db.engine import Driver
from db.engine import listing as listing_door
from db.list_shapes import Direction, Sort
from db.listing import Cursor, Format, Page, Wanted
from functions import narrowing, wire
from functions.callers import credentials
from functions.guard import admit
from functions.narrowing import Narrowing, narrow

ROUTE = "GET /api/files"
ROLE: Final = "viewer"
ASKS = True  # who asks, along with its own question

SMALLEST, LARGEST = 10, 500  # files a page
CHUNK = 5_000  # files at a time, where all are wanted on one page
FURTHEST = 10**9  # pages

ETAG = re.compile(r'W/"([0-7]?[0-9a-f]{1,15})"')  # no more than PostgreSQL's bigint holds


class FileEntry(Struct):
    """A comic as lists show it."""

    id: int
    library: int
    path: Annotated[str, Meta(description="Absolute, on the machine that scans.")]
    relative_path: str
    name: str
    size: Annotated[int, Meta(description="Bytes.")]
    modified: Annotated[float, Meta(description="Seconds since 1970.")]
    processed: bool
    duplicate: bool
    missing: Annotated[bool, Meta(description="Gone from the disk at the last scan.")]
    format: Annotated[Format | None, Meta(description="By content, once it is read.")]
    series: str | None
    number: str | None
    title: str | None
    publisher: str | None
    year: int | None
    page_count: int | None
    fault: Annotated[str | None, Meta(description="Why the archive could not be read.")]


class FilesQuery(Narrowing, kw_only=True):
    """Which files, in which order, and how many."""

    page: Annotated[int, Meta(description="From 1; past the end is the last page.")] = 1
    per_page: Annotated[int, Meta(description="10 to 500; 0 or less for all on one page.")] = 100
    sort: Sort = "name"
    direction: Direction = "asc"
    after: Annotated[str | None, Meta(description="A cursor: `next` of the page before.")] = None
    fields: Annotated[str | None, Meta(description="Only these, with commas between.")] = None


class FilePage(Struct):
    """A page of comics."""

    files: list[FileEntry]
    page: int
    per_page: int
    total_files: Annotated[int, Meta(description="That match the filters and the search.")]
    total_is_exact: Annotated[
        bool,
        Meta(description="Or there are more, and later pages tell of more; see `next`."),
    ]
    total_pages: int
    unmarked_count: Annotated[int, Meta(description="In all libraries, whatever the filters.")]
    cache_rebuilding: Annotated[
        bool, Meta(description="The very first scan of a library is running.")
    ]
    next: Annotated[str | None, Meta(description="The cursor of the page that follows.")]


QUERY, ANSWER = FilesQuery, FilePage


def tolerant(params: dict[str, Any]) -> dict[str, Any]:
    """Drop what the predecessor took for its default: its clients rely on that."""
    kept = narrowing.tolerant(params, sort=Sort, direction=Direction)
    for name in ("page", "per_page"):
        try:
            kept[name] = int(kept[name])
        except (KeyError, TypeError, ValueError):
            kept.pop(name, None)
    return kept


def cursor(text: str | None, query: FilesQuery) -> Cursor | None:
    """Read `after`; it only means something in the order in which it was given out."""
    if text is None:
        return None
    try:
        found = Cursor.decode(text)
    except ValueError:
        raise wire.Invalid("query", "/after", "It is not a cursor that a list gave out") from None
    if (found.sort, found.direction) != (query.sort, query.direction):
        raise wire.Invalid(
            "query", "/after", f"This cursor is of a list by {found.sort}, {found.direction}"
        )
    return found


def wanted(query: FilesQuery, known: int | None) -> Wanted:
    """Put the question as `db.listing` understands it."""
    everything = query.per_page <= 0
    return Wanted(
        page=1 if everything else min(max(query.page, 1), FURTHEST),
        per_page=CHUNK if everything else min(max(query.per_page, SMALLEST), LARGEST),
        sort=query.sort,
        direction=query.direction,
        **narrow(query),
        after=cursor(query.after, query),
        known=None if everything else known,
    )


def known_version(req: Request) -> int | None:
    """Return the version of the list that the client still has."""
    tag = ETAG.search(req.get_header("If-None-Match") or "")
    return int(tag[1], 16) if tag else None


def field_names(fields: str | None) -> list[str]:
    """Read `fields`; raise 400 for one that files do not have."""
    names = [name.strip() for name in fields.split(",")] if fields else []
    for name in names:
        if name not in FileEntry.__struct_fields__:
            raise wire.Invalid("query", "/fields", f"Files have no field {name!r}")
    return names


def chosen(entries: bytes, names: list[str]) -> bytes:
    """Keep these fields of each file, or all if none is named."""
    if not names:
        return entries
    kept = [
        {name: entry[name] for name in names}
        for entry in msgspec.json.decode(b"[" + entries + b"]", type=list[dict[str, Any]])
    ]
    return msgspec.json.encode(kept)[1:-1]


def sums(found: Page, *, page: int, per_page: int, pages: int, after: Cursor | None) -> bytes:
    """Write all of the answer but its files."""
    rest = {
        "page": page,
        "per_page": per_page,
        "total_files": found.total_files,
        "total_is_exact": found.total_is_exact,
        "total_pages": pages,
        "unmarked_count": found.unmarked_count,
        "cache_rebuilding": found.cache_rebuilding,
        "next": after and after.encode(),
    }
    return b"]," + msgspec.json.encode(rest)[1:]


def links(req: Request, targets: dict[str, tuple[str, object]]) -> str:
    """Write RFC 8288 links, relative to the request, to other pages of the same list.

    By relation, `targets` has the one parameter that leads there, and its value.
    """
    kept = {name: value for name, value in req.params.items() if name not in {"page", "after"}}
    others = f"{urlencode(kept, doseq=True)}&" if kept else ""
    return ", ".join(
        f'<?{others}{name}={quote(str(value))}>; rel="{relation}"'
        for relation, (name, value) in targets.items()
    )


def pages_around(page: int, pages: int, *, is_exact: bool) -> dict[str, tuple[str, object]]:
    """Point to the pages before and after this one, and to the last if it is known."""
    numbers = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages if is_exact else 0}
    return {rel: ("page", number) for rel, number in numbers.items() if 1 <= number <= pages}


def pages_behind(after: Cursor | None) -> dict[str, tuple[str, object]]:
    """Point from a page by cursor to the first and the next: only numbers lead elsewhere."""
    return {"first": ("page", 1), **({"next": ("after", after.encode())} if after else {})}


def door(asked: Wanted) -> AbstractAsyncContextManager[Driver]:
    """Lend a connection to ask this on."""
    return listing_door(planned_once=listing.shape_of(asked).planned_once)


async def everything(
    first: Page, asked: Wanted, names: list[str], per_page: int
) -> AsyncIterator[bytes]:
    """Stream the whole list a chunk at a time, so that no list is too long for a worker.

    Between chunks no connection is held, however slowly the client reads.
    """
    found, length = first, first.length
    yield b'{"files":[' + chosen(found.files, names)
    while found.length == asked.per_page and found.next:
        rest = msgspec.structs.replace(asked, after=found.next)
        async with door(rest) as conn:
            found = await listing.page(conn, rest)
        length += found.length
        if found.length:
            yield b"," + chosen(found.files, names)
    if not first.total_is_exact and asked.after is None:
        first = msgspec.structs.replace(first, total_files=length, total_is_exact=True)
    yield sums(first, page=1, per_page=per_page, pages=1, after=None)


async def first_page(req: Request, asked: Wanted) -> Page:
    """Return the page, or raise 401; who may see some libraries only takes a second look."""
    async with door(asked) as conn:
        caller, found = await listing.page_for(conn, asked, credentials(req))
    await admit(req, caller, ROLE)
    if found:
        return found
    async with door(asked) as conn:
        return await listing.page(conn, asked)


async def handle(req: Request, resp: Response) -> None:
    """Answer one page, or say that the client's is still good."""
    query = wire.query(req, FilesQuery, tolerant)
    names, asked = field_names(query.fields), wanted(query, known_version(req))
    resp.content_type = falcon.MEDIA_JSON
    found = await first_page(req, asked)
    if query.per_page <= 0:
        resp.stream = everything(found, asked, names, query.per_page)
        return
    resp.set_headers({"ETag": f'W/"{found.version:x}"', "Cache-Control": "private, no-cache"})
    if found.version == asked.known:
        resp.status = falcon.HTTP_304
        return
    pages = max(1, -(-found.total_files // asked.per_page))
    page = min(asked.page, pages)
    more = found.length == asked.per_page and (asked.after is not None or page < pages)
    after = found.next if more else None
    around = pages_around(page, pages, is_exact=found.total_is_exact)
    resp.set_header("Link", links(req, pages_behind(after) if asked.after else around))
    resp.data = b"".join(
        (
            b'{"files":[',
            chosen(found.files, names),
            sums(found, page=page, per_page=asked.per_page, pages=pages, after=after),
        )
    )
