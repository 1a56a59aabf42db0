"""Files that workers are changing, or have changed since a scan began.

What the scan's walk has seen of them may be older than their rows, or younger than these will be
in a moment. So the scan leaves them alone, and does not trust their folders: the next one looks
again.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

NEWEST = text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM events")


async def newest(conn: AsyncConnection) -> int:
    """Return the newest event: what ends later may have changed after this."""
    event: int = (await conn.execute(NEWEST)).scalar_one()
    await conn.commit()
    return event


# batch_items_running_key and batch_items_history_idx serve these.
AT_WORK = """
    SELECT file_id, path, before, after, plan FROM batch_items WHERE state = 'running'
     UNION ALL
    SELECT file_id, path, before, after, plan FROM batch_items
     WHERE state = 'done' AND before IS NOT NULL AND NOT preview AND event > :since
"""

TOUCHED = text(f"""
    CREATE TEMPORARY TABLE touched AS
    SELECT DISTINCT i.file_id AS id, place.path COLLATE "C" AS path
      FROM ({AT_WORK}) AS i JOIN files AS f ON f.id = i.file_id AND f.library_id = :library
     CROSS JOIN LATERAL (VALUES (f.path), (i.path), (i.before ->> 'path'), (i.after ->> 'path'),
                                (i.plan -> 'after' ->> 'path'),
                                (i.plan -> 'steps' -> 0 ->> 'aside')) AS place (path)
     WHERE place.path IS NOT NULL
""")  # noqa: S608  our own words

SPARE = text("""
    DELETE FROM difference
     WHERE id IN (SELECT id FROM touched) OR path IN (SELECT path FROM touched)
""")

DISTRUST = text("""
    UPDATE listed SET fingerprint = NULL
     WHERE path IN (SELECT regexp_replace(path, '[^/]*$', '') COLLATE "C" FROM touched)
""")


async def spare(conn: AsyncConnection, library: int, since: int) -> None:
    """Take what workers have touched since this event out of the differences of a scan."""
    await conn.execute(TOUCHED, {"library": library, "since": since})
    await conn.execute(SPARE)
    await conn.execute(DISTRUST)


AMONG = text(f"""
    SELECT file_id FROM ({AT_WORK}) AS i WHERE file_id = ANY(:ids)
""")  # noqa: S608  our own words


async def among(conn: AsyncConnection, ids: list[int], since: int) -> set[int]:
    """Return which of these files workers have touched since this event."""
    return set((await conn.execute(AMONG, {"ids": ids, "since": since})).scalars())
