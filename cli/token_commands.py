"""The commands of `longbox token`: what programs show instead of a password."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from cli.library_commands import ask, read
from cli.showing import show
from cli.terminal import print_line
from cli.user_commands import known as user_named
from db import tokens
from db.engine import job
from db.tokens import Token
from functions import accounts
from functions.accounts import NewToken
from functions.shelving import Refused

app = typer.Typer(help="List, add and remove tokens.", no_args_is_help=True)


@app.command(name="list")
def list_all() -> None:
    """List the tokens of all users: a table on a terminal, JSON lines elsewhere."""
    show(ask(every()), table)


@app.command()
def add(
    user: Annotated[str, typer.Argument(metavar="USER", help="Whom it acts for.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    *,
    role: Annotated[
        str | None, typer.Option(help="What it may at most: viewer, editor or admin.")
    ] = None,
    days: Annotated[int | None, typer.Option(help="Until it expires; or never.")] = None,
) -> None:
    """Make a token and print it, this once."""
    wanted = read({"name": name, "role": role, "days": days}, NewToken)
    print_line(ask(added(user, wanted)))


@app.command()
def remove(token: Annotated[int, typer.Argument(metavar="TOKEN", help="Its number.")]) -> None:
    """Remove a token; what shows it is nobody from then on."""
    ask(removed(token))


async def every() -> list[Token]:
    """Return all tokens."""
    async with job() as conn:
        return await tokens.every(conn)


async def added(user: str, wanted: NewToken) -> str:
    """Make a token for the user of this name, and return it."""
    async with job() as conn:
        owner = await user_named(conn, user)
        _, secret = await accounts.add_token(conn, owner.id, owner.role, wanted)
        await conn.commit()
    return secret


async def removed(token: int) -> None:
    """Remove this token, or raise `Refused`."""
    async with job() as conn:
        if not await tokens.remove(conn, token):
            raise Refused("", f"There is no token {token}; `longbox token list` has them all.")
        await conn.commit()


def table(known: Sequence[Token]) -> Table:
    """Draw the tokens."""
    drawn = Table(box=None, header_style="bold")
    for head in ("", "of", "name", "may at most", "expires", "last used"):
        drawn.add_column(head)
    for token in known:
        expires, used = day(token.expires_at), day(token.used_at)
        drawn.add_row(str(token.id), token.user_name, token.name, token.role, expires, used)
    return drawn


def day(moment: datetime | None) -> str:
    """Write a day, or that it is none."""
    return f"{moment.astimezone():%Y-%m-%d}" if moment else "never"
