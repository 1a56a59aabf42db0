"""`longbox doctor`: look at all that Longbox needs, and say what to do where it is not well."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import msgspec
from rich.console import Console
from rich.text import Text

from cli import doctor_database, doctor_libraries, doctor_machine, environment
from cli.database import database
from cli.doctor_findings import COLOURS, SIGNS, Finding, broken, doubtful
from cli.terminal import harmless, print_line
from db import condition, libraries, roles, schema
from db.embedded import ServerError
from db.engine import job


def examine() -> Iterator[Finding]:
    """Yield what there is to say, the nearest first; nothing is changed, and no schema made."""
    yield from doctor_machine.examine()
    if not os.environ.get("DATABASE_URL") and not (environment.home() / "postgres/data").exists():
        yield doubtful(
            "database",
            "There is no database yet.",
            "`longbox serve` makes one; or have DATABASE_URL name one of yours.",
        )
        return
    try:
        with database():
            yield from asyncio.run(gathered())
    except ServerError as error:
        yield broken("database", str(error), "Mend that; PostgreSQL's own log may say more.")


async def gathered() -> list[Finding]:
    """Return what is to be said of the database, and of what it knows."""
    try:
        found = await condition.examine()
    except condition.Unreachable as error:
        reason = str(error)
        told = f"The database does not answer: {reason.rstrip('.')}."
        return [broken("database", told, doctor_database.remedy(reason))]
    findings = [
        *doctor_database.database(found),
        doctor_database.migrations(found),
        doctor_database.clock(found),
    ]
    if found.revision == schema.newest():
        findings += [finding async for finding in content()]
    return findings


async def content() -> AsyncIterator[Finding]:
    """Yield what is to be said of what the database knows."""
    async with job() as conn:
        for finding in doctor_libraries.libraries(await libraries.every(conn)):
            yield finding
        async for finding in doctor_database.processes(conn):
            yield finding
        yield doctor_database.roles(await roles.lacking(conn))
        yield doctor_database.doors(users=await condition.users(conn))


def tell(*, as_json: bool) -> int:
    """Print all findings as they come, and return 1 if anything is broken, else 0."""
    console, is_broken = Console(highlight=False), False
    for finding in examine():
        is_broken |= finding.state == "broken"
        if as_json:
            print_line(msgspec.json.encode(finding).decode())
        else:
            draw(console, finding)
    return int(is_broken)


def draw(console: Console, finding: Finding) -> None:
    """Print a finding as people read it."""
    line = Text.assemble(
        (SIGNS[finding.state], COLOURS[finding.state]),
        (f" {finding.about:<12} ", "bold"),
        harmless(finding.told),
    )
    console.print(line, soft_wrap=True)
    if finding.advice:
        console.print(Text(f"{'':15}{harmless(finding.advice)}", style="dim"), soft_wrap=True)
