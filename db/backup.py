"""What cannot be rebuilt from the comics, as JSON lines: see docs/backup.md.

A line is one of these structs, with its name as `line`. Numbers of libraries and files are those of
the database that was backed up, and only tie lines together; bytes are hexadecimal. `db.restored`
takes them in again.
"""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Raw, Struct
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import BatchKind, BatchState, ItemState
from db.tables.users import UserRole

CHUNK: Final = 1_000  # lines at a time, so that a million take no more memory


class Line(Struct, tag_field="line", tag=str.lower):
    """What every line is."""


class Setting(Line):
    """A setting that somebody has chosen."""

    name: str
    value: Any


class Preference(Line):
    """What a page keeps for whoever looks at it."""

    name: str
    value: Any


class Library(Line):
    """A root folder, and how it is kept."""

    id: int
    name: str
    root: str
    read_only: bool
    schedule: str | None
    watch: bool
    excludes: list[str]


class User(Line):
    """Somebody who may log in; of the password and of tokens there are hashes alone."""

    name: str
    name_key: str
    password: str | None
    role: UserRole
    libraries: list[int] | None
    subject: str | None
    created_at: datetime
    disabled_at: datetime | None


class Token(Line):
    """What a program of a user's shows; `user` is the name_key."""

    key: str
    user: str
    name: str
    role: UserRole
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class File(Line):
    """A comic that is marked, or of which history tells, and by what it is known again."""

    id: int
    library: int
    path: str
    size: int
    mtime_ns: int
    inode: int
    format: str | None
    marked: bool
    duplicate: bool
    missing_since: datetime | None
    found_at: datetime
    fingerprint: str | None


class Batch(Line):
    """What was done to a set of files; `undoes` is another batch's key, `user` a name_key."""

    key: UUID
    kind: BatchKind
    title: str
    orders: Raw
    state: BatchState
    hidden: bool
    undoes: UUID | None
    request_key: str | None
    request_digest: str | None
    total: int
    done: int
    unchanged: int
    skipped: int
    failed: int
    event: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    user: str | None
    who: str


class Slice(Line):
    """Files that a batch has marked, or unmarked."""

    batch: UUID
    first: int
    files: list[int]


class Item(Line):
    """What became of one file of a batch, and what it was before."""

    batch: UUID
    seq: int
    file: int
    path: str
    state: ItemState
    plan: Raw
    before: Raw
    after: Raw
    comic_info: str | None
    had_comic_info: bool | None
    error: str | None
    ordinal: int | None
    event: int
    ended_at: datetime | None


class Audit(Line):
    """What somebody did, or tried to do; `user` is a name_key."""

    at: datetime
    user: str | None
    who: str
    address: str | None
    action: str
    subject: str
    details: Raw


Content = Setting | Preference | Library | User | Token | File | Batch | Slice | Item | Audit

# In the order in which a line may name one before it.
LINES: Final[dict[type[Line], str]] = {
    Setting: "SELECT name, value FROM settings ORDER BY name",
    Preference: "SELECT name, value FROM preferences ORDER BY name",
    Library: """
        SELECT id, name, root, read_only, schedule, watch, excludes
          FROM libraries WHERE removed_at IS NULL ORDER BY id
    """,
    User: """
        SELECT name, name_key, password, role, libraries, subject, created_at, disabled_at
          FROM users ORDER BY id
    """,
    Token: """
        SELECT encode(t.key, 'hex') AS key, u.name_key AS user, t.name, t.role, t.created_at,
               t.expires_at, t.used_at
          FROM tokens AS t JOIN users AS u ON u.id = t.user_id ORDER BY t.id
    """,
    File: """
        SELECT f.id, f.library_id AS library, f.path, f.size, f.mtime_ns, f.inode, f.format,
               f.marked, f.duplicate, f.missing_since, f.found_at,
               encode(t.fingerprint, 'hex') AS fingerprint
          FROM files AS f JOIN libraries AS l ON l.id = f.library_id AND l.removed_at IS NULL
          LEFT JOIN file_tags AS t ON t.file_id = f.id
         WHERE f.marked OR f.duplicate
            OR EXISTS (SELECT FROM batch_items
                        WHERE file_id = f.id AND event IS NOT NULL AND NOT preview)
         ORDER BY f.id
    """,
    Batch: """
        SELECT b.key, b.kind, b.title, b.orders, b.state, b.hidden, u.key AS undoes, b.request_key,
               encode(b.request_digest, 'hex') AS request_digest, b.total, b.done, b.unchanged,
               b.skipped, b.failed, b.event, b.created_at, b.started_at, b.finished_at,
               users.name_key AS user, b.who
          FROM batches AS b LEFT JOIN batches AS u ON u.id = b.undoes
          LEFT JOIN users ON users.id = b.user_id
         WHERE b.state NOT IN ('previewing', 'previewed') ORDER BY b.id
    """,
    Slice: """
        SELECT b.key AS batch, s.first, s.file_ids AS files
          FROM batch_slices AS s JOIN batches AS b ON b.id = s.batch_id
         WHERE b.kind IN ('mark', 'unmark') AND b.state = 'done' ORDER BY s.batch_id, s.first
    """,
    Item: """
        SELECT b.key AS batch, i.seq, i.file_id AS file, i.path, i.state, i.plan, i.before, i.after,
               encode(i.comic_info, 'hex') AS comic_info, i.had_comic_info, i.error, i.ordinal,
               i.event, i.ended_at
          FROM batch_items AS i JOIN batches AS b ON b.id = i.batch_id
         WHERE i.event IS NOT NULL AND NOT i.preview AND b.state NOT IN ('previewing', 'previewed')
         ORDER BY i.batch_id, i.seq
    """,
    Audit: """
        SELECT a.at, u.name_key AS user, a.who, host(a.address) AS address, a.action, a.subject,
               a.details
          FROM audit AS a LEFT JOIN users AS u ON u.id = a.user_id ORDER BY a.id DESC
    """,
}


def select_lines(kind: type[Line]) -> TextClause:
    """Select all of a kind, a line each as the struct has it."""
    name = kind.__struct_config__.tag
    return text(f"""
        SELECT CAST(row_to_json(one) AS text)
          FROM (SELECT '{name}' AS line, of_kind.* FROM ({LINES[kind]}) AS of_kind) AS one
    """)  # noqa: S608  statements of ours


NEWEST: Final = text("""
    SELECT greatest((SELECT max(event) FROM batches), (SELECT max(event) FROM batch_items), 0)
""")


async def begin(conn: AsyncConnection) -> int:
    """Have a connection see all as it is now until its transaction ends; return the last event."""
    await conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return int(await conn.scalar(NEWEST) or 0)


async def lines(
    conn: AsyncConnection,
) -> AsyncGenerator[tuple[type[Line], list[str]], None]:
    """Yield all that is kept, a chunk of one kind at a time."""
    for kind in LINES:
        rows = await conn.stream_scalars(select_lines(kind))
        async for chunk in rows.partitions(CHUNK):
            yield kind, list(chunk)
