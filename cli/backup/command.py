"""The commands `longbox backup` and `longbox restore`."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from cli.backup import archive, restoring
from cli.backup.archive import FORMAT, Backup, End, Unusable
from cli.backup.restoring import Report
from cli.library_commands import ask, refuse
from cli.terminal import harmless, print_line
from db import backup
from db.engine import job
from functions import __version__

Where = Annotated[Path, typer.Argument(metavar="FILE")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def back_up(file: Where) -> None:
    """Keep in one file what cannot be rebuilt: libraries, settings, marks, history."""
    try:
        kept = ask(keep(file.absolute()))
    except OSError as error:
        refuse(f"{file} cannot be written ({error.strerror}).")
    typer.echo(f"{sum(kept.values()):,} lines are in {file}:")
    for name, count in kept.items():
        typer.echo(f"  {count:,} of {name}")


async def keep(path: Path) -> dict[str, int]:
    """Write the backup, all as it is at one moment; return how many lines of each kind it has."""
    kept = Counter[str]()
    encode = msgspec.json.encode
    async with job() as conn:
        event = await backup.begin(conn)
        with archive.writing(path) as file:
            file.write(encode(Backup(FORMAT, datetime.now(UTC), __version__, event)) + b"\n")
            async for kind, lines in backup.lines(conn):
                file.writelines(line.encode() + b"\n" for line in lines)
                kept[archive.name_of(kind)] += len(lines)
            file.write(encode(End(kept)) + b"\n")
    return kept


def restore(
    file: Where,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would come.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a backup in again: all that is not there; to do so again changes nothing."""
    try:
        report = ask(take_in(file, dry_run=dry_run))
    except Unusable as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{file} cannot be read ({error.strerror}).")
    if as_json:
        print_line(msgspec.json.encode(report).decode())
    else:
        print_line("\n".join(map(harmless, tell(report))))


async def take_in(path: Path, *, dry_run: bool = False) -> Report:
    """Restore all of a backup, or nothing; raise `Unusable`."""
    with archive.reading(path) as (first, lines):
        async with job() as conn:
            report = await restoring.restore(conn, first.event, lines)
            if not dry_run:
                await conn.commit()
    return report


def tell(report: Report) -> Iterator[str]:
    """Say it for people."""
    yield f"{report.marked:,} comics are marked now, {report.duplicate:,} as duplicates"
    if report.waiting:
        yield f"{report.waiting:,} comics are not here yet: a scan finds them, with their marks"
    yield f"{report.batches:,} batches have come, with {report.history:,} entries of the history"
    if report.audit:
        yield f"{report.audit:,} entries of who changed what have come"
    named: tuple[tuple[str, list[Any]], ...] = (
        ("library", report.libraries),
        ("user", report.users),
        ("setting", report.settings),
        ("preference", report.preferences),
    )
    for kind, names in named:
        yield from (f"The {kind} {name} is as it was" for name in names)
    if report.tokens:
        yield f"{report.tokens:,} tokens of theirs are good again"
    for why in report.left:
        yield f"Left: {why}"
