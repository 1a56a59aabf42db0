"""By what files are found to be the same comic: kept as they are saved, so that to ask is cheap.

`twins` holds a file by what it has in common with another, and only such files: where two share a
key, all that have it are there. One that stays behind when its twin goes does no harm, as groups of
one are never shown.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import overlaps

# Two transactions that do not see each other's files would each find nobody: the second one waits,
# and then looks. A table that was just filled has no statistics, and what then looks cheap would
# read all of it for each file: all that is asked for here is found by an index.
QUEUE: Final = text("""
    SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
           set_config('enable_mergejoin', 'off', true),
           pg_advisory_xact_lock(hashtext('longbox twins'))
""")

LEAVE: Final = text("DELETE FROM twins WHERE file_id = ANY(:ids) AND kind <> 'overlap'")

# Who had the key before, if there was but one; and the file itself, if anybody has it.
SHARED: Final = """
    SELECT '{kind}' AS kind, {written} AS key, shared.file_id AS id
      FROM {table} AS mine
     CROSS JOIN LATERAL (
           (SELECT file_id FROM {table} AS other
             WHERE other.{key} = mine.{key} AND other.file_id <> ALL(:ids) LIMIT 1)
           UNION ALL
           SELECT mine.file_id
            WHERE EXISTS (SELECT FROM {table} AS other
                           WHERE other.{key} = mine.{key} AND other.file_id <> mine.file_id)
           ) AS shared
     WHERE mine.file_id = ANY(:ids)
"""
PAGES: Final = SHARED.format(
    kind="pages", table="file_tags", key="fingerprint", written="encode(mine.fingerprint, 'hex')"
)
ISSUE: Final = SHARED.format(
    kind="issue", table="likenesses", key="issue_key", written="mine.issue_key"
)
# A file that is being forgotten is waited for, and then not there.
JOIN: Final = text(f"""
    WITH found AS MATERIALIZED ({PAGES} UNION ALL {ISSUE})
    INSERT INTO twins (kind, key, file_id)
    SELECT kind, key, id FROM found JOIN files AS f USING (id) ORDER BY id FOR KEY SHARE OF f
    ON CONFLICT DO NOTHING
""")  # noqa: S608  names of our own


async def find(conn: AsyncConnection, ids: list[int]) -> None:
    """Find who is like files that are new, or whose pages or issue have changed.

    They must have been saved in this transaction, which is to end soon: others wait for it.
    """
    if ids:
        await conn.execute(QUEUE)
        await conn.execute(LEAVE, {"ids": ids})
        await conn.execute(JOIN, {"ids": ids})
        await overlaps.group(conn, ids)
