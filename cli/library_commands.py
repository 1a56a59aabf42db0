"""The commands of `longbox library`: list, add, edit and remove, also while Longbox runs."""

import asyncio
import os
from collections.abc import Coroutine, Sequence
from contextlib import closing
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec
import typer
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.database import database
from cli.showing import show
from comics.paths import to_text
from db import libraries, schema
from db.engine import job
from db.users import LastAdmin
from functions import shelving
from functions.shelving import Library, LibraryChange, NewLibrary, Refused

T = TypeVar("T")

app = typer.Typer(help="List, add, edit and remove libraries.", no_args_is_help=True)

Which = Annotated[str, typer.Argument(metavar="LIBRARY", help="Its number, or its name.")]
Name = Annotated[str | None, typer.Option(help="What it is called.")]
ReadOnly = Annotated[
    bool | None, typer.Option("--read-only/--writable", help="Never change a file of it, or do.")
]
Schedule = Annotated[
    str | None,
    typer.Option(help='Five fields as cron has them, "never", or "" for the setting of all.'),
]
Watch = Annotated[
    bool | None, typer.Option("--watch/--no-watch", help="Scan what changes as soon as it does.")
]
Exclude = Annotated[
    list[str] | None, typer.Option(help='Leave out what this glob names; "" for nothing.')
]


@app.command(name="list")
def list_all() -> None:
    """List the libraries: a table on a terminal, JSON lines elsewhere."""
    show(ask(shown()), table)


@app.command()
def add(  # noqa: PLR0913  an option each
    folder: str,
    *,
    name: Name = None,
    read_only: ReadOnly = None,
    schedule: Schedule = None,
    watch: Watch = None,
    exclude: Exclude = None,
) -> None:
    """Add a folder as a library, and ask for its first scan."""
    given = options(root=folder, name=name, read_only=read_only, schedule=schedule, watch=watch)
    wanted = read(given | excludes(exclude), NewLibrary)
    typer.echo(f"{wanted.root} is library {ask(added(wanted))}.")


@app.command()
def edit(  # noqa: PLR0913  an option each
    library: Which,
    *,
    root: Annotated[
        str | None, typer.Option(help="Where its folder is now; its comics keep their marks.")
    ] = None,
    name: Name = None,
    read_only: ReadOnly = None,
    schedule: Schedule = None,
    watch: Watch = None,
    exclude: Exclude = None,
) -> None:
    """Change how a library is kept, or where it is; what is not given stays as it is."""
    given = options(root=root, name=name, read_only=read_only, schedule=schedule, watch=watch)
    ask(changed(library, read(given | excludes(exclude), LibraryChange)))


@app.command()
def remove(
    library: Which,
    *,
    confirm: Annotated[
        str | None, typer.Option(help="Its name, to say that it is meant; else this asks.")
    ] = None,
) -> None:
    """Forget a library with all marks and history of its comics; no file is touched."""
    found = ask(one(library))
    if confirm is None:
        known = found.files + found.missing
        typer.echo(f"This forgets {known} comics of {found.root} with their marks and history.")
        confirm = typer.prompt(f"To say that it is meant, type its name ({found.name})")
    if confirm != found.name:
        refuse(f"The library is called {found.name}: nothing was removed.")
    ask(removed(found))


def options(**given: object) -> dict[str, Any]:
    """Return what was given, as the API has it."""
    known: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if "root" in known:
        known["root"] = to_text(os.path.abspath(os.path.expanduser(known["root"])))  # noqa: PTH100, PTH111  not always valid text
    if known.get("schedule") == "":
        known["schedule"] = None
    return known


def excludes(given: list[str] | None) -> dict[str, Any]:
    """Return the globs, if any were given; an empty one is none."""
    return {"excludes": [glob for glob in given if glob]} if given else {}


def read(given: dict[str, Any], kind: type[T]) -> T:
    """Read the options as the API reads a body."""
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        refuse(str(error))


def ask(work: Coroutine[Any, Any, T]) -> T:
    """Do this with a database that is up to date; a refusal is a sentence and an exit code."""
    with closing(work), database():
        schema.migrate()
        try:
            return asyncio.run(work)
        except (Refused, LastAdmin) as error:
            refuse(str(error))


def refuse(why: str) -> NoReturn:
    """Say why it cannot be done, and end with the code for that."""
    typer.echo(f"longbox: {why}", err=True)
    raise typer.Exit(os.EX_DATAERR)


async def shown() -> list[Library]:
    """Return every library."""
    async with job() as conn:
        return await shelving.shown(conn)


async def find(conn: AsyncConnection, named: str) -> Library:
    """Return the library of this number or name; raise `Refused` unless there is exactly one."""
    known = await shelving.shown(conn)
    found = [one for one in known if str(one.id) == named] or [
        one for one in known if one.name == named
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused("name", f"Several libraries are called {named}: give the number instead.")
    raise Refused("name", f"There is no library {named}; `longbox library list` has them all.")


async def one(named: str) -> Library:
    """Return the library of this number or name."""
    async with job() as conn:
        return await find(conn, named)


async def added(wanted: NewLibrary) -> int:
    """Make the library, and return its number."""
    async with job() as conn:
        number = await shelving.add(conn, wanted)
        await conn.commit()
    return number


async def changed(named: str, wanted: LibraryChange) -> None:
    """Change the library of this number or name."""
    async with job() as conn:
        await shelving.change(conn, await find(conn, named), wanted)
        await conn.commit()


async def removed(library: Library) -> None:
    """Remove the library, and its rows unless a scan holds them: then the scheduler does so."""
    async with job() as conn:
        await libraries.leave(conn, library.id)
        await conn.commit()
        if not await libraries.remove(conn, library.id):
            typer.echo("A scan of it runs: its comics leave the lists when that has ended.")


def table(known: Sequence[Library]) -> Table:
    """Draw the libraries."""
    drawn = Table(box=None, header_style="bold")
    for head in ("", "name", "folder", "comics", "schedule", "next scan", "watching"):
        drawn.add_column(head, justify="right" if head in {"", "comics"} else "left")
    for library in known:
        due = library.next_scan_at
        drawn.add_row(
            str(library.id),
            library.name,
            library.root + (" (read-only)" if library.read_only else ""),
            f"{library.files:,}",
            library.schedule or "as set for all",
            f"{due.astimezone():%Y-%m-%d %H:%M}" if due else "when asked for",
            library.watching,
        )
    return drawn
