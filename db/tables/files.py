"""The files, narrow, and beside them what no list reads."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Named,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import BYTEWISE, MOMENT, NOW, metadata


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


class LikenessColumns(TypedColumns):
    """By what a comic is found to be like others; narrow, so that all of it is soon looked at."""

    file_id: Named[int] = Column(
        Integer,
        ForeignKey("files.id", name="likenesses_file_id_fkey", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    issue_key: Named[str | None] = Column(BYTEWISE)  # comics.issues
    page_crcs: Named[list[int]] = Column(ARRAY(Integer), nullable=False)  # comics.sketches
    page_lows: Named[list[int]] = Column(ARRAY(BigInteger), nullable=False)


likenesses: Final = Table(
    "likenesses",
    metadata,
    LikenessColumns,
    Index("likenesses_issue_key_idx", "issue_key", postgresql_where=text("issue_key IS NOT NULL")),
    # What was just saved is looked up at once, so a list of what is pending would be in the way.
    Index(
        "likenesses_page_lows_idx",
        "page_lows",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    ),
)


class TwinColumns(TypedColumns):
    """The files that have something in common with others, by what that is: see db.twins."""

    kind: Named[str] = Column(Text)  # a db.duplicates.By
    key: Named[str] = Column(BYTEWISE)
    file_id: Named[int] = Column(
        Integer, ForeignKey("files.id", name="twins_file_id_fkey", ondelete="CASCADE")
    )


twins: Final = Table(
    "twins",
    metadata,
    TwinColumns,
    PrimaryKeyConstraint("kind", "key", "file_id", name="twins_pkey"),
    Index("twins_file_id_idx", "file_id", "kind"),
)


class FileSearchColumns(TypedColumns):
    """What a file is found by, beside `files` so that a mark never touches these indexes.

    Whoever writes a file writes its search key; what is here of `files`, a trigger keeps.
    """

    file_id: Named[int] = Column(
        Integer,
        ForeignKey("files.id", name="file_search_file_id_fkey", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    sort_key: Named[str] = Column(BYTEWISE, nullable=False)
    search_key: Named[str] = Column(BYTEWISE, nullable=False)  # all texts, folded, a line each
    series: Named[str | None] = Column(Text)
    publisher: Named[str | None] = Column(Text)
    year: Named[int | None] = Column(SmallInteger)
    format: Named[str | None] = Column(Text)
    missing: Named[bool] = Column(Boolean, nullable=False, server_default=text("false"))


LISTED: Final = text("NOT missing")


file_search: Final = Table(
    "file_search",
    metadata,
    FileSearchColumns,
    Index("file_search_name_idx", "sort_key", "file_id", postgresql_where=LISTED),
    *(
        Index(f"file_search_{column}_idx", column, "sort_key", "file_id", postgresql_where=LISTED)
        for column in ("series", "publisher", "year", "format")
    ),
    Index(
        "file_search_trgm_idx",
        "search_key",
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    ),
)


class CoverColumns(TypedColumns):
    """A cover that was made of a file in this state, or why that could not be."""

    file_id: Named[int] = Column(
        Integer, ForeignKey("files.id", name="covers_file_id_fkey", ondelete="CASCADE")
    )
    width: Named[int] = Column(SmallInteger)  # pixels that were asked for
    mtime_ns: Named[int] = Column(BigInteger, nullable=False)
    size: Named[int] = Column(BigInteger, nullable=False)
    image: Named[bytes | None] = Column(LargeBinary)  # WebP
    fault: Named[str | None] = Column(Text)
    kept_at: Named[datetime] = Column(MOMENT, nullable=False, server_default=NOW)


covers: Final = Table(
    "covers",
    metadata,
    CoverColumns,
    PrimaryKeyConstraint("file_id", "width", name="covers_pkey"),
    CheckConstraint("(image IS NULL) <> (fault IS NULL)", name="covers_image_check"),
)
