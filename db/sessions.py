"""Queries of `sessions`: where users are logged in.

A session is known by a hash of the cookie's 256 random bits. It lasts for a month after it was last
used, until its end: after a year, or sooner where another than Longbox vouches for the user.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit
from db.audit import Asker

LONGEST: Final = 365  # days

START = text("""
    WITH ended AS (DELETE FROM sessions WHERE expires_at < now())
    INSERT INTO sessions (key, user_id, expires_at, ends_at, agent)
    VALUES (:key, :user, now() + make_interval(days => least(:days, 30)),
            now() + make_interval(days => :days), :agent)
""")


async def start(
    conn: AsyncConnection, key: bytes, user: int, agent: str, days: int = LONGEST
) -> None:
    """Log a user in for so long at most, and forget the sessions that are over.

    `agent` is what the browser is.
    """
    await conn.execute(START, {"key": key, "user": user, "agent": agent, "days": days})


SEE = text("""
    UPDATE sessions
       SET seen_at = now(),
           expires_at = least(now() + interval '30 days', ends_at)
     WHERE key = :key AND seen_at < now() - interval '5 minutes'
""")


async def see(conn: AsyncConnection, key: bytes) -> None:
    """Have a session last longer, for it is in use."""
    await conn.execute(SEE, {"key": key})


END = text("""
    DELETE FROM sessions USING users
     WHERE key = :key AND users.id = user_id RETURNING users.id, users.name
""")


async def end(conn: AsyncConnection, key: bytes, address: str) -> None:
    """Log a user out of one session, as whoever asks from this address wants."""
    user = (await conn.execute(END, {"key": key})).one_or_none()
    if user:
        await audit.write(conn, "logged out", by=Asker(user.id, user.name, address))


END_ALL = text("DELETE FROM sessions WHERE user_id = :user AND key <> :but")


async def end_all(conn: AsyncConnection, user: int, but: bytes = b"") -> None:
    """Log a user out everywhere, but of this session."""
    await conn.execute(END_ALL, {"user": user, "but": but})


async def end_own(conn: AsyncConnection, user: int) -> None:
    """Log the user who asks out everywhere."""
    await end_all(conn, user)
    await audit.write(conn, "logged out everywhere")
