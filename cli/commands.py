"""The commands of `longbox`."""

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from msgspec.structs import replace

from cli import (
    audit_commands,
    batch_commands,
    environment,
    first_admin,
    inspecting,
    library_commands,
    purging,
    sample,
    serving,
    token_commands,
    tree,
    user_commands,
    working,
)
from cli.backup.command import back_up, restore
from cli.database import database
from cli.importing.command import import_comicmaintainer
from cli.main import become_gunicorn
from cli.parse_name import parse_names
from cli.progress import shown
from cli.stopping import together, until_stopped
from cli.targets import Nowhere, targets
from cli.terminal import print_line
from db import alive, audit, libraries, schema
from db.embedded import ServerError
from db.engine import DatabaseUnset, job
from functions import __version__, log, roles, show_openapi
from functions.failures import AWAY
from scanner import fencing, schedule, watching
from scanner.scan import Busy, Orders, ScanError, scan

BUSY = os.EX_TEMPFAIL  # another scan runs: not an error of the user's, but nothing was done
STOPPED = 128 + signal.SIGINT  # as a shell tells of a command that a signal has ended

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON line for each.")]

app = typer.Typer(
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(library_commands.app, name="library")
app.add_typer(batch_commands.app)
app.add_typer(user_commands.app, name="user")
app.add_typer(token_commands.app, name="token")
app.command(name="audit")(audit_commands.tell)
app.command()(import_comicmaintainer)
app.command(name="backup")(back_up)
app.command()(restore)


def run() -> None:
    """Run the command; what the user can mend is one sentence and an exit code, not a traceback."""
    log.configure()
    signal.signal(signal.SIGTERM, leave)
    audit.asker.set(audit_commands.at_the_shell())
    try:
        app()
    except (environment.Misconfigured, ServerError, DatabaseUnset) as error:
        environment.refuse(error)
    except AWAY as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        typer.echo(f"longbox: The database does not answer: {reason}", err=True)
        sys.exit(os.EX_UNAVAILABLE)


def leave(number: int, _frame: FrameType | None) -> None:
    """End with what has been opened closed again, the private server too."""
    sys.exit(128 + number)


def print_version(asked: bool) -> None:  # noqa: FBT001  as typer calls it
    """Print the version if it is asked for, and nothing else."""
    if asked:
        version()
        raise typer.Exit


@app.callback()
def longbox(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Longbox keeps one PostgreSQL row for each of your comics."""


@app.command()
def serve(
    *,
    or_sample: Annotated[
        bool, typer.Option("--sample", help="Make a sample library if there is none.")
    ] = False,
) -> None:
    """Run everything: database, scans and the page."""
    serving.check()
    with database() as tend:
        sys.exit(serving.serve(tend, typer.echo, or_sample=or_sample))


@app.command()
def functions() -> None:
    """Answer requests, and nothing else; DATABASE_URL says from where."""
    become_gunicorn()


@app.command()
def scheduler() -> None:
    """Run scans when they are asked for or due, watch for changes, and nothing else."""
    with database():
        orders = Orders(readers=environment.readers())
        audit.asker.set(audit.LONGBOX)
        connect = partial(job, known_as=alive.known_as("scheduler"))
        duties = together(
            schedule.run(connect, orders), watching.run(connect), fencing.run(connect)
        )
        asyncio.run(until_stopped(duties))


@app.command()
def worker(
    *,
    alone: Annotated[
        bool, typer.Option("--alone", help="One process, whatever MAX_WORKERS.")
    ] = False,
) -> None:
    """Change comics as batches ask for it, in MAX_WORKERS processes, and nothing else."""
    with database() as tend:
        if not alone:
            sys.exit(tree.run(working.children(), tend=tend))
        working.confine()
        asyncio.run(until_stopped(working.work()))


@app.command(name="scan")
def scan_now(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Folders or files in the libraries; or all.")
    ] = None,
    *,
    accept_empty: Annotated[
        bool, typer.Option("--accept-empty", help="All or most comics are gone, and meant to be.")
    ] = False,
) -> None:
    """Scan every library now, or what these paths name, and show how far it is."""
    with database():
        serving.prepare()
        orders = Orders(readers=environment.readers(), accept_empty=accept_empty)
        if not asyncio.run(until_stopped(scan_each(paths or [], orders))):
            raise typer.Exit(STOPPED)


async def scan_each(paths: list[Path], orders: Orders) -> None:
    """Scan what is named, one after another; the last error decides the exit code."""
    async with job() as conn:
        known = await libraries.every(conn)
    try:
        chosen = targets(paths, known)
    except Nowhere as error:
        typer.echo(f"longbox: {error}", err=True)
        raise typer.Exit(os.EX_NOINPUT) from None
    code = os.EX_OK
    for library, folder in chosen:
        try:
            with shown(library.name) as tell:
                await scan(job, library, replace(orders, folder=folder), tell)
        except ScanError as error:
            typer.echo(f"longbox: {error}", err=True)
            code = BUSY if isinstance(error, Busy) else os.EX_NOINPUT
    if not paths:
        await fencing.make_all(job)
    if code:
        raise typer.Exit(code)


@app.command()
def purge(
    *,
    older_than: Annotated[int, typer.Option(help="Days since they went.", min=0)] = 0,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget comics whose files have gone, with marks and history; no file is touched."""
    with database():
        schema.migrate()
        forgotten = asyncio.run(purging.purge(older_than, confirmed=yes))
    typer.echo(f"{forgotten:,} missing comics are forgotten")


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema, and make the first admin if one is set."""
    with database():
        schema.migrate()
        asyncio.run(first_admin.make(typer.echo))


@app.command(name="doctor")
def examine(*, as_json: AsJson = False) -> None:
    """Look at all that Longbox needs, and say what to do where something is not well."""
    from cli import doctor  # noqa: PLC0415  it knows all functions, which takes a while to import

    if doctor.tell(as_json=as_json):
        raise typer.Exit(1)


@app.command()
def inspect(paths: list[str], *, as_json: AsJson = False) -> None:
    """Tell what is in comics: pages, cover, tags and where each is from, and what is wrong."""
    if not inspecting.inspect(paths, print_line, as_json=as_json):
        raise typer.Exit(os.EX_DATAERR)


@app.command()
def parse_name(*, as_json: AsJson = False) -> None:
    """Tell what the names of comics say, one on each line of the standard input."""
    parse_names(sys.stdin.buffer, print_line, as_json=as_json)


@app.command(name="sample")
def make_sample(folder: Path, comics: int = 60) -> None:
    """Make a small library of invented comics to try Longbox with."""
    try:
        made = sample.make(folder, comics)
    except FileExistsError as error:
        typer.echo(f"longbox: {error}", err=True)
        raise typer.Exit(os.EX_CANTCREAT) from None
    typer.echo(f"{made} comics are in {folder}")


@app.command()
def openapi() -> None:
    """Print the API's description."""
    typer.echo(show_openapi.document().decode(), nl=False)


@app.command(name="roles")
def show_roles() -> None:
    """Print who may call which part of the API."""
    from functions.app import FUNCTIONS  # noqa: PLC0415  no other command needs all of them

    typer.echo(roles.describe(FUNCTIONS), nl=False)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)
