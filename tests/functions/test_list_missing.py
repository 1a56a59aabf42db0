"""GET /api/missing, and a scan that reads broken comics once more."""

from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conftest import Shelve
from tests.functions.conftest import Ask


async def test_missing_comics_are_listed_by_name_a_page_at_a_time(ask: Ask, shelve: Shelve) -> None:
    await shelve(["there.cbz"])
    await shelve(["Saga/10.cbz", "Saga/2.cbz", "Saga/1.cbz"], missing=True)
    first = await ask("/api/missing?limit=2")
    assert [file["relative_path"] for file in first["files"]] == ["Saga/1.cbz", "Saga/2.cbz"]
    assert first["files"][0]["missing_since"]
    second = await ask(f"/api/missing?limit=2&after={first['next']}")
    assert [file["name"] for file in second["files"]] == ["10.cbz"]
    assert second["next"] is None


UNREAD = text("SELECT path FROM files WHERE read_mtime_ns IS NULL ORDER BY path")


async def test_only_what_is_broken_where_one_asks_is_read_again(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    paths = ["a/1.cbz", "a/2.cbz", "ab/3.cbz"]
    await shelve(paths, fault="It is cut short.")
    await shelve(["a/sound.cbz"])
    for folder, unread in (("a/2.cbz", ["a/2.cbz"]), ("a", paths[:2]), (None, paths)):
        asked = {"library": 1, "folder": folder, "again": True}
        answer = await client.simulate_post("/api/scans", json=asked)
        assert answer.status_code == 202
        assert list((await conn.scalars(UNREAD)).all()) == unread
        await conn.commit()
