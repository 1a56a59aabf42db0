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
    # The path leads, so that `folder=` is a range of it whatever the library. A path has one file
    # that is there, and may have had others, which went at different times.
    UniqueConstraint(
        "path",
        "library_id",
        "missing_since",
        name="files_path_key",
        postgresql_nulls_not_distinct=True,
    ),
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
    Index(
        "files_gone_idx",
        "size",
        "mtime_ns",
        "inode",
        postgresql_where=text("missing_since IS NOT NULL"),
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


file_tags: Final = Table(
    "file_tags",
    metadata,
    FileTagColumns,
    Index(
        "file_tags_fingerprint_idx",
        "fingerprint",
        postgresql_where=text("fingerprint IS NOT NULL"),
    ),
)


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
    # The exclusive or of a hash of id and keys of those present: the same list, the same signature.
    signature: Named[int] = Column(BigInteger, nullable=False, server_default=text("0"))


counts: Final = Table(
    "counts",
    metadata,
    CountColumns,
    PrimaryKeyConstraint("library_id", "marked", "duplicate", "shard", name="counts_pkey"),
    postgresql_with={"fillfactor": 10},
)


class TallyColumns(TypedColumns):
    """How many files of one value, or in one folder, are present; kept and sharded as `counts`.

    A folder is a value below its parent folder, and counts all that is in it at any depth.
    """

    facet: Named[str] = Column(Text)  # a db.facets.Facet
    parent: Named[str] = Column(BYTEWISE)  # of a folder; else empty
    value: Named[str] = Column(BYTEWISE)
    library_id: Named[int] = Column(
        Integer, ForeignKey("libraries.id", name="tallies_library_id_fkey", ondelete="CASCADE")
    )
    shard: Named[int] = Column(SmallInteger)
    present: Named[int] = Column(BigInteger, nullable=False)
    marked: Named[int] = Column(BigInteger, nullable=False)
    duplicates: Named[int] = Column(BigInteger, nullable=False)
    faulty: Named[int] = Column(BigInteger, nullable=False)


tallies: Final = Table(
    "tallies",
    metadata,
    TallyColumns,
    PrimaryKeyConstraint("facet", "parent", "value", "library_id", "shard", name="tallies_pkey"),
    postgresql_with={"fillfactor": 50},
)


class FenceColumns(TypedColumns):
    """Each so-manyth file of a list, counted from its start: see db.fences."""

    filter: Named[str] = Column(Text)
    sort: Named[str] = Column(Text)
    ordinal: Named[int] = Column(BigInteger, autoincrement=False)
    name_key: Named[str | None] = Column(BYTEWISE)  # if the sort is by name
    number_key: Named[int | None] = Column(BigInteger)  # if it is not
    file_id: Named[int] = Column(Integer, nullable=False)
    signature: Named[int] = Column(BigInteger, nullable=False)  # of the list that it is true of


fences: Final = Table(
    "fences",
    metadata,
    FenceColumns,
    PrimaryKeyConstraint("filter", "sort", "ordinal", name="fences_pkey"),
)


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


class SettingColumns(TypedColumns):
    """What users change at run time."""

    name: Named[str] = Column(Text, primary_key=True)
    value: Named[Any] = Column(JSONB, nullable=False)


settings: Final = Table("settings", metadata, SettingColumns)
