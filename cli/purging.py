"""Forget, when told twice, the comics whose files have gone."""

from contextlib import aclosing

import typer

from comics.excludes import compile_globs
from db import libraries, missing
from db.engine import job


async def purge(days: int, *, confirmed: bool) -> int:
    """Forget what has been missing for so many days, once the user says so; return how many."""
    async with job() as conn:
        old: list[int] = []
        for library in await libraries.every(conn):
            found = missing.old(conn, library.id, days, compile_globs(library.excludes))
            async with aclosing(found) as chunks:
                old += [one async for chunk in chunks for one in chunk]
        if old and not confirmed:
            typer.confirm(
                f"Forget {len(old):,} missing comics with their marks and history? "
                "No file is touched.",
                abort=True,
            )
        forgotten = 0
        for start in range(0, len(old), missing.CHUNK):
            forgotten += await missing.forget(conn, old[start : start + missing.CHUNK])
            await conn.commit()
    return forgotten
