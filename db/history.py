"""What was done to comics: all of it, or to one, the newest first.

Items of batches are the history; what is forgotten from the index is still in it.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.happenings import FILE
from db.selections import UNDONE
from db.tables import BatchKind


class Entry(Struct):
    """What a batch has done to a file. `before` and `after` say what differed, and the path.

    `event` is its number and grows with time. Library and root are None once the file is forgotten.
    """

    event: int
    batch: int
    key: UUID
    kind: BatchKind
    seq: int
    file: int
    library: int | None
    root: str | None
    path: str
    ended_at: datetime
    before: dict[str, Any]
    after: dict[str, Any] | None
    undone: bool


# By batch_items_history_idx, or of one file by batch_items_file_idx.
PAGE: Final = """
    SELECT CAST(row_to_json(entry) AS text) FROM (
        SELECT i.event, i.batch_id AS batch, b.key, b.kind, i.seq, i.file_id AS file,
               f.library_id AS library, l.root, i.path, i.ended_at, i.before, i.after,
               {undone} AS undone
          FROM (SELECT * FROM batch_items
                 WHERE {which} state = 'done' AND before IS NOT NULL AND NOT preview
                   AND event IS NOT NULL AND event < :before
                 ORDER BY event DESC LIMIT :limit OFFSET :offset) AS i
          JOIN batches AS b ON b.id = i.batch_id {file}
         ORDER BY i.event DESC) AS entry
"""
ALL = text(PAGE.format(which="", file=FILE, undone=UNDONE))
OF_ONE = text(PAGE.format(which="file_id = :file AND", file=FILE, undone=UNDONE))

TOTAL: Final = """
    SELECT count(*) FROM batch_items
     WHERE {which} state = 'done' AND before IS NOT NULL AND NOT preview AND event IS NOT NULL
"""
ALL_TOTAL = text(TOTAL.format(which=""))
TOTAL_OF_ONE = text(TOTAL.format(which="file_id = :file AND"))

LAST: Final = 2**63 - 1


async def page(
    conn: AsyncConnection,
    limit: int,
    *,
    offset: int = 0,
    before: int = LAST,
    file: int | None = None,
) -> list[Entry]:
    """Return what was done before an event, to all or to one file; a cursor reads no offset."""
    asked: dict[str, int] = {"limit": limit, "offset": offset, "before": before}
    if file is None:
        told = await conn.scalars(ALL, asked)
    else:
        told = await conn.scalars(OF_ONE, {**asked, "file": file})
    return [msgspec.json.decode(one, type=Entry) for one in told]


async def total(conn: AsyncConnection, file: int | None = None) -> int:
    """Count what was done, to all or to one file."""
    if file is None:
        return int(await conn.scalar(ALL_TOTAL) or 0)
    return int(await conn.scalar(TOTAL_OF_ONE, {"file": file}) or 0)


UNDOABLE = text(f"""
    SELECT i.batch_id
      FROM batch_items AS i JOIN batches AS b ON b.id = i.batch_id
     WHERE i.file_id = :file AND i.state = 'done' AND NOT i.preview AND i.event IS NOT NULL
       AND b.kind <> 'undo' AND NOT b.orders ? 'imported'
       AND NOT {UNDONE}
     ORDER BY i.event DESC LIMIT 1
""")  # noqa: S608  a part of ours


async def last_undoable(conn: AsyncConnection, file: int) -> int | None:
    """Return the batch that was the last to change this file, of those that are not undone."""
    batch: int | None = await conn.scalar(UNDOABLE, {"file": file})
    return batch
