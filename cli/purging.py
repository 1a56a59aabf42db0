"""Forget, when told twice, the comics whose files have gone."""

import typer

from db import missing
from db.engine import job
from functions import forget_missing


async def purge(days: int, *, confirmed: bool) -> int:
    """Forget what has been missing for so many days, once the user says so; return how many."""
    async with job() as conn:
        old = await forget_missing.find(conn, days)
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
