"""Queries of `tries`: how often who may try what, told to all processes by one statement.

Each key has a bucket that holds `burst` tries at most and fills again by `per_minute`.
https://en.wikipedia.org/wiki/Token_bucket
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

TAKE = text("""
    INSERT INTO tries (key, level, at) VALUES (:key, CAST(:burst AS real) - 1, now())
    ON CONFLICT (key) DO UPDATE SET at = now(), level = least(:burst, tries.level
        + CAST(:per_minute AS real) * extract(epoch FROM now() - tries.at) / 60) - 1
     WHERE least(:burst, tries.level
        + CAST(:per_minute AS real) * extract(epoch FROM now() - tries.at) / 60) >= 1
    RETURNING key
""")


async def take(conn: AsyncConnection, key: str, *, burst: float, per_minute: float) -> bool:
    """Take one try, or return False if none is left."""
    given = {"key": key, "burst": burst, "per_minute": per_minute}
    return await conn.scalar(TAKE, given) is not None


GIVE_BACK = text("UPDATE tries SET level = level + 1 WHERE key = :key")


async def give_back(conn: AsyncConnection, key: str) -> None:
    """Take it that this was not tried."""
    await conn.execute(GIVE_BACK, {"key": key})


FORGET = text("DELETE FROM tries WHERE at < now() - interval '1 day'")


async def forget(conn: AsyncConnection) -> None:
    """Forget the buckets that have been full for long."""
    await conn.execute(FORGET)
