"""Which comics share pages: groups that are kept up to date as files are saved.

Two comics belong together if they share half of the pages that either has, each counted as often as
it is there: the sketch finds who may, the checksums of all pages decide. Groups are closed: with A
and B, and B and C, so are A and C. A page that many comics have, such as a scanner's own, brings
some of them together in sketches, but is not half of them; and what more than `CROWD` comics share
makes no group that is ever shown.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

SHARE: Final = 0.5  # of the pages that either comic has
CROWD: Final = 50  # files

# The pages of these have changed, and what held a group together may have been theirs.
DISSOLVE: Final = text("""
    DELETE FROM twins WHERE kind = 'overlap' AND key IN (
        SELECT key FROM twins WHERE kind = 'overlap' AND file_id = ANY(:ids))
    RETURNING file_id, key
""")

COMPARE: Final = text("""
    SELECT mine.file_id, coalesce(CAST(t.key AS int), other.file_id)
      FROM likenesses AS mine
     CROSS JOIN LATERAL (
           SELECT DISTINCT found.file_id FROM unnest(mine.page_lows) AS low
            CROSS JOIN LATERAL (
                  SELECT file_id FROM likenesses
                   WHERE page_lows @> ARRAY[low] AND file_id <> mine.file_id LIMIT :crowd) AS found
           ) AS near
      JOIN likenesses AS other ON other.file_id = near.file_id
      LEFT JOIN twins AS t ON t.file_id = other.file_id AND t.kind = 'overlap'
     CROSS JOIN LATERAL (
           SELECT count(*) AS shared FROM (
               SELECT unnest(mine.page_crcs) INTERSECT ALL SELECT unnest(other.page_crcs)) AS b
           ) AS both_have
     WHERE mine.file_id = ANY(:ids)
       AND shared >= :share * (cardinality(mine.page_crcs) + cardinality(other.page_crcs) - shared)
""")

# The key of a group is the lowest of its files when it was found. A file that is being forgotten is
# waited for, and then not there.
GROUP: Final = text("""
    WITH linked AS MATERIALIZED (
        SELECT id, lpad(CAST(id AS text), 10, '0') AS old,
               lpad(CAST(first AS text), 10, '0') AS key
          FROM unnest(CAST(:ids AS int[]), CAST(:firsts AS int[])) AS l (id, first)
    ), merged AS (
        UPDATE twins AS t SET key = l.key
          FROM linked AS l WHERE t.kind = 'overlap' AND t.key = l.old AND l.key <> l.old
    )
    INSERT INTO twins (kind, key, file_id)
    SELECT 'overlap', l.key, id FROM linked AS l JOIN files AS f USING (id)
     WHERE NOT EXISTS (SELECT FROM twins AS t WHERE t.kind = 'overlap' AND t.file_id = id)
     ORDER BY id FOR KEY SHARE OF f
""")


async def group(conn: AsyncConnection, ids: list[int]) -> None:
    """Put files that are new, or whose pages have changed, into the groups that they belong to."""
    ids = ids + await dissolve(conn, ids)
    links = await conn.execute(COMPARE, {"ids": ids, "crowd": CROWD, "share": SHARE})
    if firsts := gather((one, other) for one, other in links):
        await conn.execute(GROUP, {"ids": list(firsts), "firsts": list(firsts.values())})


async def dissolve(conn: AsyncConnection, ids: list[int]) -> list[int]:
    """Take the groups of these files apart, and return who else has to be compared again."""
    freed = (await conn.execute(DISSOLVE, {"ids": ids})).all()
    sizes, known = Counter(key for _, key in freed), set(ids)
    return [one for one, key in freed if sizes[key] <= CROWD and one not in known]


def gather(links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return for each file the lowest of all that it is linked with, by others or directly."""
    parents: dict[int, int] = {}

    def find(one: int) -> int:
        while (parent := parents.setdefault(one, one)) != one:
            parents[one] = parents[parent]
            one = parent
        return one

    for one, other in links:
        first, second = sorted((find(one), find(other)))
        parents[second] = first
    return {one: find(one) for one in parents}
