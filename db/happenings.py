"""What happens to batches, in the order in which it was committed: files end, batches change.

An event is a number that grows. Who has seen one asks for those after it, and misses none: see
`db.batches`. A batch is told as it is now, so of the changes between two questions only the last.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.batches import Batch
from db.tables import BatchKind, ItemState


class Changed(Struct):
    """A batch has changed: it is like this now."""

    event: int
    batch: int
    now: Batch


class Item(Struct):
    """A file of a batch, and how it has ended, or would have if it is of a preview.

    One that has not ended has the event 0. `ordinal` is how many of the batch had ended with it.
    `path` is the one that it had when its turn came near; the library and its root are None once
    the file is forgotten.
    """

    event: int
    batch: int
    key: UUID
    kind: BatchKind
    total: int
    seq: int
    ordinal: int | None
    file: int
    library: int | None
    root: str | None
    path: str
    state: ItemState
    preview: bool
    error: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ended_at: datetime | None


Happening = Changed | Item

BATCH: Final = ", ".join(Batch.__struct_fields__)
ITEM: Final = """
    coalesce(i.event, 0) AS event, b.id AS batch, b.key, b.kind, b.total, i.seq, i.ordinal,
    i.file_id AS file, f.library_id AS library, l.root, i.path, i.state, i.preview, i.error,
    i.before, i.after, i.ended_at
"""
FILE: Final = """
    LEFT JOIN files AS f ON f.id = i.file_id
    LEFT JOIN libraries AS l ON l.id = f.library_id
"""

AFTER = text(f"""
    WITH changed AS MATERIALIZED (
        SELECT {BATCH} FROM batches
         WHERE event > :event AND (CAST(:batch AS int) IS NULL OR id = :batch)
    ), ended AS (
        SELECT {ITEM}
          FROM changed AS b CROSS JOIN LATERAL (
               SELECT * FROM batch_items AS i
                WHERE i.batch_id = b.id AND i.event > :event ORDER BY i.event LIMIT :limit) AS i
          {FILE}
         ORDER BY i.event LIMIT :limit
    )
    SELECT event, true AS is_item, CAST(row_to_json(ended) AS text) AS told FROM ended
     UNION ALL
    SELECT event, false, CAST(row_to_json(changed) AS text) FROM changed
     ORDER BY event LIMIT :limit
""")  # noqa: S608  names of our own columns


async def after(
    conn: AsyncConnection, event: int, batch: int | None = None, limit: int = 1_000
) -> list[Happening]:
    """Return what has happened since this event, the earliest first: to a batch, or to all."""
    asked = {"event": event, "batch": batch, "limit": limit}
    return [read(row) for row in await conn.execute(AFTER, asked)]


def read(row: Row[int, bool, str]) -> Happening:
    """Read a row of what has happened."""
    event, is_item, told = row
    if is_item:
        return msgspec.json.decode(told, type=Item)
    now = msgspec.json.decode(told, type=Batch)
    return Changed(event, now.id, now)


NEWEST = text("SELECT coalesce(max(event), 0) FROM batches")


async def newest(conn: AsyncConnection) -> int:
    """Return the last event there is; an item's comes before its batch's."""
    return int(await conn.scalar(NEWEST) or 0)


AT_WORK = text("""
    SELECT EXISTS (SELECT FROM batch_items WHERE batch_id = :batch AND state = 'running')
""")


async def is_quiet(conn: AsyncConnection, batch: int) -> bool:
    """Tell whether no file of a batch is at work; one may be when it is cancelled."""
    return not await conn.scalar(AT_WORK, {"batch": batch})
