"""Queries of `users`: who may log in, as what, and to which libraries.

While there is no user, a deployment may let anybody do everything. So once there are users, an
admin is always among them: whoever would take the last one away is refused.
"""

from datetime import datetime
from typing import Any, Final, cast
from unicodedata import normalize

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit
from db.tables import UserRole, users


class User(Struct):
    """Somebody who may log in, unless disabled."""

    id: int
    name: str
    role: UserRole
    libraries: list[int] | None  # that are theirs; None for all
    has_password: bool  # or somebody else has to vouch for them
    created_at: datetime
    disabled_at: datetime | None


class LastAdmin(Exception):
    """There would be users, and no admin among them."""


LONGEST_KEY: Final = 200  # letters; some of a name become a dozen


def name_key(name: str) -> str:
    """Return what two names that look alike have in common."""
    return normalize("NFKC", normalize("NFKC", name).casefold())[:LONGEST_KEY]


def select_users() -> Select[int, str, UserRole, list[int] | None, bool, datetime, datetime | None]:
    """Select users by name."""
    u = users.c
    return select(
        u.id,
        u.name,
        cast("ColumnElement[UserRole]", u.role),
        u.libraries,
        u.password.is_not(None),
        u.created_at,
        u.disabled_at,
    ).order_by(u.name_key)


async def every(conn: AsyncConnection) -> list[User]:
    """Return all users by name."""
    return [User(*row) for row in await conn.execute(select_users())]


async def one(conn: AsyncConnection, user: int) -> User | None:
    """Return this user, or None."""
    row = (await conn.execute(select_users().where(users.c.id == user))).first()
    return row and User(*row)


async def named(conn: AsyncConnection, name: str) -> User | None:
    """Return the user of this name, or None."""
    wanted = select_users().where(users.c.name_key == name_key(name))
    row = (await conn.execute(wanted)).first()
    return row and User(*row)


async def of_subject(conn: AsyncConnection, subject: str) -> User | None:
    """Return the user for whom a provider of identities vouches so, or None."""
    row = (await conn.execute(select_users().where(users.c.subject == subject))).first()
    return row and User(*row)


async def are_there(conn: AsyncConnection) -> bool:
    """Tell whether there is any user."""
    return bool(await conn.scalar(select(select(users.c.id).exists())))


async def password(conn: AsyncConnection, user: int) -> str | None:
    """Return the hash of a user's password, if they have one."""
    return await conn.scalar(select(users.c.password).where(users.c.id == user))


LOCK: Final = 0x75736572  # "user": the lock of whoever changes users

TURN = text("SELECT pg_advisory_xact_lock(:lock)")


async def take_turn(conn: AsyncConnection) -> None:
    """Wait until nobody else changes users; it is this transaction's turn until it ends."""
    await conn.execute(TURN, {"lock": LOCK})


async def make(conn: AsyncConnection, name: str, columns: dict[str, Any]) -> int:
    """Make a user, and return the id; raise `LastAdmin` if the first is not to be an admin.

    A name that another has breaks the constraint users_name_key_key.
    """
    given = {"name": name, "name_key": name_key(name)} | columns
    user = await conn.scalar(insert(users).values(given).returning(users.c.id))
    await keep_admin(conn)
    await audit.write(conn, "user added", name, **told(columns))
    return int(user or 0)


async def make_first(conn: AsyncConnection, name: str, password: str) -> int | None:
    """Make the first user, an admin, and return the id; None where there is a user already.

    Of any who try at once, one does.
    """
    await take_turn(conn)
    if await are_there(conn):
        return None
    return await make(conn, name, {"password": password, "role": "admin"})


async def change(
    conn: AsyncConnection, user: int, columns: dict[str, Any], *, disabled: bool | None = None
) -> None:
    """Change columns of a user, who is disabled, enabled or neither; raise `LastAdmin`."""
    if "name" in columns:
        columns = columns | {"name_key": name_key(columns["name"])}
    if disabled is not None:
        columns = columns | {"disabled_at": func.now() if disabled else None}
    await take_turn(conn)
    if columns:
        changed = update(users).where(users.c.id == user).values(columns)
        name = await conn.scalar(changed.returning(users.c.name))
        await audit.write(conn, "user changed", name, **told(columns, disabled))
    await keep_admin(conn)


async def remove(conn: AsyncConnection, user: int) -> bool:
    """Remove a user with sessions and tokens; tell whether there was one, raise `LastAdmin`."""
    await take_turn(conn)
    name = await conn.scalar(select(users.c.name).where(users.c.id == user))
    if name is None:
        return False
    await audit.write(conn, "user removed", name)  # while there is who does it: it may be this one
    await conn.execute(delete(users).where(users.c.id == user))
    await keep_admin(conn)
    return True


TOLD: Final = ("name", "role", "libraries")


def told(columns: dict[str, Any], disabled: bool | None = None) -> dict[str, Any]:  # noqa: FBT001  as `change` has it
    """Return what everybody may know who learns of a change: of a password, that there is one."""
    known: dict[str, Any] = {name: columns[name] for name in TOLD if name in columns}
    if "password" in columns:
        known["password"] = "changed"  # noqa: S105  not the password
    return known if disabled is None else known | {"disabled": disabled}


async def keep_admin(conn: AsyncConnection) -> None:
    """Raise `LastAdmin` unless an admin is left who may log in."""
    admins = select(users.c.id).where(users.c.role == "admin", users.c.disabled_at.is_(None))
    if not await conn.scalar(select(admins.exists())):
        raise LastAdmin("Nobody would be left who may change that again: make another admin first.")
