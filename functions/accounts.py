"""How users are made and changed: the rules that the API and the command share."""

import secrets
from datetime import timedelta
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy.ext.asyncio import AsyncConnection

from db import libraries, sessions, tokens, users
from db.callers import RANKS, Role
from db.tables import UserRole
from db.users import User
from functions import passwords
from functions.callers import hashed
from functions.passwords import Password
from functions.shelving import Refused, Taken
from functions.wire import Id

PREFIX: Final = "longbox_"  # by which a token is known wherever it turns up

Name = Annotated[
    str,
    Meta(
        max_length=100,
        pattern=r"^[^\s\x00-\x1f\x7f]+(?: [^\s\x00-\x1f\x7f]+)*$(?!\n)",
        description="Words with single blanks between; case does not matter.",
    ),
]
Libraries = Annotated[
    Annotated[list[Id], Meta(max_length=1000)] | None,
    Meta(description="All that they see; null for all."),
]


class NewUser(Struct, forbid_unknown_fields=True):
    """A user to add; one without a password is vouched for by a proxy."""

    name: Name
    role: UserRole
    password: Password | None = None
    libraries: Libraries = None


class UserChange(Struct, forbid_unknown_fields=True):
    """What to change of a user; what is left out stays as it is."""

    name: Name | UnsetType = UNSET
    role: UserRole | UnsetType = UNSET
    password: Password | UnsetType = UNSET
    libraries: Libraries | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET


async def add(conn: AsyncConnection, wanted: NewUser) -> int:
    """Add a user and return the id; raise `Refused`, or `db.users.LastAdmin`."""
    columns: dict[str, Any] = {"role": wanted.role, "libraries": wanted.libraries}
    if wanted.password is not None:
        columns["password"] = await passwords.make_hash(wanted.password)
    await check(conn, wanted.role, wanted.libraries)
    await refuse_taken(conn, wanted.name)
    return await users.make(conn, wanted.name, columns)


async def change(conn: AsyncConnection, user: User, wanted: UserChange) -> None:
    """Change a user; raise `Refused`, or `db.users.LastAdmin`.

    Who gets another password, or is disabled, is logged out everywhere.
    """
    columns: dict[str, Any] = msgspec.to_builtins(wanted)
    role, theirs = columns.get("role", user.role), columns.get("libraries", user.libraries)
    await check(conn, role, theirs)
    if "password" in columns:
        columns["password"] = await passwords.make_hash(columns["password"])
    if "name" in columns:
        await refuse_taken(conn, columns["name"], user.id)
    is_disabled = columns.pop("disabled", None)
    if "password" in columns or is_disabled:
        await sessions.end_all(conn, user.id)
    await users.change(conn, user.id, columns, disabled=is_disabled)


async def refuse_taken(conn: AsyncConnection, name: str, mine: int | None = None) -> None:
    """Raise `Taken` for a name that another user has, or one that looks like it."""
    other = await users.named(conn, name)
    if other and other.id != mine:
        raise Taken("name", f"Another user is called {other.name}.")


async def check(conn: AsyncConnection, role: UserRole, theirs: list[int] | None) -> None:
    """Raise `Refused` for libraries that nobody has, and for an admin of some only."""
    if theirs is None:
        return
    if role == "admin":
        raise Refused("libraries", "An admin sees every library.")
    known = {library.id for library in await libraries.every(conn)}
    if missing := set(theirs) - known:
        raise Refused("libraries", f"There is no library {min(missing)}.")


class NewToken(Struct, forbid_unknown_fields=True):
    """A token to make, for a program that is to act for a user."""

    name: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
    role: Annotated[
        UserRole | None, Meta(description="What it may at most; null for all that its user may.")
    ] = None
    days: Annotated[
        Annotated[int, Meta(ge=1, le=3650)] | None, Meta(description="Until it expires; or never.")
    ] = None


async def add_token(
    conn: AsyncConnection, user: int, role: Role, wanted: NewToken
) -> tuple[int, str]:
    """Make a token for a user who has this role; return its id, and what nobody will see again."""
    chosen = wanted.role or "admin"
    if wanted.role and RANKS[wanted.role] > RANKS[role]:
        raise Refused("role", f"A token may not do more than its user, who has the role {role}.")
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    lasts = timedelta(days=wanted.days) if wanted.days else None
    new = tokens.New(wanted.name, chosen, lasts)
    return await tokens.make(conn, hashed(secret), user, new), secret
