"""Files that could not be read: have the next scan read them once more, though none has changed."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

DOUBT: Final = text("""
    WITH doubted AS (
        UPDATE files SET read_mtime_ns = NULL
         WHERE library_id = :library AND fault IS NOT NULL AND missing_since IS NULL
           AND (CAST(:folder AS text) IS NULL OR path = :folder
                OR starts_with(path, :folder || '/'))
        RETURNING path
    )
    UPDATE folders SET fingerprint = NULL
     WHERE library_id = :library
       AND path IN (SELECT regexp_replace(doubted.path, '[^/]*$', '') FROM doubted)
""")


async def doubt(conn: AsyncConnection, library: int, folder: str | None) -> None:
    """Forget that the faulty files of a library, or of a folder or file in it, have been read."""
    await conn.execute(DOUBT, {"library": library, "folder": folder})
