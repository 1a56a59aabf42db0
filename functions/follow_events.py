"""Follow all that happens, as server-sent events in the shape that ComicMaintainer's page knows.

A `file_processed` for each comic whose turn has ended, and a `job_updated` for each batch that has
changed. A new client is told first of the batches that are under way; one that comes back goes on
after `Last-Event-ID`.
"""

import posixpath
import time
from typing import Annotated, Final, Literal
from uuid import UUID

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import batches, happenings
from db.batches import Batch
from db.engine import reading
from db.happenings import Changed, Happening, Item
from db.tables import BatchKind, BatchState, ItemState
from functions import streams, wire
from functions.follow_batch import Place

ROUTE = "GET /api/events/stream"
ROLE = "viewer"

Status = Literal["processing", "completed", "cancelled"]

STATUSES: Final[dict[BatchState, Status]] = {  # all others are processing
    "done": "completed",
    "previewed": "completed",
    "cancelled": "cancelled",
}

WELL: Final[set[ItemState]] = {"done", "unchanged"}


class FileProcessed(Struct):
    """A comic's turn has ended."""

    filepath: Annotated[str, Meta(description="Absolute, where it is now.")]
    filename: str
    success: bool
    error: str | None
    file: int
    batch: int
    kind: BatchKind
    state: ItemState


class Progress(Struct):
    """How far a batch is, in comics."""

    processed: int
    total: int
    success: int
    errors: int
    percentage: Annotated[float, Meta(description="0 to 100.")]


class JobUpdated(Struct):
    """A batch has changed."""

    job_id: UUID
    status: Status
    progress: Progress
    batch: int
    kind: BatchKind
    title: str
    state: BatchState


class FileEvent(Struct, tag_field="type", tag="file_processed"):
    """What is told of a comic."""

    data: FileProcessed
    timestamp: Annotated[float, Meta(description="Seconds since 1970.")]


class JobEvent(Struct, tag_field="type", tag="job_updated"):
    """What is told of a batch."""

    data: JobUpdated
    timestamp: Annotated[float, Meta(description="Seconds since 1970.")]


QUERY, EVENTS = Place, (FileEvent, JobEvent)


def write(happening: Happening) -> bytes:
    """Write what has happened; what a preview has only looked at has not been processed."""
    if isinstance(happening, Changed):
        return streams.event(job_event(happening.now), number=happening.event)
    if happening.preview:
        return b""
    return streams.event(file_event(happening), number=happening.event)


def file_event(item: Item) -> FileEvent:
    """Tell of a comic, by the path that it has now."""
    path = posixpath.join(item.root or "", (item.after or {}).get("path") or item.path)
    processed = FileProcessed(
        filepath=path,
        filename=posixpath.basename(path),
        success=item.state in WELL,
        error=item.error,
        file=item.file,
        batch=item.batch,
        kind=item.kind,
        state=item.state,
    )
    return FileEvent(processed, item.ended_at.timestamp() if item.ended_at else time.time())


def job_event(batch: Batch) -> JobEvent:
    """Tell of a batch."""
    success = batch.done + batch.unchanged
    progress = Progress(
        processed=batch.ended,
        total=batch.total,
        success=success,
        errors=batch.ended - success,
        percentage=100 * batch.ended / batch.total if batch.total else 100.0,
    )
    updated = JobUpdated(
        job_id=batch.key,
        status=STATUSES.get(batch.state, "processing"),
        progress=progress,
        batch=batch.id,
        kind=batch.kind,
        title=batch.title,
        state=batch.state,
    )
    return JobEvent(updated, time.time())


async def handle(req: Request, resp: Response) -> None:
    """Stream for as long as the client stays."""
    wire.query(req, Place)
    async with reading() as conn:
        newest = await happenings.newest(conn)
        since = streams.last_seen(req, newest)
        under_way = await batches.active(conn) if since is None else []
    first = b"".join(streams.event(job_event(batch)) for batch in under_way)
    streams.send(
        req, resp, streams.follow(write, since=newest if since is None else since, first=first)
    )
