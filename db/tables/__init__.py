"""The tables, typed, so that mypy follows a column from here to the JSON."""

from db.tables.audit import audit
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
from db.tables.figures import figures
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
from db.tables.users import UserRole, sessions, tokens, tries, users

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
    "UserRole",
    "active_job",
    "audit",
    "batch_items",
    "batch_slices",
    "batches",
    "counts",
    "covers",
    "fences",
    "figures",
    "file_search",
    "file_tags",
    "files",
    "folders",
    "libraries",
    "likenesses",
    "metadata",
    "preferences",
    "scans",
    "sessions",
    "settings",
    "tallies",
    "tokens",
    "tries",
    "twins",
    "users",
]
