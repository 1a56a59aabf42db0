"""Queries of `settings`: what users change at run time."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import settings

Minutes = Annotated[
    int,
    Meta(ge=0, le=10_080, description="Minutes between scheduled scans; 0 for none."),
]


Days = Annotated[
    int,
    Meta(
        ge=0,
        le=36_500,
        description="Days after which a scan forgets a comic whose file has gone; 0 for never.",
    ),
]


class Settings(Struct, forbid_unknown_fields=True):
    """Every setting, with the default of those that nobody has changed."""

    scan_every_minutes: Minutes = 60
    forget_missing_after_days: Days = 0


async def current(conn: AsyncConnection) -> Settings:
    """Return the settings; a row that an older or newer version wrote differently is a default."""
    rows = await conn.execute(select(settings.c.name, settings.c.value))
    return msgspec.convert({name: value for name, value in rows if is_known(name, value)}, Settings)


def is_known(name: str, value: object) -> bool:
    """Tell whether this version has such a setting, and takes this value for it."""
    try:
        msgspec.convert({name: value}, Settings)
    except msgspec.ValidationError:
        return False
    return True


CHANGE = text("""
    INSERT INTO settings (name, value) SELECT key, value FROM jsonb_each(CAST(:changes AS jsonb))
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
""")


async def change(conn: AsyncConnection, changes: dict[str, Any]) -> None:
    """Store these settings and leave the others."""
    await conn.execute(CHANGE, {"changes": msgspec.json.encode(changes).decode()})
