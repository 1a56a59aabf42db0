"""Queries of `settings`: what users change at run time, a row each.

Which settings there are, of which type and with which default, is told by structs: `Settings` here,
and `comics.rules.Settings` of how comics are named.
"""

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit
from db.tables import settings

T = TypeVar("T", bound=Struct)

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

Folder = Annotated[
    str,
    Meta(description="Where duplicates are moved to, its whole path; null for $DUPLICATE_DIR."),
]

LogBytes = Annotated[
    int,
    Meta(ge=1024, le=2**30, description="How long a log file may grow; from the next start on."),
]


class Settings(Struct, frozen=True):
    """Every setting but those of names, with the default of those that nobody has changed."""

    scan_every_minutes: Minutes = 60
    forget_missing_after_days: Days = 0
    duplicates_root: Folder | None = None
    log_max_bytes: LogBytes = 5 * 2**20


async def current(conn: AsyncConnection, kind: type[T]) -> T:
    """Return the settings that a struct tells of."""
    return choose(await stored(conn), kind)


async def stored(conn: AsyncConnection) -> dict[str, Any]:
    """Return all rows by name, of this version or another."""
    rows = await conn.execute(select(settings.c.name, settings.c.value))
    return {name: value for name, value in rows}  # noqa: C416  a dict is not made of typed rows


def choose(rows: dict[str, Any], kind: type[T]) -> T:
    """Return the settings that a struct tells of; a row that it does not take is a default."""
    names = kind.__struct_fields__
    known = {name: rows[name] for name in names if name in rows and takes(kind, name, rows[name])}
    return msgspec.convert(known, kind)


def takes(kind: type[Struct], name: str, value: object) -> bool:
    """Tell whether a struct takes this value for a setting of it: other versions wrote others."""
    try:
        msgspec.convert({name: value}, kind)
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
    await audit.write(conn, "settings changed", ", ".join(changes), **changes)
