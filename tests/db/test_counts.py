"""What triggers keep: whatever changes `files`, it is what counting would find."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine
from tests.conftest import ASTRAY, Shelve

COUNTED = text("""
    SELECT library_id, marked, duplicate,
           count(*) FILTER (WHERE missing_since IS NULL),
           count(*) FILTER (WHERE missing_since IS NOT NULL),
           count(*) FILTER (WHERE missing_since IS NULL AND fault IS NOT NULL),
           coalesce(sum(size) FILTER (WHERE missing_since IS NULL), 0),
           coalesce(bit_xor(
               hashtextextended(sort_key, hashint8extended(mtime_ns, hashint8extended(size, id)))
           ) FILTER (WHERE missing_since IS NULL), 0)
      FROM files GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")

KEPT = text("""
    SELECT library_id, marked, duplicate, sum(present), sum(missing), sum(faulty), sum(bytes),
           bit_xor(signature)
      FROM counts GROUP BY 1, 2, 3
    HAVING (sum(present), sum(missing), sum(faulty), sum(bytes)) <> (0, 0, 0, 0)
     ORDER BY 1, 2, 3
""")

PRESENT = text("""
    SELECT library_id, path, marked, duplicate, fault, series, publisher, year, format
      FROM files WHERE missing_since IS NULL
""")

TALLIED = text("""
    SELECT facet, parent, value, library_id,
           sum(present), sum(marked), sum(duplicates), sum(faulty)
      FROM tallies GROUP BY 1, 2, 3, 4
    HAVING (sum(present), sum(marked), sum(duplicates), sum(faulty)) <> (0, 0, 0, 0)
""")

Agree = Callable[[], Awaitable[bool]]


@pytest.fixture
def agree(conn: AsyncConnection) -> Agree:
    """Return a function that compares what is kept with what counting finds."""

    async def agree() -> bool:
        kept, counted = (await conn.execute(KEPT)).all(), (await conn.execute(COUNTED)).all()
        tallied = {tuple(row) for row in await conn.execute(TALLIED)}
        copied = (await conn.execute(ASTRAY)).all() == []
        return kept == counted and tallied == await tally(conn) and copied

    return agree


async def tally(conn: AsyncConnection) -> set[tuple[object, ...]]:
    """Count the files of each value and in each folder, as `tallies` have them."""
    sums: dict[tuple[object, ...], Counter[str]] = {}
    for file in await conn.execute(PRESENT):
        values = [(name, "", getattr(file, name)) for name in ("series", "publisher", "format")]
        values.append(("year", "", file.year and str(file.year)))
        parents = file.path.split("/")[:-1]
        values += [("folder", "/".join(parents[:n]), name) for n, name in enumerate(parents)]
        for value in values:
            if value[2] is not None:
                counter = sums.setdefault((*value, file.library_id), Counter())
                counter.update(
                    present=1,
                    marked=file.marked,
                    duplicates=file.duplicate,
                    faulty=file.fault is not None,
                )
    columns = ("present", "marked", "duplicates", "faulty")
    return {(*key, *(counter[name] for name in columns)) for key, counter in sums.items()}


@pytest.fixture
async def shelf(shelve: Shelve) -> None:
    """Shelve two libraries of files in several states."""
    for library in ("/a", "/b"):
        await shelve(5, library=library)
        await shelve(["marked.cbz", "also.cbz"], library=library, marked=True, fault="It is bad.")
        await shelve(["twice.cbz"], library=library, duplicate=True, series="Saga", year=2012)
        await shelve(["a/é/1.cbz", "a/é/2.cbz", "a/3.cbz"], library=library, publisher="Image")
        await shelve(["gone.cbz"], library=library, missing=True, marked=True)


CHANGES = [
    "UPDATE files SET marked = NOT marked",
    "UPDATE files SET marked = true, duplicate = true WHERE id % 2 = 0",
    "UPDATE files SET missing_since = now() WHERE id % 3 = 0",
    "UPDATE files SET missing_since = NULL",
    "UPDATE files SET fault = CASE WHEN fault IS NULL THEN 'It is bad.' END, size = size * 7",
    "UPDATE files SET marked = true WHERE false",
    "UPDATE files SET series = 'Saga', year = year + 1, format = 'cbr' WHERE id % 2 = 0",
    "UPDATE files SET path = 'b/' || path, sort_key = 'b' || sort_key WHERE path LIKE 'a/%'",
    "UPDATE files SET publisher = NULL, mtime_ns = mtime_ns + 1",
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
    assert (await conn.execute(text("SELECT FROM tallies"))).all() == []
    assert (await conn.execute(text("SELECT FROM files"))).all() == []


async def test_a_mark_leaves_alone_what_files_are_found_by(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(20, series="Saga")
    versions = text("SELECT ctid::text, xmin::text FROM file_search ORDER BY file_id")
    before = (await conn.execute(versions)).all()
    await conn.execute(text("UPDATE files SET marked = true, duplicate = id % 2 = 0"))
    assert (await conn.execute(versions)).all() == before


async def test_a_statement_of_many_files_is_one_change_of_the_version(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(100)
    version = text("SELECT sum(version) FROM counts")
    before = await conn.scalar(version)
    await conn.execute(text("UPDATE files SET title = 'x'"))
    assert await conn.scalar(version) == before + 1


async def test_only_another_list_has_another_signature(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(20)
    signature = text("SELECT bit_xor(signature) FROM counts")
    before = await conn.scalar(signature)
    for same in ("marked = NOT marked", "title = 'x'", "size = size + 1", "size = size - 1"):
        await conn.execute(text(f"UPDATE files SET {same} WHERE id % 3 = 0"))  # noqa: S608  ours
        assert (await conn.scalar(signature) == before) is (same != "size = size + 1"), same
    for other in ("size = size + 1 WHERE id = 7", "sort_key = 'z' WHERE id = 7"):
        await conn.execute(text(f"UPDATE files SET {other}"))  # noqa: S608  ours
        assert await conn.scalar(signature) != before


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
