"""Batches by the name that ComicMaintainer's clients have for them: jobs."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import falcon
from msgspec import Struct, structs
from sqlalchemy.ext.asyncio import AsyncConnection

from db import active_job, batches
from db.batches import Batch
from db.engine import writing
from db.happenings import Item
from db.tables import BatchState
from functions import batching, results
from functions.batching import NewBatch
from functions.wire import Invalid

NONE: Final = "Job not found"

JobStatus = Literal["queued", "processing", "completed", "failed", "cancelled"]

STATUS: Final[dict[BatchState, JobStatus]] = {
    "previewing": "queued",
    "previewed": "queued",
    "running": "processing",
    "paused": "processing",
    "cancelled": "cancelled",
    "done": "completed",
}


class JobStarted(Struct):
    """The job, and how many files it has."""

    job_id: UUID
    total_items: int


class JobInList(Struct):
    """How far a job is; moments are in seconds since 1970."""

    job_id: UUID
    status: JobStatus
    total_items: int
    processed_items: int
    created_at: float
    started_at: float | None
    completed_at: float | None


class JobHead(JobInList):
    """A job, before its results; `progress` is from 0 to 1."""

    progress: float
    error: str | None


class JobDetails(Struct):
    """Where a file was, and where it is."""

    original: str
    final: str


class JobResult(Struct):
    """What has become of one file; `seq` is its place in the job, where a page may go on."""

    item: str
    success: bool
    error: str | None
    details: JobDetails
    seq: int


class Job(JobHead):
    """A job with what has become of its files."""

    results: list[JobResult]


def seconds(moment: datetime | None) -> float | None:
    """Return a moment in seconds since 1970."""
    return None if moment is None else moment.timestamp()


def listed(batch: Batch) -> JobInList:
    """Say how far a batch is in the predecessor's words."""
    return JobInList(
        job_id=batch.key,
        status=STATUS[batch.state],
        total_items=batch.total,
        processed_items=batch.ended,
        created_at=batch.created_at.timestamp(),
        started_at=seconds(batch.started_at),
        completed_at=seconds(batch.finished_at),
    )


def described(batch: Batch) -> JobHead:
    """Say all of a batch but its results."""
    return JobHead(
        **structs.asdict(listed(batch)),
        progress=batch.ended / batch.total if batch.total else 1.0,
        error=None,
    )


def result(item: Item) -> JobResult:
    """Say what has become of a file."""
    root = f"{item.root.rstrip('/')}/" if item.root else ""
    error = results.error_of(item)
    return JobResult(
        item=results.name_before(item),
        success=error is None,
        error=error,
        details=JobDetails(root + item.path, root + results.path_after(item)),
        seq=item.seq,
    )


def key_of(given: str) -> UUID:
    """Return a job's key, or raise 404 for what can be none."""
    try:
        return UUID(given)
    except ValueError:
        raise falcon.HTTPNotFound(description=NONE) from None


async def find(conn: AsyncConnection, given: str) -> Batch:
    """Return the job that has this key, or raise 404."""
    if batch := await batches.by_key(conn, key_of(given)):
        return batch
    raise falcon.HTTPNotFound(description=NONE)


async def start(wanted: NewBatch, title: str, nothing: str) -> JobStarted:
    """Make a job and have it be the one that a page comes back to, in one transaction.

    Raises 400 with what `nothing` says if it has no files.
    """
    async with writing() as conn:
        batch = await batching.make(conn, wanted)
        if not batch.total:
            raise Invalid("body", "", nothing)
        await active_job.choose(conn, batch.key, title)
    return JobStarted(batch.key, batch.total)
