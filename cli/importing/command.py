"""The command `longbox import-comicmaintainer`: read, take over, and report."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.importing.predecessor import Kept, read
from cli.importing.taking_over import Locate, Report, take_over
from cli.library_commands import ask, find
from cli.terminal import harmless, print_line
from comics.paths import to_text
from db import libraries
from db.engine import job
from functions.shelving import Refused

SHOWN = 20  # paths that are not in the index, before "and so many more"


def import_comicmaintainer(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Its /Config.")],
    *,
    prefix: Annotated[
        str | None, typer.Option("--from", help="Its WATCHED_DIR, as its own paths have it.")
    ] = None,
    library: Annotated[
        str | None, typer.Option(help="The library that this is now, by number or name.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would come.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Bring over ComicMaintainer's marks, history, settings and preferences; also once more."""
    report = ask(bring_over(folder, prefix, library, dry_run=dry_run))
    if as_json:
        print_line(msgspec.json.encode(report).decode())
    else:
        print_line("\n".join(map(harmless, tell(report))))


async def bring_over(
    folder: Path, prefix: str | None, library: str | None, *, dry_run: bool
) -> Report:
    """Take over what is in this folder; its paths below `prefix` are in this library.

    Raises `Refused` if there is nothing, or no telling which library is meant.
    """
    kept = read(folder)
    if kept == Kept():
        raise Refused(
            "folder", f"{folder} holds nothing that ComicMaintainer keeps in its /Config."
        )
    async with job() as conn:
        report = await take_over(conn, kept, await locator(conn, prefix, library))
        if not dry_run:
            await conn.commit()
    return report


async def locator(conn: AsyncConnection, prefix: str | None, library: str | None) -> Locate:
    """Return what tells where a path of ComicMaintainer's is in the libraries."""
    roots = [known.root for known in await libraries.every(conn)]
    if prefix is None:
        moved = dict(zip(roots, roots, strict=True))
    elif library is None and len(roots) != 1:
        raise Refused("library", "Say with --library which of the libraries it is in.")
    else:
        root = (await find(conn, library)).root if library else roots[0]
        moved = {to_text(prefix): root}

    def locate(path: str) -> tuple[str, str] | None:
        for top, root in moved.items():
            if path.startswith(f"{top.rstrip('/')}/"):
                return root, path[len(top.rstrip("/")) + 1 :]
        return None

    return locate


def tell(report: Report) -> Iterator[str]:
    """Say it for people."""
    yield f"{report.marked:,} comics are marked now, {report.duplicate:,} as duplicates"
    yield f"{report.history:,} entries of the history have come"
    for kind, taken in (("setting", report.settings), ("preference", report.preferences)):
        yield from (f"The {kind} {name} is {value!r}" for name, value in taken.items())
    yield from report.left
    if report.unknown:
        yield f"{len(report.unknown):,} comics are not in the index:"
        yield from (f"  {path}" for path in report.unknown[:SHOWN])
        if len(report.unknown) > SHOWN:
            yield f"  and {len(report.unknown) - SHOWN:,} more: --json lists them all"
        yield (
            "If they are there by now, scan and import once more. If they are elsewhere, say from"
            f" where with --from: {common(report.unknown)} is what these begin with."
        )


def common(paths: list[str]) -> str:
    """Return the folder that all of these are in."""
    return os.path.commonpath([os.path.dirname(path) for path in paths])  # noqa: PTH120  texts
