"""The commands of `longbox user`: who may log in, also while Longbox runs.

No password is ever an argument, which every user of the machine could read.
"""

import sys
from collections.abc import Sequence
from getpass import getpass
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.library_commands import ask, find, read, refuse
from cli.showing import show
from db import users
from db.engine import job
from db.users import User
from functions import accounts
from functions.accounts import NewUser, UserChange
from functions.shelving import Refused

app = typer.Typer(help="List, add, disable and remove users.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="What they log in as.")]


@app.command(name="list")
def list_all() -> None:
    """List the users: a table on a terminal, JSON lines elsewhere."""
    show(ask(every()), table)


@app.command()
def add(
    name: Name,
    *,
    role: Annotated[str, typer.Option(help="viewer, editor or admin.")] = "viewer",
    library: Annotated[
        list[str] | None, typer.Option(help="All that they see, by number or name; or all.")
    ] = None,
    without_password: Annotated[
        bool, typer.Option("--without-password", help="A proxy vouches for them.")
    ] = False,
) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    given: dict[str, Any] = {"name": name, "role": role}
    read(given, NewUser)  # before a password is asked for
    if not without_password:
        given["password"] = new_password()
    ask(added(read(given, NewUser), library))


@app.command()
def password(name: Name) -> None:
    """Give a user another password, and log them out everywhere."""
    ask(one(name))
    ask(changed(name, read({"password": new_password()}, UserChange)))


@app.command()
def disable(name: Name) -> None:
    """Let a user not log in any more, and log them out; their tokens are of no use, either."""
    ask(changed(name, UserChange(disabled=True)))


@app.command()
def enable(name: Name) -> None:
    """Let a user log in again."""
    ask(changed(name, UserChange(disabled=False)))


@app.command()
def remove(name: Name) -> None:
    """Remove a user with their tokens; what they have done stays, under their name."""
    ask(removed(name))


def new_password() -> str:
    """Ask for a password twice on a terminal, or read it from standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass("Password: ")
    if getpass("The same again: ") != first:
        refuse("Those were two passwords: nothing was changed.")
    return first


async def every() -> list[User]:
    """Return all users."""
    async with job() as conn:
        return await users.every(conn)


async def known(conn: AsyncConnection, name: str) -> User:
    """Return the user of this name, or raise `Refused`."""
    if found := await users.named(conn, name):
        return found
    raise Refused("name", f"There is no user {name}; `longbox user list` has them all.")


async def one(name: str) -> User:
    """Return the user of this name."""
    async with job() as conn:
        return await known(conn, name)


async def added(wanted: NewUser, named: list[str] | None) -> None:
    """Add a user who sees these libraries, or all."""
    async with job() as conn:
        if named:
            wanted.libraries = [(await find(conn, library)).id for library in named]
        await accounts.add(conn, wanted)
        await conn.commit()


async def changed(name: str, wanted: UserChange) -> None:
    """Change the user of this name."""
    async with job() as conn:
        await accounts.change(conn, await known(conn, name), wanted)
        await conn.commit()


async def removed(name: str) -> None:
    """Remove the user of this name."""
    async with job() as conn:
        await users.remove(conn, (await known(conn, name)).id)
        await conn.commit()


def table(known: Sequence[User]) -> Table:
    """Draw the users."""
    drawn = Table(box=None, header_style="bold")
    for head in ("name", "role", "libraries", "since", ""):
        drawn.add_column(head)
    for user in known:
        theirs = "all" if user.libraries is None else ", ".join(map(str, user.libraries))
        state = "disabled" if user.disabled_at else "" if user.has_password else "no password"
        since = f"{user.created_at.astimezone():%Y-%m-%d}"
        drawn.add_row(user.name, user.role, theirs, since, state)
    return drawn
