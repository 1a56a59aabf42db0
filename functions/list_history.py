"""List what was done to comics, newest first, as ComicMaintainer does, and what else is known."""

import posixpath
from typing import Annotated, Any, Final
from uuid import UUID

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import history
from db.engine import reading
from db.history import LAST, Entry
from db.tables import BatchKind
from functions import wire

ROUTE = "GET /api/processing-history"
ROLE = "viewer"

LIMIT: Final = 100
LONGEST: Final = 1_000  # entries a page
FURTHEST: Final = 2**31 - 1


class HistoryQuery(Struct):
    """How much of it, from where on, and of which comic."""

    limit: Annotated[int, Meta(description="1 to 1000; 100 for any other.")] = LIMIT
    offset: Annotated[int, Meta(description="`before` costs less.")] = 0
    before: Annotated[int, Meta(ge=-LAST, le=LAST, description="`next` of a page.")] = LAST
    file: wire.Id | None = None


class HistoryEntry(Struct):
    """What was done to a comic; of what has not changed, both values are null."""

    id: int
    filepath: Annotated[str, Meta(description="Absolute, as it was then.")]
    timestamp: Annotated[float, Meta(description="Seconds since 1970.")]
    operation_type: BatchKind
    before_filename: str | None
    after_filename: str | None
    before_title: str | None
    after_title: str | None
    before_series: str | None
    after_series: str | None
    before_issue: str | None
    after_issue: str | None
    before_publisher: str | None
    after_publisher: str | None
    before_year: int | None
    after_year: int | None
    before_volume: int | None
    after_volume: int | None
    file: int
    batch: int
    job_id: UUID
    seq: int
    undone: bool
    before: Annotated[dict[str, Any], Meta(description="All that changed, and the path.")]
    after: dict[str, Any] | None


class HistoryPage(Struct):
    """A page of what was done."""

    history: list[HistoryEntry]
    total: int
    limit: int
    offset: int
    next: Annotated[int | None, Meta(description="`before` of the page that follows.")]


QUERY, ANSWER = HistoryQuery, HistoryPage

# By the names that the predecessor gave them, the fields of ComicInfo that it kept.
FIELDS: Final = {
    "title": "title",
    "series": "series",
    "issue": "number",
    "publisher": "publisher",
    "year": "year",
    "volume": "volume",
}


async def handle(req: Request, resp: Response) -> None:
    """Answer a page of it."""
    query = wire.query(req, HistoryQuery)
    limit = query.limit if 1 <= query.limit <= LONGEST else LIMIT
    offset = min(max(query.offset, 0), FURTHEST)
    async with reading() as conn:
        found = await history.page(
            conn, limit + 1, offset=offset, before=query.before, file=query.file
        )
        total = await history.total(conn, query.file)
    page = found[:limit]
    more = page[-1].event if len(found) > limit else None
    wire.answer(resp, HistoryPage([shown(one) for one in page], total, limit, offset, more))


def shown(entry: Entry) -> HistoryEntry:
    """Show an entry as ComicMaintainer does, and all else that is known of it."""
    after = entry.after or {}
    return HistoryEntry(
        id=entry.event,
        filepath=posixpath.join(entry.root or "", after.get("path") or entry.path),
        timestamp=entry.ended_at.timestamp(),
        operation_type=entry.kind,
        **compared(entry.before, after),
        file=entry.file,
        batch=entry.batch,
        job_id=entry.key,
        seq=entry.seq,
        undone=entry.undone,
        before=entry.before,
        after=entry.after,
    )


def compared(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Set the file names and the fields that the predecessor kept beside one another."""
    sides = {"before": before, "after": after}
    names = {f"{side}_filename": name(values.get("path")) for side, values in sides.items()}
    return names | {
        f"{side}_{told}": values.get(field)
        for told, field in FIELDS.items()
        for side, values in sides.items()
    }


def name(path: str | None) -> str | None:
    """Return the name of a file that has a path."""
    return path and posixpath.basename(path)
