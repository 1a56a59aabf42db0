"""Which files a batch is made of: some ids, all that a list would show, or what another has done.

They are chosen and cut into slices, `batch_slices`, by one statement, as one array: in the order of
an index, that is ten times as quick as numbering rows. Statements are in the driver's own words, as
those of lists are.
"""

from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ARRAY, BindParameter, Integer, all_, bindparam, func, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from db.list_shapes import id_of, key_of, matching
from db.list_statements import DIALECT
from db.listing import Wanted, parameters, shape_of

SLICE: Final = 1_000  # files of a slice


class Except(Struct, frozen=True):
    """All the files of a list but these."""

    listed: Wanted
    files: list[int]


class Undoable(Struct, frozen=True):
    """The files that a batch has changed and whose change is not undone, the last first, or one."""

    batch: int
    file: int | None = None


class Marked(Struct, frozen=True):
    """The files that a batch has marked or unmarked, or would have, or one of them."""

    batch: int
    file: int | None = None


Chosen = list[int] | Wanted | Except | Undoable | Marked
"""Ids in the order in which they are wanted, or the files of a list in its own."""

IDS: Final = """
    SELECT array_agg(id ORDER BY place) AS ids
      FROM (SELECT f.id, min(place) AS place
              FROM unnest(%(ids)s::int[]) WITH ORDINALITY AS asked (id, place)
              JOIN files AS f USING (id) GROUP BY f.id) AS known
"""

# Whether what an item `i` has done was undone.
UNDONE: Final = """
    EXISTS (SELECT FROM batches AS u JOIN batch_items AS d ON d.batch_id = u.id
             WHERE u.undoes = i.batch_id AND d.file_id = i.file_id
               AND d.state = 'done' AND NOT d.preview AND d.event IS NOT NULL)
"""

# What another program has done and only told of cannot be undone.
UNDOABLE: Final = f"""
    SELECT array_agg(i.file_id ORDER BY i.ordinal DESC) AS ids
      FROM batch_items AS i JOIN batches AS b ON b.id = i.batch_id
     WHERE i.batch_id = %(other)s AND i.state = 'done' AND NOT i.preview
       AND NOT b.orders ? 'imported'
       AND (%(file)s::int IS NULL OR i.file_id = %(file)s) AND NOT {UNDONE}
"""  # noqa: S608  a part of ours

MARKED: Final = """
    SELECT array_agg(file_id) AS ids
      FROM batch_slices CROSS JOIN unnest(file_ids) AS file_id
     WHERE batch_id = %(other)s AND (%(file)s::int IS NULL OR file_id = %(file)s)
"""


def find(chosen: Chosen) -> tuple[str, dict[str, Any]]:
    """Write what selects `ids`, an array or null, and return what it refers to."""
    if isinstance(chosen, Wanted):
        return listed(chosen), parameters(chosen)
    if isinstance(chosen, Except):
        return listed(chosen.listed, LEFT), {**parameters(chosen.listed), "ids": chosen.files}
    if isinstance(chosen, list):
        return IDS, {"ids": chosen}
    statement = UNDOABLE if isinstance(chosen, Undoable) else MARKED
    return statement, {"other": chosen.batch, "file": chosen.file}


# PostgreSQL looks each id up in a table that it makes of the array once.
LEFT: Final = bindparam("ids", type_=ARRAY(Integer))


def listed(wanted: Wanted, but: BindParameter[Any] | None = None) -> str:
    """Write what selects the files of a list in its order, whatever its page, but for some ids."""
    shape = shape_of(wanted)
    keys = [key_of(shape), id_of(shape)]
    order = [key.desc() for key in keys] if shape.direction == "desc" else keys
    ids = func.array_agg(aggregate_order_by(id_of(shape), *order))
    statement = matching(shape, ids.label("ids"))
    if but is not None:
        statement = statement.where(id_of(shape) != all_(but))
    return str(statement.compile(dialect=DIALECT))


SLICES: Final = f"""
    INSERT INTO batch_slices (batch_id, first, file_ids)
    SELECT %(batch)s, first, ids[first + 1 : first + {SLICE}]
      FROM chosen CROSS JOIN generate_series(0, cardinality(ids) - 1, {SLICE}) AS first
"""  # noqa: S608  a number of ours

CUT: Final = """
    WITH chosen AS MATERIALIZED ({chosen}), slices AS ({slices})
    SELECT coalesce(cardinality(ids), 0) FROM chosen
"""


async def cut(conn: AsyncConnection, batch: int, chosen: Chosen) -> int:
    """Give a batch its slices, the first of them as items; return how many files it has."""
    select, asked = find(chosen)
    statement = CUT.format(chosen=select, slices=SLICES)
    files = await conn.exec_driver_sql(statement, {"batch": batch, **asked})
    await open_slice(conn, batch)
    return int(files.scalar_one())


# A million files may take longer than a statement of a request is otherwise given.
PATIENCE: Final = "SET LOCAL statement_timeout = '10min'"

MARK: Final = """
    WITH meant AS MATERIALIZED ({meant}), changed AS ({changed}), chosen AS MATERIALIZED (
        SELECT array_agg(id) AS ids FROM changed
    ), slices AS ({slices})
    SELECT coalesce(cardinality(meant.ids), 0) AS meant,
           coalesce(cardinality(chosen.ids), 0) AS differed
      FROM meant, chosen
"""
DIFFERING: Final = "id = ANY((SELECT ids FROM meant)::int[]) AND marked <> %(marked)s"
CHANGE: Final = f"UPDATE files SET marked = %(marked)s WHERE {DIFFERING} RETURNING id"  # noqa: S608
SHOW: Final = f"SELECT id FROM files WHERE {DIFFERING}"  # noqa: S608  both of ours


async def mark(
    conn: AsyncConnection, batch: int, chosen: Chosen, *, marked: bool, preview: bool
) -> tuple[int, int]:
    """Mark what is not marked yet, or the other way round, and keep its ids as a batch's slices.

    A preview marks nothing. Returns how many files were meant, and how many differed.
    """
    select, asked = find(chosen)
    statement = MARK.format(meant=select, changed=SHOW if preview else CHANGE, slices=SLICES)
    await conn.exec_driver_sql(PATIENCE)
    marking = {"batch": batch, "marked": marked, **asked}
    counted = (await conn.exec_driver_sql(statement, marking)).one()
    return counted.meant, counted.differed


# The batch with the least left to do comes first, so that one comic need not wait for a library.
OPEN_BATCHES: Final = """
    SELECT id FROM batches WHERE state IN ('previewing', 'running')
     ORDER BY total - done - unchanged - skipped - failed, id
"""

OPEN: Final = """
    WITH open AS MATERIALIZED ({open}), slice AS (
        SELECT s.* FROM open CROSS JOIN LATERAL (
               SELECT batch_id, first, file_ids FROM batch_slices
                WHERE batch_id = open.id AND (CAST(:first AS int) IS NULL OR first = :first)
                ORDER BY first LIMIT 1 FOR UPDATE SKIP LOCKED) AS s
         LIMIT 1
    ), opened AS (
        DELETE FROM batch_slices AS s USING slice
         WHERE s.batch_id = slice.batch_id AND s.first = slice.first
    )
    INSERT INTO batch_items (batch_id, seq, file_id, path)
    SELECT batch_id, first + place - 1, file_id, coalesce(files.path, '')
      FROM slice CROSS JOIN unnest(file_ids) WITH ORDINALITY AS chosen (file_id, place)
      LEFT JOIN files ON files.id = file_id
"""
OPEN_ANY = text(OPEN.format(open=OPEN_BATCHES))
OPEN_ONE = text(OPEN.format(open="SELECT CAST(:batch AS int) AS id"))


async def open_slice(
    conn: AsyncConnection, batch: int | None = None, first: int | None = None
) -> bool:
    """Make items of a slice; False if there is none.

    It is the one of a batch that begins with this item or is its next, or the one whose turn it is.
    """
    statement = OPEN_ANY if batch is None else OPEN_ONE
    asked = {"first": first} if batch is None else {"batch": batch, "first": first}
    return bool((await conn.execute(statement, asked)).rowcount)
