"""Queries on who watches a library's folder for changes.

Whoever watches holds an advisory lock, so a scheduler that was killed watches no longer, and need
not say so; why a library cannot be watched is in its row.
"""

from typing import Final, cast

from sqlalchemy import ColumnElement, text
from sqlalchemy.ext.asyncio import AsyncConnection

LOCK: Final = 0x77617463  # "watc": the class of the advisory locks, as in `db.scans`

STATE: Final = cast(
    "ColumnElement[str]",
    text("""
        CASE WHEN NOT libraries.watch THEN 'off'
             WHEN EXISTS (
                SELECT FROM pg_locks
                 WHERE locktype = 'advisory' AND granted AND objsubid = 2
                   AND classid = :watch_lock AND objid = libraries.id
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
             ) THEN 'on'
             ELSE coalesce('unavailable: ' || libraries.watch_fault, 'off') END
    """).bindparams(watch_lock=LOCK),
)

BEGIN = text("SELECT pg_try_advisory_lock(:lock, :library)")
END = text("SELECT pg_advisory_unlock(:lock, :library)")
FAULT = text("""
    UPDATE libraries SET watch_fault = :fault
     WHERE id = :library AND watch_fault IS DISTINCT FROM CAST(:fault AS text)
""")


async def begin(conn: AsyncConnection, library: int) -> bool:
    """Be the one who watches this library, until `end` or the connection's; False if another is."""
    mine = bool(await conn.scalar(BEGIN, {"lock": LOCK, "library": library}))
    if mine:
        await conn.execute(FAULT, {"library": library, "fault": None})
    await conn.commit()
    return mine


async def end(conn: AsyncConnection, library: int) -> None:
    """Watch this library no longer."""
    await conn.execute(END, {"lock": LOCK, "library": library})
    await conn.commit()


async def fail(conn: AsyncConnection, library: int, fault: str) -> bool:
    """Say why this library is not watched, and tell whether that is news."""
    told = await conn.execute(FAULT, {"library": library, "fault": fault})
    await conn.commit()
    return bool(told.rowcount)


# All paths of a folder lie between its name with a slash and its name with what follows a slash.
# Two questions, as one with OR in it would look through the whole of files_path_key.
KNOWS = text("""
    SELECT EXISTS (
        SELECT FROM files WHERE library_id = :library AND missing_since IS NULL AND path = :path
    ) OR EXISTS (
        SELECT FROM files WHERE library_id = :library AND missing_since IS NULL
           AND path >= :path || '/' AND path < :path || '0'
    )
""")


async def knows(conn: AsyncConnection, library: int, path: str) -> bool:
    """Tell whether a path, or what is in it, is listed."""
    return bool(await conn.scalar(KNOWS, {"library": library, "path": path}))
