"""The commands that change comics, by batches that workers carry out.

Workers are those of `longbox serve` or `longbox worker`. Who only follows a batch may leave: it
goes on.
"""

import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from cli import following, wishes
from cli.batch_tables import draw_batches, draw_history
from cli.library_commands import ask
from cli.terminal import print_line
from db import batch_states, batches, history
from db.batches import Batch
from db.engine import job
from db.history import Entry
from functions import batching
from functions.batching import Conflict, Listed, NewBatch
from functions.shelving import Refused

Kind = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help="process, rename, normalize, tags, convert, mark, unmark, deduplicate, delete, purge.",
    ),
]
Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="FILE", help="Comics, or folders of them.")
]
Listing = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="NAME=VALUE",
        help="Instead of files a list: what GET /api/files takes, such as search=saga.",
    ),
]
Everything = Annotated[bool, typer.Option("--all", help="Instead of files: all there are.")]
Put = Annotated[
    list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Tags: this value.")
]
Fill = Annotated[
    list[str] | None, typer.Option(metavar="FIELD=VALUE", help="Tags: this value if it has none.")
]
Clear = Annotated[list[str] | None, typer.Option(metavar="FIELD", help="Tags: none of it.")]
Edits = Annotated[
    str | None, typer.Option(metavar="JSON", help="Tags: more edits, as the API has them.")
]
Permanent = Annotated[bool, typer.Option("--permanent", help="Delete for good, without trash.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only work out what would be done.")]
Follow = Annotated[bool, typer.Option("--follow", help="Show it until it has ended.")]
Work = Annotated[
    bool, typer.Option("--work", help="Do it in this very process, and show it until it has ended.")
]
Which = Annotated[int, typer.Argument(metavar="BATCH", help="Its number.", min=1)]
Comic = Annotated[Path | None, typer.Option("--file", help="Only of this comic.")]
Limit = Annotated[int, typer.Option(help="How many, the newest.", min=1, max=1_000)]

app = typer.Typer()


@app.command()
def batch(  # noqa: PLR0913  an option each
    kind: Kind,
    paths: Paths = None,
    *,
    listing: Listing = None,
    everything: Everything = False,
    put: Put = None,
    fill: Fill = None,
    clear: Clear = None,
    edits: Edits = None,
    permanent: Permanent = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    follow: Follow = False,
    work: Work = False,
) -> None:
    """Do something to many comics at once, or see what that would be."""
    if (permanent or kind == "purge") and not (yes or dry_run):
        typer.confirm("This cannot be undone. Go on?", abort=True)
    given: dict[str, Any] = {"kind": kind, "permanent": permanent, "dry_run": dry_run}

    async def make(conn: AsyncConnection) -> Batch:
        if changes := wishes.edits(put or (), fill or (), clear or (), edits):
            given["edits"] = {"edits": changes}
        if listing or everything:
            given["filter"] = wishes.read(dict(wishes.pairs(listing or ())), Listed)
        if paths:
            given["files"] = await wishes.files(conn, paths)
        return await batching.make(conn, wishes.read(given, NewBatch))

    leave(ask(begin(make, follow=follow, work=work)))


@app.command()
def undo(
    number: Which,
    *,
    path: Comic = None,
    dry_run: DryRun = False,
    follow: Follow = False,
    work: Work = False,
) -> None:
    """Undo a batch: names, tags and marks go back, but where they were changed since."""

    async def make(conn: AsyncConnection) -> Batch:
        undone = await known(conn, number)
        file = await wishes.one_file(conn, path)
        try:
            return await batching.undo(conn, undone, file=file, preview=dry_run)
        except Conflict as error:
            raise Refused("batch", str(error)) from error

    leave(ask(begin(make, follow=follow, work=work)))


@app.command()
def follow(number: Which) -> None:
    """Show what a batch has done and does until it has ended; the exit code tells how."""

    async def find(conn: AsyncConnection) -> Batch:
        return await known(conn, number)

    leave(ask(begin(find, follow=True)))


@app.command()
def cancel(number: Which) -> None:
    """Do nothing more for a batch; what it has done stays, and can be undone."""

    async def stop(conn: AsyncConnection) -> Batch:
        found = await known(conn, number)
        if not await batch_states.cancel(conn, number):
            raise Refused("batch", f"Batch {number} is {found.state} already.")
        return await known(conn, number)

    leave(ask(begin(stop)))


@app.command(name="batches")
def list_batches(*, limit: Limit = 20) -> None:
    """List batches, the newest first: a table on a terminal, JSON lines elsewhere."""

    async def find() -> list[Batch]:
        async with job() as conn:
            return await batches.newest(conn, limit)

    found = ask(find())
    show(found, draw_batches(found))


@app.command(name="history")
def list_history(*, path: Comic = None, limit: Limit = 20) -> None:
    """List what was done to comics, the newest first; what was undone is dim, or so marked."""

    async def find() -> list[Entry]:
        async with job() as conn:
            return await history.page(conn, limit, file=await wishes.one_file(conn, path))

    found = ask(find())
    show(found, draw_history(found))


def show(found: Iterable[object], drawn: Table) -> None:
    """Show this on a terminal as it is drawn, and elsewhere as JSON lines."""
    if sys.stdout.isatty():
        Console().print(drawn)
        return
    for one in found:
        print_line(msgspec.json.encode(one).decode())


Make = Callable[[AsyncConnection], Awaitable[Batch]]


async def begin(make: Make, *, follow: bool = False, work: bool = False) -> int:
    """Make a batch or find it, and show it, follow it or do it; return the exit code."""
    async with job() as conn:
        made = await make(conn)
        await conn.commit()
    if work:
        return await following.carry_out(made)
    if follow:
        return await following.follow(made)
    show([made], draw_batches([made]))
    return os.EX_OK


async def known(conn: AsyncConnection, number: int) -> Batch:
    """Return this batch; raise `Refused` if there is none."""
    if found := await batches.one(conn, number):
        return found
    raise Refused("batch", f"There is no batch {number}; `longbox batches` lists them.")


def leave(code: int) -> None:
    """End with a code, if it tells of anything."""
    if code:
        raise typer.Exit(code)
