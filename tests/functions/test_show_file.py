"""GET /api/files/{file_id}."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conftest import Shelve
from tests.functions.conftest import Ask


async def test_a_file_shows_what_its_list_does_and_more(ask: Ask, shelve: Shelve) -> None:
    await shelve(["Saga/1.cbz"], series="Saga", year=2012, marked=True, fault="It is short.")
    (listed,) = (await ask())["files"]
    shown = await ask("/api/files/1")
    assert {name: shown[name] for name in listed} == listed
    assert {name: shown[name] for name in shown if name not in listed} == {
        "inode": 1,
        "read": True,
        "found_at": shown["found_at"],
        "read_at": shown["read_at"],
        "missing_since": None,
        "tags": {"series": "Saga"},
        "provenance": {"series": "ComicInfo"},
        "notes": [],
    }


async def test_a_file_that_is_not_read_yet_has_no_tags(
    ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(1)
    await conn.execute(text("UPDATE files SET read_mtime_ns = NULL"))
    await conn.execute(text("DELETE FROM file_tags"))
    await conn.commit()
    shown = await ask("/api/files/1")
    assert (shown["read"], shown["read_at"], shown["tags"]) == (False, None, None)
    assert (shown["provenance"], shown["notes"]) == (None, None)


async def test_a_missing_file_is_still_shown(ask: Ask, shelve: Shelve) -> None:
    await shelve(["1.cbz"], missing=True)
    shown = await ask("/api/files/1")
    assert shown["missing"] is True
    assert shown["missing_since"]
