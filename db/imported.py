"""What another program has kept of comics, taken into the index in sets: marks and history."""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import batches

Mark = Literal["marked", "duplicate"]

# A constant statement each, since no parameter names a column.
MARK: Final = {
    "marked": text("UPDATE files SET marked = true WHERE id = ANY(:ids) AND NOT marked"),
    "duplicate": text("UPDATE files SET duplicate = true WHERE id = ANY(:ids) AND NOT duplicate"),
}


async def mark(conn: AsyncConnection, ids: list[int], mark: Mark) -> int:
    """Mark these files; return how many were not marked before."""
    return (await conn.execute(MARK[mark], {"ids": ids})).rowcount


class Past(Struct):
    """What was done to a file once, as history tells it; `seq` is its number there.

    `path` is the one that the file had then, below its library's root.
    """

    seq: int
    file: int
    path: str
    before: dict[str, Any]
    after: dict[str, Any]
    at: datetime


REMEMBER: Final = text("""
    WITH new AS (
        INSERT INTO batches (kind, title, orders, state, request_key, finished_at)
        VALUES ('process', :title, '{"imported": true}', 'done', :source, now())
        ON CONFLICT (request_key) DO NOTHING RETURNING id
    ), batch AS (
        SELECT id FROM new UNION ALL SELECT id FROM batches WHERE request_key = :source
    ), past AS (
        SELECT batch.id AS batch_id, p.*
          FROM jsonb_to_recordset(CAST(:past AS jsonb)) AS p (
            seq int, file int, path text, before jsonb, after jsonb, at timestamptz)
         CROSS JOIN batch
         WHERE NOT EXISTS (
            SELECT FROM batch_items AS i WHERE i.batch_id = batch.id AND i.seq = p.seq)
    ), added AS (
        INSERT INTO batch_items
            (batch_id, seq, file_id, path, state, before, after, ordinal, event, ended_at)
        SELECT batch_id, seq, file, path, 'done', before, after, row_number() OVER times,
               (SELECT least(min(event), 0) FROM batch_items)
                   - row_number() OVER (ORDER BY at DESC, seq DESC),
               at
          FROM past WINDOW times AS (ORDER BY at, seq)
        RETURNING batch_id
    )
    SELECT id, (SELECT count(*) FROM added) AS added FROM batch
""")

COUNT: Final = text("""
    UPDATE batches SET total = total + :added, done = done + :added WHERE id = :batch
""")


async def remember(conn: AsyncConnection, source: str, title: str, past: list[Past]) -> int:
    """Take in the history of a source, all that is not there yet; return how much that is.

    It makes a batch, which is over and cannot be undone. Its events are below all others: no stream
    tells them, and what Longbox has done itself comes after them.
    """
    await batches.take_turn(conn)
    asked = {"source": source, "title": title, "past": msgspec.json.encode(past).decode()}
    batch, added = (await conn.execute(REMEMBER, asked)).one()
    await conn.execute(COUNT, {"batch": batch, "added": added})
    return int(added)
