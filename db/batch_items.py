"""Queries of `batch_items` for workers: claim, journal, save, beat, hand back.

A worker claims some files for as long as its lease, says in the journal what it is about to do to
each, does it, and saves what came of it. Whatever it says counts only as long as the files are its
own: after its lease another may have claimed them. Each of these ends the transaction.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
import sqlalchemy.exc
from msgspec import Struct
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.outcomes import IN_EACH_OTHERS_WAY, Key, Outcome, save
from db.selections import OPEN_BATCHES, open_slice
from db.tables import BatchKind, BatchState

LEASE: Final = 30.0  # seconds that a worker's files are its own without a beat
DEATHS: Final = 3  # workers that may die at a file before it has failed
LAST_DEATHS: Final = 6  # and before it has failed though it is half done


class Undone(Struct):
    """What is to be undone: the item as it ended."""

    kind: BatchKind
    plan: dict[str, Any] | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    comic_info: bytes | None
    had_comic_info: bool | None


class Claimed(Struct):
    """A file that is this worker's for now: what to do, and what is known of it.

    `seq` counts from 0 in the batch. `plan` is the journal of a worker that died at it or has left
    it half done. `state` is the batch's: in one that is paused or cancelled, what is half done is
    to be put right, and nothing else. Of a `preview` nothing is to be touched. A file that is
    forgotten is `missing` and in no library.
    """

    batch: int
    seq: int
    kind: BatchKind
    state: BatchState
    tries: int
    deaths: int
    preview: bool
    plan: dict[str, Any] | None
    undone: Undone | None
    file: int
    library: int
    root: str
    read_only: bool
    path: str
    size: int
    mtime_ns: int
    inode: int
    format: str | None
    fault: str | None
    missing: bool
    marked: bool
    duplicate: bool
    tags: dict[str, Any] | None
    provenance: dict[str, str]
    orders: Any  # comics.orders.Orders as a dict; the same one for all of a batch

    @property
    def key(self) -> Key:
        """Return which item this is."""
        return self.batch, self.seq


class Journalled(Struct):
    """What a worker is about to do to a file, and the ComicInfo.xml that it is about to change."""

    batch: int
    seq: int
    plan: dict[str, Any]
    comic_info: bytes | None = None
    had_comic_info: bool | None = None


class Beat(Struct):
    """What a worker has learnt by a beat: which items are its own, which batches are to stop."""

    mine: set[Key]
    stopped: set[int]


# One by one, so that a file which ends its workers takes no other along; but those together that
# change names in a circle, with the one that moves first.
LEFT: Final = """
    SELECT i.batch_id, i.seq
      FROM (SELECT batch_id, seq, plan -> 'circle' AS circle FROM batch_items AS l
             WHERE state = 'running' AND lease < now()
               AND (plan -> 'circle' -> 0 IS NULL OR plan -> 'circle' -> 0 = to_jsonb(seq)
                    OR NOT EXISTS (
                        SELECT FROM batch_items AS first
                         WHERE first.batch_id = l.batch_id AND first.state = 'running'
                           AND first.seq = (l.plan -> 'circle' ->> 0)::int))
             ORDER BY lease LIMIT 1 FOR UPDATE SKIP LOCKED) AS one
      JOIN batch_items AS i ON i.batch_id = one.batch_id AND i.state = 'running'
       AND i.lease < now() AND (i.seq = one.seq OR one.circle @> to_jsonb(i.seq))
"""

# OFFSET has each file looked up by batch_items_running_key. Of two batches with the same file, one
# has it first.
WAITING: Final = f"""
    SELECT DISTINCT ON (file_id) batch_id, seq
      FROM (SELECT i.* FROM ({OPEN_BATCHES}) AS open CROSS JOIN LATERAL (
                   SELECT batch_id, seq, file_id FROM batch_items AS t
                    WHERE t.batch_id = open.id AND t.state = 'todo'
                      AND (t.due_at IS NULL OR t.due_at <= now())
                      AND NOT EXISTS (
                          SELECT FROM batch_items AS r
                           WHERE r.file_id = t.file_id AND r.state = 'running' OFFSET 0)
                    ORDER BY seq LIMIT :most FOR UPDATE SKIP LOCKED) AS i
             LIMIT :most) AS waiting
"""  # noqa: S608  a part of ours

# What is undone is looked up by its file, as OFFSET says: its batch may be of any length. Orders
# are told with the first item of each batch.
TAKE: Final = """
    WITH picked AS MATERIALIZED ({picked}), taken AS (
        UPDATE batch_items AS i
           SET state = 'running', worker = :worker, lease = now() + make_interval(secs => :lease),
               deaths = i.deaths + (i.state = 'running' AND i.worker <> '')::int,
               preview = i.preview OR b.state = 'previewing'
          FROM picked AS p JOIN batches AS b ON b.id = p.batch_id
         WHERE i.batch_id = p.batch_id AND i.seq = p.seq
        RETURNING i.*
    ), claimed AS (
        SELECT t.batch_id AS batch, t.seq, b.kind, b.state, t.tries, t.deaths, t.preview, t.plan,
               CASE WHEN row_number() OVER (PARTITION BY t.batch_id ORDER BY t.seq) = 1
                    THEN b.orders END AS orders,
               CASE WHEN b.undoes IS NOT NULL THEN (
                   SELECT row_to_json(u) FROM (
                       SELECT o.kind, d.plan, d.before, d.after, d.had_comic_info,
                              translate(encode(d.comic_info, 'base64'), E'\\n', '') AS comic_info
                         FROM (SELECT * FROM batch_items
                                WHERE file_id = t.file_id AND event IS NOT NULL OFFSET 0) AS d
                         JOIN batches AS o ON o.id = d.batch_id
                        WHERE d.batch_id = b.undoes AND d.state = 'done'
                        ORDER BY d.event DESC LIMIT 1) AS u) END AS undone,
               t.file_id AS file, coalesce(f.library_id, 0) AS library,
               coalesce(l.root, '') AS root, coalesce(l.read_only, false) AS read_only,
               coalesce(f.path, t.path) AS path, coalesce(f.size, 0) AS size,
               coalesce(f.mtime_ns, 0) AS mtime_ns, coalesce(f.inode, 0) AS inode, f.format,
               f.fault, f.id IS NULL OR f.missing_since IS NOT NULL AS missing,
               coalesce(f.marked, false) AS marked, coalesce(f.duplicate, false) AS duplicate,
               g.tags, coalesce(g.provenance, '{{}}') AS provenance
          FROM taken AS t JOIN batches AS b ON b.id = t.batch_id
          LEFT JOIN files AS f ON f.id = t.file_id
          LEFT JOIN libraries AS l ON l.id = f.library_id
          LEFT JOIN file_tags AS g ON g.file_id = t.file_id
    )
    SELECT CAST(row_to_json(claimed) AS text) FROM claimed ORDER BY batch, seq
"""
TAKE_LEFT = text(TAKE.format(picked=LEFT))
TAKE_WAITING = text(TAKE.format(picked=WAITING))


async def claim(
    conn: AsyncConnection, worker: str, most: int, lease: float = LEASE
) -> list[Claimed]:
    """Claim so many files at most, for so many seconds; none if there are none now.

    What a dead worker has left comes first, and alone, or with those of its circle. What ended too
    many workers has failed.
    """
    asked = {"worker": worker, "lease": lease}
    while left := read(await conn.scalars(TAKE_LEFT, asked)):
        await conn.commit()
        if todo := [one for one in left if await is_to_do(conn, worker, one)]:
            return todo
    claimed = await take(conn, TAKE_WAITING, {**asked, "most": most})
    while len(claimed) < most and await open_slice(conn):
        await conn.commit()
        claimed += await take(conn, TAKE_WAITING, {**asked, "most": most - len(claimed)})
    await conn.commit()  # in a transaction nobody hears of what is new
    return claimed


TRIES: Final = 5


async def take(
    conn: AsyncConnection, statement: TextClause, asked: dict[str, Any]
) -> list[Claimed]:
    """Take what this picks; where others have just taken the same files, look again."""
    for _ in range(TRIES):
        try:
            claimed = read(await conn.scalars(statement, asked))
            await conn.commit()
        except sqlalchemy.exc.DBAPIError as error:
            await conn.rollback()
            if not isinstance(error.orig, IN_EACH_OTHERS_WAY):
                raise
        else:
            return claimed
    return []


def read(told: Iterable[str]) -> list[Claimed]:
    """Read what was taken; the items of a batch share its orders."""
    claimed = [msgspec.json.decode(one, type=Claimed) for one in told]
    orders = {one.batch: one.orders for one in claimed if one.orders is not None}
    for one in claimed:
        one.orders = orders[one.batch]
    return claimed


FAILED: Final = "Three times a worker ended while it was at this comic."


async def is_to_do(conn: AsyncConnection, worker: str, left: Claimed) -> bool:
    """Tell whether there is something to do about what a dead worker has left; else settle it."""
    half_done = left.plan is not None
    if left.deaths >= (LAST_DEATHS if half_done else DEATHS):
        over = Outcome(batch=left.batch, seq=left.seq, state="failed", error=FAILED)
        await save(conn, worker, [over])
        return False
    if not half_done and left.state in {"paused", "cancelled"}:
        await hand_back(conn, worker, [left.key])
        return False
    return True


# A worker beats while it journals, hands back and saves: all of them lock its rows in this order.
OWN: Final = """
    own AS MATERIALIZED (
        SELECT batch_id, seq FROM batch_items WHERE worker = :worker AND state = 'running'
         ORDER BY batch_id, seq FOR UPDATE
    )
"""

JOURNAL = text(f"""
    WITH {OWN}
    UPDATE batch_items AS i
       SET plan = p.plan, comic_info = decode(p.comic_info, 'base64'),
           had_comic_info = p.had_comic_info
      FROM own JOIN jsonb_to_recordset(CAST(:plans AS jsonb)) AS p (
           batch int, seq int, plan jsonb, comic_info text, had_comic_info boolean)
        ON own.batch_id = p.batch AND own.seq = p.seq
     WHERE i.batch_id = own.batch_id AND i.seq = own.seq
    RETURNING i.batch_id, i.seq
""")  # noqa: S608  a part of ours


async def journal(conn: AsyncConnection, worker: str, plans: list[Journalled]) -> set[Key]:
    """Keep what is about to be done; return of which files this counts: no other may be touched."""
    asked = {"worker": worker, "plans": msgspec.json.encode(plans).decode()}
    kept = {(row.batch_id, row.seq) for row in await conn.execute(JOURNAL, asked)}
    await conn.commit()
    return kept


BEAT = text(f"""
    WITH {OWN}, mine AS (
        UPDATE batch_items AS i SET lease = now() + make_interval(secs => :lease)
          FROM own WHERE i.batch_id = own.batch_id AND i.seq = own.seq
        RETURNING i.batch_id, i.seq
    )
    SELECT batch_id, seq, state NOT IN ('previewing', 'running') AS stopped
      FROM mine JOIN batches ON id = batch_id
""")  # noqa: S608  a part of ours


async def beat(conn: AsyncConnection, worker: str, lease: float = LEASE) -> Beat:
    """Keep this worker's files its own for so many seconds from now on."""
    rows = (await conn.execute(BEAT, {"worker": worker, "lease": lease})).all()
    await conn.commit()
    return Beat(
        mine={(row.batch_id, row.seq) for row in rows},
        stopped={row.batch_id for row in rows if row.stopped},
    )


HAND_BACK = text(f"""
    WITH {OWN}, handed AS (
        UPDATE batch_items AS i
           SET state = CASE WHEN :half_done THEN 'running' ELSE 'todo' END,
               plan = CASE WHEN :half_done THEN plan END, worker = '', lease = now()
          FROM own
         WHERE i.batch_id = own.batch_id AND i.seq = own.seq
           AND (CAST(:batches AS int[]) IS NULL OR (i.batch_id, i.seq) IN (
                SELECT * FROM unnest(CAST(:batches AS int[]), CAST(:seqs AS int[]))))
        RETURNING i.batch_id
    )
    SELECT pg_notify('batches', batch_id::text) FROM (SELECT DISTINCT batch_id FROM handed) AS h
""")  # noqa: S608  a part of ours


async def hand_back(
    conn: AsyncConnection, worker: str, items: list[Key] | None = None, *, half_done: bool = False
) -> None:
    """Leave these files, or all that are this worker's, to any worker.

    Their plans go, unless they are half done: then they are claimed at once, and put right.
    """
    chosen = {
        "batches": None if items is None else [batch for batch, _ in items],
        "seqs": None if items is None else [seq for _, seq in items],
    }
    await conn.execute(HAND_BACK, {"worker": worker, "half_done": half_done, **chosen})
    await conn.commit()
