"""Who changed what: a row for each, written in the transaction that changes it.

What was rolled back was not done, and is not told. No row has a secret.
"""

from contextvars import ContextVar
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Action = Literal[
    "logged in",
    "log-in refused",
    "logged out",
    "logged out everywhere",
    "user added",
    "user changed",
    "user removed",
    "token added",
    "token removed",
    "library added",
    "library changed",
    "library removed",
    "settings changed",
    "batch started",
    "batch paused",
    "batch resumed",
    "batch retried",
    "batch cancelled",
    "comics forgotten",
    "entries forgotten",
]


class Asker(Struct, frozen=True):
    """Somebody on whose behalf something is done: a user, a person at the shell, or nobody."""

    user: int | None = None
    who: str = ""
    address: str | None = None


LONGBOX: Final = Asker()
"""What Longbox does by itself: as a schedule says, for example."""

asker: ContextVar[Asker] = ContextVar("asker", default=LONGBOX)
"""On whose behalf this task does what it does."""

# Who is removed while a request of theirs runs is told by name alone.
WRITE: Final = text("""
    INSERT INTO audit (user_id, who, address, action, subject, details)
    VALUES ((SELECT id FROM users WHERE id = :user), :who,
            CAST(:address AS inet), :action, :subject, CAST(:details AS jsonb))
""")


async def write(
    conn: AsyncConnection,
    action: Action,
    subject: object = "",
    *,
    by: Asker | None = None,
    **details: object,
) -> None:
    """Tell of what this transaction does, to whom or what, on behalf of the asker."""
    told = {
        **msgspec.structs.asdict(by or asker.get()),
        "action": action,
        "subject": str(subject),
        "details": msgspec.json.encode(details).decode(),
    }
    await conn.execute(WRITE, told)


class Entry(Struct):
    """What somebody did, or tried to do."""

    id: int
    at: datetime
    user: Annotated[int | None, Meta(description="Null for a user who is no more, too.")]
    who: Annotated[str, Meta(description="The name at that time; empty for Longbox itself.")]
    address: str | None
    action: Action
    subject: str
    details: dict[str, Any]


LAST: Final = 2**63 - 1


class Wanted(Struct, frozen=True):
    """Which entries: before one, and of an action or of somebody."""

    limit: int
    before: int = LAST
    action: Action | None = None
    who: str | None = None


PAGE: Final = text("""
    SELECT id, at, user_id AS user, who, host(address) AS address, action, subject, details
      FROM audit
     WHERE id < :before
       AND (CAST(:action AS text) IS NULL OR action = :action)
       AND (CAST(:who AS text) IS NULL OR who = :who)
     ORDER BY id DESC LIMIT :limit
""")


async def page(conn: AsyncConnection, wanted: Wanted) -> list[Entry]:
    """Return so many entries, the newest first."""
    rows = await conn.execute(PAGE, msgspec.structs.asdict(wanted))
    return [Entry(**row) for row in rows.mappings()]


FORGET: Final = text("DELETE FROM audit WHERE at < now() - make_interval(days => :days)")


async def forget(conn: AsyncConnection, days: int) -> int:
    """Drop what was told more than so many days ago, and tell of that; return how many it was."""
    forgotten = (await conn.execute(FORGET, {"days": days})).rowcount
    if forgotten:
        await write(conn, "entries forgotten", entries=forgotten, older_than_days=days)
    return forgotten
