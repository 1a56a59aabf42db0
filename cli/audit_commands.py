"""`longbox audit`: who changed what; and on whose behalf the shell's own commands do things."""

import asyncio
import getpass
import os
from collections.abc import Sequence
from typing import Annotated, get_args

import msgspec
import typer
from rich.table import Table

from cli.database import database
from cli.showing import show
from cli.terminal import harmless
from db import audit, schema
from db.audit import Action, Asker, Entry, Wanted
from db.engine import job


def at_the_shell() -> Asker:
    """Say who types commands here; a user that the system has no name for is a number."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    return Asker(who=f"{name} (shell)")


def tell(
    *,
    limit: Annotated[int, typer.Option(help="How many, the newest.", min=1, max=100_000)] = 50,
    action: Annotated[
        str | None, typer.Option(help='Only such as "logged in" or "library removed".')
    ] = None,
    who: Annotated[str | None, typer.Option(help="Only of this name.")] = None,
    forget_older_than: Annotated[
        int | None, typer.Option(help="First forget what is older than so many days.", min=1)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Tell who changed what, newest first: a table on a terminal, JSON lines elsewhere."""
    try:
        wanted = msgspec.convert({"limit": limit, "action": action, "who": who}, Wanted)
    except msgspec.ValidationError:
        known = ", ".join(get_args(Action))
        raise typer.BadParameter(f"It is one of: {known}.", param_hint="--action") from None
    with database():
        schema.migrate()
        if forget_older_than:
            if not yes:
                question = f"Forget who changed what more than {forget_older_than} days ago?"
                typer.confirm(question, abort=True)
            typer.echo(f"Entries forgotten: {asyncio.run(forget(forget_older_than)):,}", err=True)
        show(asyncio.run(found(wanted)), table)


async def forget(days: int) -> int:
    """Forget what is older, and return how many entries that was."""
    async with job() as conn:
        forgotten = await audit.forget(conn, days)
        await conn.commit()
        return forgotten


async def found(wanted: Wanted) -> list[Entry]:
    """Return these entries."""
    async with job() as conn:
        return await audit.page(conn, wanted)


def table(entries: Sequence[Entry]) -> Table:
    """Draw entries."""
    drawn = Table(box=None, header_style="bold")
    for head in ("when", "who", "from", "what", "", "details"):
        drawn.add_column(head)
    for entry in entries:
        drawn.add_row(
            f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}",
            harmless(entry.who) or ("nobody" if entry.address else "Longbox"),
            entry.address or "",
            entry.action,
            harmless(entry.subject),
            harmless(msgspec.json.encode(entry.details).decode()) if entry.details else "",
        )
    return drawn
