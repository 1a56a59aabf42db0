"""The batches: the queue, the progress, the journal and the history in one."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

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
    Sequence,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import BYTEWISE, MOMENT, NOW, metadata

events: Final = Sequence("events", data_type=BigInteger, metadata=metadata)

BatchKind = Literal[
    "process",
    "rename",
    "normalize",
    "tags",
    "convert",
    "mark",
    "unmark",
    "deduplicate",
    "delete",
    "undo",
    "purge",
]
BatchState = Literal["previewing", "previewed", "running", "paused", "cancelled", "done"]


class BatchColumns(TypedColumns):
    """What is to be done to a set of files, and how many of them have ended in which way."""

    id: Named[int] = Column(Integer, Identity(always=True), primary_key=True)
    key: Named[UUID] = Column(  # what the predecessor calls a job's id
        Uuid, nullable=False, server_default=text("gen_random_uuid()")
    )
    kind: Named[str] = Column(Text, nullable=False)  # a BatchKind
    title: Named[str] = Column(Text, nullable=False)
    orders: Named[dict[str, Any]] = Column(JSONB, nullable=False)  # comics.orders.Orders
    state: Named[str] = Column(Text, nullable=False)  # a BatchState
    hidden: Named[bool] = Column(  # not listed any more; its history stays
        Boolean, nullable=False, server_default=text("false")
    )
    undoes: Named[int | None] = Column(
        Integer, ForeignKey("batches.id", name="batches_undoes_fkey")
    )
    request_key: Named[str | None] = Column(Text)  # a client's Idempotency-Key
    request_digest: Named[bytes | None] = Column(LargeBinary)  # of what it asked for by that
    total: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    done: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    unchanged: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    skipped: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    failed: Named[int] = Column(Integer, nullable=False, server_default=text("0"))
    event: Named[int] = Column(  # of its last change, see db.happenings
        BigInteger, nullable=False, server_default=text("nextval('events')")
    )
    created_at: Named[datetime] = Column(MOMENT, nullable=False, server_default=NOW)
    started_at: Named[datetime | None] = Column(MOMENT)
    finished_at: Named[datetime | None] = Column(MOMENT)
    user_id: Named[int | None] = Column(  # who asked for it
        Integer, ForeignKey("users.id", name="batches_user_id_fkey", ondelete="SET NULL")
    )
    who: Named[str] = Column(  # and the name that they had
        Text, nullable=False, server_default=text("''")
    )


batches: Final = Table(
    "batches",
    metadata,
    BatchColumns,
    UniqueConstraint("key", name="batches_key_key"),
    UniqueConstraint("request_key", name="batches_request_key_key"),
    CheckConstraint(
        "kind IN ('process', 'rename', 'normalize', 'tags', 'convert', 'mark', 'unmark',"
        " 'deduplicate', 'delete', 'undo', 'purge')",
        name="batches_kind_check",
    ),
    CheckConstraint(
        "state IN ('previewing', 'previewed', 'running', 'paused', 'cancelled', 'done')",
        name="batches_state_check",
    ),
    Index(
        "batches_open_idx",
        "id",
        postgresql_where=text("state IN ('previewing', 'running', 'paused')"),
    ),
    Index("batches_event_idx", "event"),
    Index("batches_undoes_idx", "undoes", postgresql_where=text("undoes IS NOT NULL")),
    Index("batches_user_idx", "user_id", "id"),
    postgresql_with={"fillfactor": 50},
)


class BatchSliceColumns(TypedColumns):
    """Files of a batch that have yet to become items, or that a batch has marked."""

    batch_id: Named[int] = Column(
        Integer, ForeignKey("batches.id", name="batch_slices_batch_id_fkey", ondelete="CASCADE")
    )
    first: Named[int] = Column(Integer)  # the item that the first of them becomes
    file_ids: Named[list[int]] = Column(ARRAY(Integer), nullable=False)


batch_slices: Final = Table(
    "batch_slices",
    metadata,
    BatchSliceColumns,
    PrimaryKeyConstraint("batch_id", "first", name="batch_slices_pkey"),
)


ItemState = Literal["todo", "running", "done", "unchanged", "skipped", "failed"]


class BatchItemColumns(TypedColumns):
    """One file of a batch: who is at it, what is about to be done, and what was."""

    batch_id: Named[int] = Column(
        Integer, ForeignKey("batches.id", name="batch_items_batch_id_fkey", ondelete="CASCADE")
    )
    seq: Named[int] = Column(Integer)
    file_id: Named[int] = Column(Integer, nullable=False)  # of a file that may be forgotten since
    path: Named[str] = Column(BYTEWISE, nullable=False)  # when the item was made
    state: Named[str] = Column(  # an ItemState
        Text, nullable=False, server_default=text("'todo'")
    )
    preview: Named[bool] = Column(  # it ended without anything being done
        Boolean, nullable=False, server_default=text("false")
    )
    tries: Named[int] = Column(SmallInteger, nullable=False, server_default=text("0"))
    deaths: Named[int] = Column(  # how many workers have died at it
        SmallInteger, nullable=False, server_default=text("0")
    )
    due_at: Named[datetime | None] = Column(MOMENT)  # not before; null for at once
    worker: Named[str | None] = Column(Text)
    lease: Named[datetime | None] = Column(MOMENT)  # until when it is the worker's
    plan: Named[dict[str, Any] | None] = Column(  # comics.orders.Plan, kept before it is begun
        JSONB(none_as_null=True)
    )
    before: Named[dict[str, Any] | None] = Column(JSONB(none_as_null=True))
    after: Named[dict[str, Any] | None] = Column(JSONB(none_as_null=True))
    comic_info: Named[bytes | None] = Column(LargeBinary)  # ComicInfo.xml as it was, if it changed
    had_comic_info: Named[bool | None] = Column(Boolean)
    error: Named[str | None] = Column(Text)
    ordinal: Named[int | None] = Column(Integer)  # how many of the batch had ended with it
    event: Named[int | None] = Column(BigInteger)
    ended_at: Named[datetime | None] = Column(MOMENT)


ENDED: Final = text("event IS NOT NULL")


batch_items: Final = Table(
    "batch_items",
    metadata,
    BatchItemColumns,
    PrimaryKeyConstraint("batch_id", "seq", name="batch_items_pkey"),
    CheckConstraint(
        "state IN ('todo', 'running', 'done', 'unchanged', 'skipped', 'failed')",
        name="batch_items_state_check",
    ),
    # No two workers are ever at one file, whatever their batches.
    Index(
        "batch_items_running_key",
        "file_id",
        unique=True,
        postgresql_where=text("state = 'running'"),
    ),
    Index("batch_items_todo_idx", "batch_id", "seq", postgresql_where=text("state = 'todo'")),
    Index("batch_items_event_idx", "batch_id", "event", postgresql_where=ENDED),
    Index("batch_items_file_idx", "file_id", "event", postgresql_where=ENDED),
    Index(
        "batch_items_outcome_idx",
        "batch_id",
        "state",
        "seq",
        postgresql_where=text("state IN ('done', 'skipped', 'failed')"),
    ),
    Index(
        "batch_items_history_idx",
        "event",
        postgresql_where=text("state = 'done' AND before IS NOT NULL AND NOT preview"),
    ),
    postgresql_with={"fillfactor": 70},
)


class ActiveJobColumns(TypedColumns):
    """The batch that a page takes up again when it is loaded, and what it is called there."""

    single: Named[bool] = Column(Boolean, primary_key=True, server_default=text("true"))
    batch_id: Named[int] = Column(
        Integer,
        ForeignKey("batches.id", name="active_job_batch_id_fkey", ondelete="CASCADE"),
        nullable=False,
    )
    title: Named[str] = Column(Text, nullable=False)


active_job: Final = Table(
    "active_job",
    metadata,
    ActiveJobColumns,
    CheckConstraint("single", name="active_job_single_check"),
)
