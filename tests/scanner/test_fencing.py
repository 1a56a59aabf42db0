"""Fences are made once a list has come to rest."""

from functools import partial

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, fences
from scanner import fencing
from tests.conftest import Shelve


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find the shortest list worth it."""
    monkeypatch.setattr(fences, "WORTHWHILE", 1)


async def test_all_fences_are_made_at_once_where_no_scheduler_runs(
    url: URL, conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(30, marked=True)
    await fencing.make_all(partial(engine.job, url))
    assert await filters(conn) == {"all", "marked"}


async def filters(conn: AsyncConnection) -> set[str]:
    """Return the filters whose lists have fences."""
    return set((await conn.scalars(text("SELECT DISTINCT filter FROM fences"))).all())


async def test_fences_are_made_when_nothing_has_changed_since_the_last_look(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(30)
    seen = await fencing.look(conn, {})
    assert (len(seen), await filters(conn)) == (6, set())
    await conn.execute(text("UPDATE files SET marked = true WHERE id = 1"))
    await conn.commit()
    seen = await fencing.look(conn, seen)
    assert await filters(conn) == {"all"}
    assert {one.filter for one in seen} == {"marked", "unmarked"}
    assert await fencing.look(conn, seen) == {}
    assert await filters(conn) == {"all", "marked", "unmarked"}
    assert await fencing.look(conn, {}) == {}
