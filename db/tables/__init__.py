"""The tables, typed, so that mypy follows a column from here to the JSON."""

from db.tables.base import BYTEWISE, MOMENT, metadata
from db.tables.batches import (
    ENDED,
    BatchKind,
    BatchState,
    ItemState,
    active_job,
    batch_items,
    batch_slices,
    batches,
)
from db.tables.counts import counts, fences, tallies
from db.tables.files import (
    LISTED,
    PRESENT,
    covers,
    file_search,
    file_tags,
    files,
    likenesses,
    twins,
)
from db.tables.libraries import folders, libraries
from db.tables.scans import ScanState, scans
from db.tables.settings import preferences, settings

__all__ = [
    "BYTEWISE",
    "ENDED",
    "LISTED",
    "MOMENT",
    "PRESENT",
    "BatchKind",
    "BatchState",
    "ItemState",
    "ScanState",
    "active_job",
    "batch_items",
    "batch_slices",
    "batches",
    "counts",
    "covers",
    "fences",
    "file_search",
    "file_tags",
    "files",
    "folders",
    "libraries",
    "likenesses",
    "metadata",
    "preferences",
    "scans",
    "settings",
    "tallies",
    "twins",
]
