"""The commands of `longbox`."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from cli import environment, inspecting, sample, serving
from cli.database import database
from cli.main import become_gunicorn
from cli.parse_name import parse_names
from cli.progress import shown
from cli.terminal import print_line
from db import libraries, schema
from db.embedded import ServerError
from db.engine import DatabaseUnset, job
from functions import __version__, log, show_openapi
from functions.failures import AWAY
from scanner import schedule
from scanner.scan import Busy, Orders, ScanError, scan

BUSY = os.EX_TEMPFAIL  # another scan runs: not an error of the user's, but nothing was done
STOPPED = 128 + signal.SIGINT  # as a shell tells of a command that a signal has ended

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON line for each.")]

app = typer.Typer(
    help="Longbox keeps one PostgreSQL row for each of your comics.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def run() -> None:
    """Run the command; what the user can mend is one sentence and an exit code, not a traceback."""
    log.configure()
    signal.signal(signal.SIGTERM, leave)
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


async def until_stopped(work: Coroutine[Any, Any, None]) -> bool:
    """Do this until it is done, or until SIGTERM or SIGINT cancels it; tell whether it is done."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await asyncio.wait([task])
    if task.cancelled():
        return False
    task.result()
    return True


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
    """Run scans when they are asked for or due, and nothing else."""
    with database():
        asyncio.run(until_stopped(schedule.run(job, Orders(readers=environment.readers()))))


@app.command(name="scan")
def scan_now(
    *,
    accept_empty: Annotated[
        bool, typer.Option("--accept-empty", help="The folder is empty, and is meant to be.")
    ] = False,
) -> None:
    """Scan every library now, and show how far it is."""
    with database():
        serving.prepare()
        orders = Orders(readers=environment.readers(), accept_empty=accept_empty)
        if not asyncio.run(until_stopped(scan_every(orders))):
            raise typer.Exit(STOPPED)


async def scan_every(orders: Orders) -> None:
    """Scan the libraries one after another; the last error decides the exit code."""
    async with job() as conn:
        known = await libraries.every(conn)
    code = os.EX_OK
    for library in known:
        try:
            with shown(library.name) as tell:
                await scan(job, library, orders, tell)
        except ScanError as error:
            typer.echo(f"longbox: {error}", err=True)
            code = BUSY if isinstance(error, Busy) else os.EX_NOINPUT
    if code:
        raise typer.Exit(code)


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    with database():
        schema.migrate()


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


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)
