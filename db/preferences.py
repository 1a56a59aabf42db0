"""Queries of `preferences`: what a page keeps for whoever looks at it, in words of its own."""

from typing import Any, Final

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import preferences


async def current(conn: AsyncConnection) -> dict[str, Any]:
    """Return all that is kept, by name."""
    rows = await conn.execute(select(preferences.c.name, preferences.c.value))
    return {row.name: row.value for row in rows}


CHANGE: Final = text("""
    INSERT INTO preferences (name, value)
    SELECT * FROM unnest(CAST(:names AS text[]), CAST(:values AS json[]))
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
""")


async def change(conn: AsyncConnection, changes: dict[str, Any]) -> None:
    """Keep these values and leave the others; no name may hold a NUL."""
    values = [msgspec.json.encode(value).decode() for value in changes.values()]
    await conn.execute(CHANGE, {"names": list(changes), "values": values})
