"""Forgetting comics whose files have gone: asked for twice, and no file is touched."""

from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import libraries
from tests.conftest import Shelve


async def paths(conn: AsyncConnection) -> list[str]:
    """Return what the index has, missing or not."""
    found = list(await conn.scalars(text("SELECT path FROM files ORDER BY path")))
    await conn.rollback()
    return found


async def test_nothing_is_forgotten_until_that_is_confirmed(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["a.cbz", "b.cbz"], missing=True)
    await shelve(["c.cbz"])
    asked = await client.simulate_delete("/api/missing")
    assert (asked.status_code, asked.json["errors"][0]["pointer"]) == (400, "/confirm")
    assert "forgets 2 missing comics" in asked.json["detail"]
    assert len(await paths(conn)) == 3
    done = await client.simulate_delete("/api/missing", params={"confirm": "true"})
    assert (done.status_code, done.json) == (200, {"forgotten": 2, "left": 0})
    assert await paths(conn) == ["c.cbz"]
    assert await conn.scalar(text("SELECT sum(missing)::int FROM counts")) == 0


async def test_only_those_of_a_library_that_went_long_ago_and_are_not_excluded_are_forgotten(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["old.cbz", "hidden/old.cbz", "new.cbz"], missing=True)
    await shelve(["other.cbz"], library="/other", missing=True)
    await conn.execute(
        text("UPDATE files SET missing_since = now() - interval '8 days' WHERE path <> 'new.cbz'")
    )
    await libraries.change(conn, 1, {"excludes": ["hidden/"]})
    await conn.commit()
    query = {"confirm": "true", "older_than_days": "7", "library": "1"}
    done = await client.simulate_delete("/api/missing", params=query)
    assert done.json == {"forgotten": 1, "left": 0}
    assert await paths(conn) == ["hidden/old.cbz", "new.cbz", "other.cbz"]
