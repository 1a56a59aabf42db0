"""Forget comics whose files have gone, with their marks and history; no file is ever touched.

At most 50,000 at a time; `left` says how many there still are.
"""

from contextlib import aclosing
from typing import Annotated, Final

from falcon.asgi import Request, Response
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.excludes import compile_globs
from db import libraries, missing
from db.engine import writing
from functions import wire

ROUTE = "DELETE /api/missing"
ROLE = "admin"
MOST: Final = 50_000  # rows a request: more take longer than a client waits


class Forgetting(Struct):
    """Which of them, and whether that is meant."""

    older_than_days: Annotated[int, Meta(ge=0, le=36_500, description="Since when missing.")] = 0
    library: wire.Id | None = None
    confirm: bool = False


class Forgotten(Struct):
    """How many were forgotten, and how many are left to be by the same request."""

    forgotten: int
    left: int


QUERY, ANSWER = Forgetting, Forgotten


async def find(conn: AsyncConnection, days: int, library: int | None = None) -> list[int]:
    """Return the files, of one library or of all, that have been missing for so many days."""
    ids: list[int] = []
    for one in await libraries.every(conn):
        if library in {None, one.id}:
            old = missing.old(conn, one.id, days, compile_globs(one.excludes))
            async with aclosing(old) as chunks:
                ids += [number async for chunk in chunks for number in chunk]
    return ids


async def handle(req: Request, resp: Response) -> None:
    """Answer how many were forgotten, or 400 that tells how many would be until confirmed."""
    asked = wire.query(req, Forgetting)
    async with writing() as conn:
        ids = await find(conn, asked.older_than_days, asked.library)
        if not asked.confirm:
            raise wire.Invalid(
                "query",
                "/confirm",
                f"This forgets {len(ids)} missing comics with their marks and history, though no "
                "file is touched: give confirm=true to say so",
            )
        forgotten = await missing.forget(conn, ids[:MOST])
    wire.answer(resp, Forgotten(forgotten, left=len(ids) - forgotten))
