"""The scans."""

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import BYTEWISE, MOMENT, NOW, metadata

ScanState = Literal["queued", "running", "done", "failed", "interrupted"]


class ScanColumns(TypedColumns):
    """One pass over a library, or over one folder or file in it."""

    id: Named[int] = Column(Integer, Identity(always=True), primary_key=True)
    library_id: Named[int] = Column(
        Integer,
        ForeignKey("libraries.id", name="scans_library_id_fkey", ondelete="CASCADE"),
        nullable=False,
    )
    state: Named[str] = Column(  # a ScanState
        Text, nullable=False, server_default=text("'queued'")
    )
    requested_at: Named[datetime] = Column(MOMENT, nullable=False, server_default=NOW)
    started_at: Named[datetime | None] = Column(MOMENT)
    heartbeat_at: Named[datetime | None] = Column(MOMENT)
    finished_at: Named[datetime | None] = Column(MOMENT)
    seen: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    added: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    changed: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    vanished: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    returned: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    to_read: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    read: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    faulty: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    error: Named[str | None] = Column(Text)  # why it stopped
    faults: Named[list[str]] = Column(JSONB, nullable=False, server_default=text("'[]'"))
    folder: Named[str | None] = Column(BYTEWISE)  # or a file, below the root; null for all
    moved: Named[int] = Column(Integer, nullable=False, server_default=text("0"))


scans: Final = Table(
    "scans",
    metadata,
    ScanColumns,
    CheckConstraint(
        "state IN ('queued', 'running', 'done', 'failed', 'interrupted')", name="scans_state_check"
    ),
    Index("scans_library_id_idx", "library_id", "id"),
    Index(
        "scans_queued_key",
        "library_id",
        "folder",
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=text("state = 'queued'"),
    ),
    Index("scans_running_idx", "library_id", postgresql_where=text("state = 'running'")),
)
