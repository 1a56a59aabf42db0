"""What is answered from the counts that PostgreSQL keeps: libraries, marks, "caches"."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import scans
from tests.conftest import Shelve
from tests.functions.conftest import Ask


@pytest.fixture
async def shelf(shelve: Shelve) -> None:
    """Shelve two libraries, and a third without a file."""
    await shelve(["1.cbz", "2.cbz"], library="/a", marked=True, size=10)
    await shelve(["3.cbz"], library="/a", duplicate=True, size=100)
    await shelve(["4.cbz"], library="/b", fault="It is empty.", size=0)
    await shelve(["5.cbz"], library="/b", missing=True, size=1000)
    await shelve([], library="/c")


COUNTED = ("files", "marked", "unmarked", "duplicates", "faulty", "missing", "bytes")


@pytest.mark.usefixtures("shelf")
async def test_libraries_tell_how_many_of_each_they_have(ask: Ask) -> None:
    a, b, c = (await ask("/api/libraries"))["libraries"]
    assert {name: a[name] for name in COUNTED} == {
        "files": 3,
        "marked": 2,
        "unmarked": 1,
        "duplicates": 1,
        "faulty": 0,
        "missing": 0,
        "bytes": 120,
    }
    assert (b["files"], b["faulty"], b["missing"], b["bytes"]) == (1, 1, 1, 0)
    assert (c["name"], c["files"], c["bytes"]) == ("c", 0, 0)


@pytest.mark.usefixtures("shelf")
async def test_marks_are_counted_over_all_libraries(ask: Ask) -> None:
    assert await ask("/api/scan-unmarked") == {
        "unmarked_count": 2,
        "marked_count": 2,
        "total_count": 4,
    }


async def test_marks_of_no_libraries_are_none(ask: Ask) -> None:
    assert set((await ask("/api/scan-unmarked")).values()) == {0}


@pytest.mark.usefixtures("shelf")
async def test_the_predecessors_caches_are_told_from_the_counts(
    ask: Ask, conn: AsyncConnection
) -> None:
    told = await ask("/api/cache/stats")
    assert told == {
        "file_list_cache": {"file_count": 4, "age_seconds": None, "is_populated": True},
        "enriched_file_cache": {
            "file_count": 4,
            "age_seconds": None,
            "is_populated": True,
            "rebuild_in_progress": False,
        },
        "markers": {
            "processed_files": 2,
            "duplicate_files": 1,
            "web_modified_files": 0,
            "storage_location": "PostgreSQL",
        },
    }
    await conn.execute(text("UPDATE libraries SET scanned_at = now() - interval '90 s'"))
    await scans.begin(conn, 1)
    told = await ask("/api/cache/stats")
    assert 90 <= told["file_list_cache"]["age_seconds"] < 180
    assert told["enriched_file_cache"]["rebuild_in_progress"] is True


async def test_empty_caches_are_not_populated(ask: Ask) -> None:
    told = await ask("/api/cache/stats")
    assert told["file_list_cache"]["is_populated"] is False
