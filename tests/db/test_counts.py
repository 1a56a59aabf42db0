"""The counts that triggers keep: whatever changes `files`, they are what counting would find."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine
from tests.conftest import Shelve

COUNTED = text("""
    SELECT library_id, marked, duplicate,
           count(*) FILTER (WHERE missing_since IS NULL),
           count(*) FILTER (WHERE missing_since IS NOT NULL),
           count(*) FILTER (WHERE missing_since IS NULL AND fault IS NOT NULL),
           coalesce(sum(size) FILTER (WHERE missing_since IS NULL), 0)
      FROM files GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")

KEPT = text("""
    SELECT library_id, marked, duplicate, sum(present), sum(missing), sum(faulty), sum(bytes)
      FROM counts GROUP BY 1, 2, 3
    HAVING (sum(present), sum(missing), sum(faulty), sum(bytes)) <> (0, 0, 0, 0)
     ORDER BY 1, 2, 3
""")

Agree = Callable[[], Awaitable[bool]]


@pytest.fixture
def agree(conn: AsyncConnection) -> Agree:
    """Return a function that compares what is kept with what counting finds."""

    async def agree() -> bool:
        return (await conn.execute(KEPT)).all() == (await conn.execute(COUNTED)).all()

    return agree


@pytest.fixture
async def shelf(shelve: Shelve) -> None:
    """Shelve two libraries of files in several states."""
    for library in ("/a", "/b"):
        await shelve(5, library=library)
        await shelve(["marked.cbz", "also.cbz"], library=library, marked=True, fault="It is bad.")
        await shelve(["twice.cbz"], library=library, duplicate=True)
        await shelve(["gone.cbz"], library=library, missing=True, marked=True)


CHANGES = [
    "UPDATE files SET marked = NOT marked",
    "UPDATE files SET marked = true, duplicate = true WHERE id % 2 = 0",
    "UPDATE files SET missing_since = now() WHERE id % 3 = 0",
    "UPDATE files SET missing_since = NULL",
    "UPDATE files SET fault = CASE WHEN fault IS NULL THEN 'It is bad.' END, size = size * 7",
    "UPDATE files SET marked = true WHERE false",
    "UPDATE files SET library_id = (SELECT max(id) FROM libraries), path = id::text WHERE id < 4",
    "DELETE FROM files WHERE id % 4 = 0",
    "DELETE FROM files WHERE false",
    "DELETE FROM libraries WHERE root = '/a'",
    "DELETE FROM files",
]


@pytest.mark.usefixtures("shelf")
async def test_counts_follow_every_change(conn: AsyncConnection, agree: Agree) -> None:
    assert await agree()
    for change in CHANGES:
        await conn.execute(text(change))
        assert await agree(), change


@pytest.mark.usefixtures("shelf")
async def test_counts_follow_a_change_that_is_taken_back(
    conn: AsyncConnection, agree: Agree
) -> None:
    await conn.execute(text("DELETE FROM files WHERE marked"))
    await conn.rollback()
    assert await agree()


@pytest.mark.usefixtures("shelf")
async def test_a_library_that_goes_leaves_no_counts(conn: AsyncConnection) -> None:
    await conn.execute(text("DELETE FROM libraries"))
    assert (await conn.execute(text("SELECT FROM counts"))).all() == []
    assert (await conn.execute(text("SELECT FROM files"))).all() == []


async def test_a_statement_of_many_files_is_one_change_of_the_version(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(100)
    version = text("SELECT sum(version) FROM counts")
    before = await conn.scalar(version)
    await conn.execute(text("UPDATE files SET title = 'x'"))
    assert await conn.scalar(version) == before + 1


async def test_many_writers_at_once_lose_no_count(
    url: URL, shelve: Shelve, agree: Agree, conn: AsyncConnection
) -> None:
    await shelve(200)

    async def write(writer: int) -> None:
        async with engine.job(url) as own:
            for turn in range(15):
                await own.execute(
                    text("""UPDATE files SET marked = NOT marked, size = size + :turn
                             WHERE id % 8 = :writer AND (id / 8) % 3 = :turn % 3"""),
                    {"writer": writer, "turn": turn},
                )
                await own.commit()

    await asyncio.gather(*(write(writer) for writer in range(8)))
    assert await agree()
    assert await conn.scalar(text("SELECT count(DISTINCT shard) FROM counts")) >= 2
