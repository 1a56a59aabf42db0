"""The tables, typed, so that mypy follows a column from here to the JSON."""

from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Named,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata: Final = MetaData()

BYTEWISE: Final = Text(collation="C")
MOMENT: Final = DateTime(timezone=True)
NOW: Final = func.now()


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


libraries: Final = Table(
    "libraries",
    metadata,
    LibraryColumns,
    UniqueConstraint("root", name="libraries_root_key"),
)


class FileColumns(TypedColumns):
    """One comic archive, whatever its state; kept narrow, so that a page is one statement."""

    id: Named[int] = Column(Integer, Identity(always=False), primary_key=True)
    library_id: Named[int] = Column(
        Integer,
        ForeignKey("libraries.id", name="files_library_id_fkey", ondelete="CASCADE"),
        nullable=False,
    )
    path: Named[str] = Column(BYTEWISE, nullable=False)  # relative to the root, see comics.paths
    sort_key: Named[str] = Column(BYTEWISE, nullable=False)  # comics.folding.natural_key
    size: Named[int] = Column(BigInteger, nullable=False)  # bytes
    mtime_ns: Named[int] = Column(BigInteger, nullable=False)
    inode: Named[int] = Column(BigInteger, nullable=False)  # as signed 64 bits
    read_mtime_ns: Named[int | None] = Column(BigInteger)  # mtime_ns when it was last read
    format: Named[str | None] = Column(Text)  # by content once read, by extension before
    page_count: Named[int | None] = Column(Integer)
    series: Named[str | None] = Column(Text)
    number: Named[str | None] = Column(Text)
    title: Named[str | None] = Column(Text)
    publisher: Named[str | None] = Column(Text)
    year: Named[int | None] = Column(SmallInteger)
    marked: Named[bool] = Column(Boolean, nullable=False, server_default=text("false"))
    duplicate: Named[bool] = Column(Boolean, nullable=False, server_default=text("false"))
    fault: Named[str | None] = Column(Text)  # why the archive could not be read
    missing_since: Named[datetime | None] = Column(MOMENT)
    found_at: Named[datetime] = Column(MOMENT, nullable=False, server_default=NOW)
    fragment: Named[str] = Column(Text, nullable=False)  # db.files.fragment


PRESENT: Final = text("missing_since IS NULL")

files: Final = Table(
    "files",
    metadata,
    FileColumns,
    # The path leads, so that `folder=` is a range of it whatever the library.
    UniqueConstraint("path", "library_id", name="files_path_key"),
    CheckConstraint("format IN ('cbz', 'cbr', 'cb7', 'cbt')", name="files_format_check"),
    Index("files_name_idx", "sort_key", "id", postgresql_where=PRESENT),
    Index("files_date_idx", "mtime_ns", "id", postgresql_where=PRESENT),
    Index("files_size_idx", "size", "id", postgresql_where=PRESENT),
    Index("files_marked_name_idx", "marked", "sort_key", "id", postgresql_where=PRESENT),
    Index("files_marked_date_idx", "marked", "mtime_ns", "id", postgresql_where=PRESENT),
    Index("files_marked_size_idx", "marked", "size", "id", postgresql_where=PRESENT),
    *(
        Index(
            f"files_duplicate_{sort}_idx",
            column,
            "id",
            postgresql_where=text("duplicate AND missing_since IS NULL"),
        )
        for sort, column in (("name", "sort_key"), ("date", "mtime_ns"), ("size", "size"))
    ),
    *(
        Index(f"files_{column}_idx", column, "sort_key", "id", postgresql_where=PRESENT)
        for column in ("series", "publisher", "year", "format")
    ),
    Index(
        "files_fault_idx",
        "sort_key",
        "id",
        postgresql_where=text("fault IS NOT NULL AND missing_since IS NULL"),
    ),
    Index(
        "files_missing_idx", "sort_key", "id", postgresql_where=text("missing_since IS NOT NULL")
    ),
    Index("files_library_idx", "library_id", "sort_key", "id", postgresql_where=PRESENT),
    postgresql_with={"fillfactor": 90},
)


class FileTagColumns(TypedColumns):
    """What was read in an archive; wide, and never joined by a list."""

    file_id: Named[int] = Column(
        Integer,
        ForeignKey("files.id", name="file_tags_file_id_fkey", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    tags: Named[dict[str, Any] | None] = Column(JSONB(none_as_null=True))  # tags.comicinfo.Tags
    fingerprint: Named[bytes | None] = Column(LargeBinary)  # archives.contents.Contents
    read_at: Named[datetime] = Column(MOMENT, nullable=False, server_default=NOW)
    provenance: Named[dict[str, str]] = Column(  # of each tag, see comics.tags.metadata
        JSONB, nullable=False, server_default=text("'{}'")
    )
    notes: Named[list[str]] = Column(  # what is odd about the file but hinders nothing
        JSONB, nullable=False, server_default=text("'[]'")
    )


file_tags: Final = Table("file_tags", metadata, FileTagColumns)


class FileSearchColumns(TypedColumns):
    """The folded text that a search looks in, beside `files` so that a mark never touches it."""

    file_id: Named[int] = Column(
        Integer,
        ForeignKey("files.id", name="file_search_file_id_fkey", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    search_key: Named[str] = Column(BYTEWISE, nullable=False)


file_search: Final = Table(
    "file_search",
    metadata,
    FileSearchColumns,
    Index(
        "file_search_trgm_idx",
        "search_key",
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    ),
)


class CountColumns(TypedColumns):
    """How many files there are, kept by triggers, in shards so that marks never queue."""

    library_id: Named[int] = Column(
        Integer, ForeignKey("libraries.id", name="counts_library_id_fkey", ondelete="CASCADE")
    )
    marked: Named[bool] = Column(Boolean)
    duplicate: Named[bool] = Column(Boolean)
    shard: Named[int] = Column(SmallInteger)
    present: Named[int] = Column(BigInteger, nullable=False)
    missing: Named[int] = Column(BigInteger, nullable=False)
    faulty: Named[int] = Column(BigInteger, nullable=False)  # of those present
    bytes: Named[int] = Column(BigInteger, nullable=False)  # of those present
    version: Named[int] = Column(BigInteger, nullable=False)  # grows with every statement


counts: Final = Table(
    "counts",
    metadata,
    CountColumns,
    PrimaryKeyConstraint("library_id", "marked", "duplicate", "shard", name="counts_pkey"),
    postgresql_with={"fillfactor": 10},
)


ScanState = Literal["queued", "running", "done", "failed", "interrupted"]


class ScanColumns(TypedColumns):
    """One pass over a library."""

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
        unique=True,
        postgresql_where=text("state = 'queued'"),
    ),
    Index("scans_running_idx", "library_id", postgresql_where=text("state = 'running'")),
)


class SettingColumns(TypedColumns):
    """What users change at run time."""

    name: Named[str] = Column(Text, primary_key=True)
    value: Named[Any] = Column(JSONB, nullable=False)


settings: Final = Table("settings", metadata, SettingColumns)
