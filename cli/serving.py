"""Run all of Longbox: database, functions, scheduler and workers, one process tree."""

import asyncio
import sys
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from cli import environment, first_admin, log_keeping, sample, tree, web, working
from cli.checks import complaints
from cli.database import Tend
from comics import roots
from comics.paths import to_text
from db import libraries, schema
from db.engine import job

SAMPLE = 120  # comics

Announce = Callable[[str], None]


def children() -> list[tree.Child]:
    """Return the processes of the tree: what the commands functions, scheduler and worker run.

    None looks for its modules in the current folder (-P), which may hold anything.
    """
    return [
        tree.Child("functions", web.gunicorn()),
        tree.Child("scheduler", [sys.executable, "-P", "-m", "cli", "scheduler"]),
        *working.children(),
    ]


async def know_library(root: str | None, *, or_sample: bool, or_none: bool) -> None:
    """Have a library: this one, or one known before, or a sample made now, or none for the moment.

    Raises `Misconfigured` where there is none and has to be one.
    """
    async with job() as conn:
        if root is None and not await libraries.every(conn):
            if or_sample:
                root = make_sample()
            elif not or_none:
                raise environment.Misconfigured(
                    "There is no library yet: set LIBRARY to the folder of your comics."
                )
        if root:
            await refuse_overlap(conn, root)
            await libraries.ensure(conn, root, root.rpartition("/")[2] or root)
        await conn.commit()


async def refuse_overlap(conn: AsyncConnection, root: str) -> None:
    """Raise `Misconfigured` where a comic would be in two libraries."""
    known = (await libraries.claim_roots(conn)).values()
    for taken in () if root in known else known:
        if roots.overlap(root, taken):
            raise environment.Misconfigured(
                f"LIBRARY is {root}, which overlaps with {taken}, another library: "
                "remove that, or do without LIBRARY."
            )


def make_sample() -> str:
    """Make the sample library, unless it is there from before, and return its folder."""
    folder = environment.home() / "sample-library"
    if not folder.exists():
        sample.make(folder, SAMPLE)
    return to_text(str(folder))


def prepare(*, or_sample: bool = False, or_none: bool = False) -> None:
    """Bring the database up to date and have a library to scan."""
    root = environment.library()
    schema.migrate()
    asyncio.run(know_library(root, or_sample=or_sample, or_none=or_none))


class Pulse:
    """What the tree does each second: keep the database alive, and tell once where the page is."""

    def __init__(self, tend: Tend | None, announce: Announce, warning: str) -> None:
        self.tend = tend
        self.announce = announce
        self.warning = warning
        self.announced = False

    def __call__(self) -> None:
        """Beat."""
        if self.tend:
            self.tend()
        if not self.announced and web.answers():
            self.announced = True
            self.announce(f"Longbox is at {web.url()}{self.warning}")


def check() -> None:
    """Raise `Misconfigured` for what can be known before anything has started."""
    if complaint := next(complaints(), None):
        raise environment.Misconfigured(complaint)
    if web.answers():
        raise environment.Misconfigured(
            f"Port {environment.port()} of {environment.host()} is in use by another program. "
            "Stop that, or set WEB_PORT to another port."
        )


def serve(tend: Tend | None, announce: Announce, *, or_sample: bool = False) -> int:
    """Run the tree until it is told to stop, and return its exit code."""
    prepare(or_sample=or_sample, or_none=True)  # the page asks for the first library
    warning = first_admin.warning(is_set_up=asyncio.run(first_admin.make(announce)))
    log_keeping.keep(asyncio.run(log_keeping.chosen_size()))
    return tree.run(children(), tend=Pulse(tend, announce, warning))
