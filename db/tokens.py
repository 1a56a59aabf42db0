"""Queries of `tokens`: what programs of users show instead of a password."""

from datetime import datetime, timedelta
from typing import cast

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit
from db.tables import UserRole, tokens, users


class Token(Struct):
    """A token, but for what only its holder knows; whose it is, and what it may at most."""

    id: int
    user: int
    user_name: str
    name: str
    role: UserRole
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


async def every(conn: AsyncConnection, user: int | None = None) -> list[Token]:
    """Return the tokens of this user, or of all, the newest first."""
    t = tokens.c
    role = cast("ColumnElement[UserRole]", t.role)
    wanted = (
        select(t.id, t.user_id, users.c.name, t.name, role, t.created_at, t.expires_at, t.used_at)
        .join(users, users.c.id == t.user_id)
        .order_by(t.id.desc())
    )
    if user is not None:
        wanted = wanted.where(t.user_id == user)
    return [Token(*row) for row in await conn.execute(wanted)]


class New(Struct):
    """A token to make."""

    name: str
    role: UserRole  # what it may at most: never more than its user
    lasts: timedelta | None


MAKE = text("""
    INSERT INTO tokens (key, user_id, name, role, expires_at)
    VALUES (:key, :user, :name, :role, now() + CAST(:lasts AS interval)) RETURNING id
""")


async def make(conn: AsyncConnection, key: bytes, user: int, new: New) -> int:
    """Keep a token of this user by the hash of it, and return its id."""
    given = {"key": key, "user": user, **msgspec.structs.asdict(new)}
    token = int(await conn.scalar(MAKE, given) or 0)
    await audit.write(conn, "token added", new.name, token=token, role=new.role)
    return token


async def remove(conn: AsyncConnection, token: int, user: int | None = None) -> bool:
    """Remove a token, of this user if one is named; tell whether there was one."""
    unwanted = delete(tokens).where(tokens.c.id == token)
    if user is not None:
        unwanted = unwanted.where(tokens.c.user_id == user)
    name = await conn.scalar(unwanted.returning(tokens.c.name))
    if name is not None:
        await audit.write(conn, "token removed", name, token=token)
    return name is not None


SEE = text("""
    UPDATE tokens SET used_at = now()
     WHERE key = :key AND (used_at < now() - interval '5 minutes') IS NOT FALSE
""")


async def see(conn: AsyncConnection, key: bytes) -> None:
    """Note that a token is in use."""
    await conn.execute(SEE, {"key": key})
