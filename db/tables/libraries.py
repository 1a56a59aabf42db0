"""The libraries and their folders."""

from datetime import datetime
from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Named,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypedColumns,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import BYTEWISE, MOMENT, NOW, metadata


class LibraryColumns(TypedColumns):
    """A root folder whose comics are indexed."""

    id: Named[int] = Column(Integer, Identity(always=True), primary_key=True)
    name: Named[str] = Column(Text, nullable=False)
    root: Named[str] = Column(
        BYTEWISE, nullable=False
    )  # absolute, as comics.paths.to_text writes it
    read_only: Named[bool] = Column(Boolean, nullable=False, server_default=text("false"))
    created_at: Named[datetime] = Column(MOMENT, nullable=False, server_default=NOW)
    scanned_at: Named[datetime | None] = Column(MOMENT)  # when a scan last ran to its end
    schedule: Named[str | None] = Column(Text)  # comics.schedules; null for the setting's minutes
    scheduled_at: Named[datetime] = Column(  # since when the schedule is what it is
        MOMENT, nullable=False, server_default=NOW
    )
    watch: Named[bool] = Column(Boolean, nullable=False, server_default=text("false"))
    watch_fault: Named[str | None] = Column(Text)  # why it could not be watched
    excludes: Named[list[str]] = Column(  # comics.excludes
        JSONB, nullable=False, server_default=text("'[]'")
    )
    removed_at: Named[datetime | None] = Column(MOMENT)  # its rows are going


libraries: Final = Table(
    "libraries",
    metadata,
    LibraryColumns,
    Index("libraries_root_key", "root", unique=True, postgresql_where=text("removed_at IS NULL")),
)


class FolderColumns(TypedColumns):
    """A folder that holds comics, not counting those in its own folders, or that is a mount."""

    library_id: Named[int] = Column(
        Integer, ForeignKey("libraries.id", name="folders_library_id_fkey", ondelete="CASCADE")
    )
    path: Named[str] = Column(BYTEWISE)  # "" or with a slash behind it
    # Of what it holds, since all of that was read (scanner.walk.fingerprint); else null.
    fingerprint: Named[bytes | None] = Column(LargeBinary)
    is_mount: Named[bool] = Column(  # it is on another disk than the folder that it is in
        Boolean, nullable=False, server_default=text("false")
    )


folders: Final = Table(
    "folders",
    metadata,
    FolderColumns,
    PrimaryKeyConstraint("library_id", "path", name="folders_pkey"),
)
