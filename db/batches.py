"""Queries of `batches`: what is done to a set of files, how far it is, and what users do to it.

Every change of a batch takes an event from one sequence, under one lock that lasts as long as its
transaction: so events are numbered in the order in which they are committed, and who has seen one
has seen all before it. `db.happenings` tells them, `db.batch_items` is for workers.
"""

from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit, selections
from db.selections import Chosen, Marked, Undoable
from db.tables import BatchKind, BatchState, batches

MARKS: Final[dict[BatchKind, bool]] = {"mark": True, "unmark": False}
OPPOSITE: Final[dict[BatchKind, BatchKind]] = {"mark": "unmark", "unmark": "mark"}
ENDED: Final = frozenset({"previewed", "cancelled", "done"})


class Batch(Struct):
    """What is done to a set of files; `done` and what follows count how many ended in which way."""

    id: int
    key: UUID
    kind: BatchKind
    title: str
    state: BatchState
    undoes: int | None
    total: int
    done: int
    unchanged: int
    skipped: int
    failed: int
    event: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def ended(self) -> int:
        """Return how many of its files have ended."""
        return self.done + self.unchanged + self.skipped + self.failed

    @property
    def has_ended(self) -> bool:
        """Tell whether no worker will do anything for it, unless somebody asks."""
        return self.state in ENDED


def select_batches() -> Select[
    int,
    UUID,
    BatchKind,
    str,
    BatchState,
    int | None,
    int,
    int,
    int,
    int,
    int,
    int,
    datetime,
    datetime | None,
    datetime | None,
]:
    """Select batches, newest first."""
    b = batches.c
    return select(
        b.id,
        b.key,
        cast("ColumnElement[BatchKind]", b.kind),
        b.title,
        cast("ColumnElement[BatchState]", b.state),
        b.undoes,
        b.total,
        b.done,
        b.unchanged,
        b.skipped,
        b.failed,
        b.event,
        b.created_at,
        b.started_at,
        b.finished_at,
    ).order_by(b.id.desc())


async def one(conn: AsyncConnection, batch: int) -> Batch | None:
    """Return this batch, or None."""
    row = (await conn.execute(select_batches().where(batches.c.id == batch))).first()
    return row and Batch(*row)


async def by_key(conn: AsyncConnection, key: UUID) -> Batch | None:
    """Return the batch that has this key and was not hidden, or None."""
    wanted = select_batches().where(batches.c.key == key, batches.c.hidden.is_(False))
    row = (await conn.execute(wanted)).first()
    return row and Batch(*row)


async def newest(conn: AsyncConnection, limit: int, before: int | None = None) -> list[Batch]:
    """Return the newest batches, or those before this one, but for what was hidden."""
    wanted = select_batches().where(batches.c.hidden.is_(False)).limit(limit)
    if before is not None:
        wanted = wanted.where(batches.c.id < before)
    return [Batch(*row) for row in await conn.execute(wanted)]


async def active(conn: AsyncConnection) -> list[Batch]:
    """Return the batches in which something is left to do, newest first."""
    wanted = select_batches().where(batches.c.state.in_(("previewing", "running", "paused")))
    return [Batch(*row) for row in await conn.execute(wanted)]


class Request(Struct):
    """What a client calls its wish, so that it can repeat it, and a digest of all it wished for."""

    key: str
    digest: bytes


class New(Struct, kw_only=True):
    """A batch to make. `orders` is what `comics.orders.Orders` says, as msgspec.to_builtins has it.

    A preview is worked out by workers, and nothing is touched.
    """

    kind: BatchKind
    title: str
    chosen: Chosen
    orders: dict[str, Any] = msgspec.field(default_factory=dict)
    preview: bool = False
    undoes: int | None = None
    request: Request | None = None


class KeyUsed(Exception):
    """A client has called another wish by the same key."""


INSERT = text("""
    INSERT INTO batches
        (kind, title, orders, state, undoes, request_key, request_digest, user_id, who)
    VALUES (:kind, :title, CAST(:orders AS jsonb), :state, :undoes, :key, :digest, :user, :who)
    ON CONFLICT (request_key) DO NOTHING RETURNING id
""")


async def make(conn: AsyncConnection, new: New) -> Batch:
    """Make a batch of the files that are chosen now, and wake the workers once it is committed.

    A request that was made before returns its batch; raises `KeyUsed` if it was another. What
    marks or unmarks is done at once. It is the asker's: see `db.audit`.
    """
    inserted = {
        "kind": new.kind,
        "title": new.title,
        "orders": msgspec.json.encode(new.orders).decode(),
        "state": "previewing" if new.preview else "running",
        "undoes": new.undoes,
        "key": new.request and new.request.key,
        "digest": new.request and new.request.digest,
        "user": audit.asker.get().user,
        "who": audit.asker.get().who,
    }
    batch: int | None = await conn.scalar(INSERT, inserted)
    if batch is None:
        return await requested(conn, new.request)
    await choose(conn, batch, new.kind, new.chosen, preview=new.preview)
    made = await known(conn, batch)
    if not new.preview:
        await tell(conn, made)
    return made


async def tell(conn: AsyncConnection, made: Batch) -> None:
    """Write down that somebody has a batch done."""
    told: dict[str, Any] = {"batch": made.id, "kind": made.kind, "comics": made.total}
    if made.undoes:
        told["undoes"] = made.undoes
    await audit.write(conn, "batch started", made.title, **told)


REQUESTED = text("""
    SELECT id FROM batches WHERE request_key = :key AND request_digest = :digest
""")


async def requested(conn: AsyncConnection, request: Request | None) -> Batch:
    """Return the batch that this request has made; raise `KeyUsed` if it was not this one."""
    asked = msgspec.structs.asdict(request) if request else {}
    batch: int | None = await conn.scalar(REQUESTED, asked)
    if batch is None:
        raise KeyUsed("This Idempotency-Key was used for another request: choose a new one.")
    return await known(conn, batch)


async def known(conn: AsyncConnection, batch: int) -> Batch:
    """Return this batch, which is there."""
    row = (await conn.execute(select_batches().where(batches.c.id == batch))).one()
    return Batch(*row)


BEGIN = text("""
    UPDATE batches
       SET total = :total, done = :done, unchanged = :unchanged, skipped = 0, failed = 0,
           state = CASE WHEN :total > CAST(:done AS int) + :unchanged
                        THEN CASE WHEN :preview THEN 'previewing' ELSE 'running' END
                        WHEN :preview THEN 'previewed' ELSE 'done' END,
           finished_at = CASE WHEN :total = CAST(:done AS int) + :unchanged AND NOT :preview
                              THEN now() END,
           event = nextval('events')
     WHERE id = :batch RETURNING pg_notify('batches', id::text)
""")


async def choose(
    conn: AsyncConnection, batch: int, kind: BatchKind, chosen: Chosen, *, preview: bool
) -> None:
    """Give a batch its files, and have it begin."""
    if kind in MARKS:
        marked = MARKS[kind]
        total, changed = await selections.mark(conn, batch, chosen, marked=marked, preview=preview)
        await begin(conn, batch, total, changed, preview=preview)
    else:
        total = await selections.cut(conn, batch, chosen)
        await begin(conn, batch, total, preview=preview)


async def begin(
    conn: AsyncConnection, batch: int, total: int, changed: int | None = None, *, preview: bool
) -> None:
    """Have a batch of so many files begin, or end if all of them have; wake the workers.

    `changed` is how many are done where that was done at once, and the others were so already.
    """
    await take_turn(conn)
    ended = {"done": changed or 0, "unchanged": 0 if changed is None else total - changed}
    await conn.execute(BEGIN, {"batch": batch, "total": total, "preview": preview, **ended})


def undoing(undone: Batch, title: str, file: int | None = None) -> New:
    """Say how to undo what a batch has done, or has done to one file, the last first.

    What was undone already is not undone again. To undo marks is to mark the other way round.
    """
    chosen = Marked if undone.kind in MARKS else Undoable
    return New(
        kind=OPPOSITE.get(undone.kind, "undo"),
        title=title,
        chosen=chosen(undone.id, file),
        undoes=undone.id,
    )


LOCK: Final = 0x6576656E  # "even": the lock of whoever numbers events

TURN = text("SELECT pg_advisory_xact_lock(:lock)")


async def take_turn(conn: AsyncConnection) -> None:
    """Wait until nobody else numbers events; it is this transaction's turn until it ends."""
    await conn.execute(TURN, {"lock": LOCK})
