"""Comics by the paths that people know them by."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import places
from tests.conftest import Shelve

PATHS = ["Saga/10.cbz", "Saga/2.cbz", "Saga/Extra/1.cbz", "Saga 2/1.cbz", "Saga.cbz", "Saga0.cbz"]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("Saga", ["Saga/Extra/1.cbz", "Saga/2.cbz", "Saga/10.cbz"]),
        ("Saga/Extra", ["Saga/Extra/1.cbz"]),
        ("Saga/2.cbz", ["Saga/2.cbz"]),
        ("Sag", []),
        ("Saga/Ext", []),
        ("", ["Saga 2/1.cbz", "Saga/Extra/1.cbz", *PATHS[1::-1], "Saga.cbz", "Saga0.cbz"]),
    ],
)
async def test_a_place_holds_what_is_at_or_below_it(
    conn: AsyncConnection, shelve: Shelve, place: str, expected: list[str]
) -> None:
    ids = dict(zip(await shelve(PATHS), PATHS, strict=True))
    await shelve(PATHS, library="/other")
    await shelve(["Saga/3.cbz"], missing=True)
    (files,) = await places.within(conn, [(1, place)])
    found = [ids[file] for file in files]
    assert sorted(found) == sorted(expected)
    if place:
        assert found == expected


async def test_each_place_has_its_own_files(conn: AsyncConnection, shelve: Shelve) -> None:
    ids = await shelve(PATHS)
    asked = [(1, "Saga/2.cbz"), (1, "Saga/10.cbz"), (2, "Saga"), (1, "Saga 2")]
    assert await places.within(conn, asked) == [[ids[1]], [ids[0]], [], [ids[3]]]


async def test_a_place_is_found_by_its_paths_however_large_the_library(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(3_000)
    await conn.execute(text("ANALYZE files"))
    found = "".join(
        await conn.scalars(
            text(f"EXPLAIN {places.WITHIN.text}"),
            {
                "places": [0],
                "libraries": [1],
                "lows": ["Saga/Saga 7"],
                "highs": ["Saga/Saga 7\x01"],
            },
        )
    )
    assert "files_path_key" in found
    assert "Seq Scan" not in found


async def test_of_one_path_in_two_libraries_the_first_has_it(
    shelve: Shelve, conn: AsyncConnection
) -> None:
    (first,) = await shelve(["1.cbz"], library="/comics")
    (second,) = await shelve(["1.cbz"], library="/manga")
    asked = ["/manga/1.cbz", "1.cbz", "none.cbz", "/comics/1.cbz", "1.cbz"]
    assert await places.find(conn, asked) == {
        "/manga/1.cbz": second,
        "1.cbz": first,
        "/comics/1.cbz": first,
    }


async def test_comics_of_a_library_that_is_removed_are_not_found(
    shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["1.cbz"], library="/")
    assert await places.one(conn, "/1.cbz") == 1
    await conn.execute(text("UPDATE libraries SET removed_at = now()"))
    assert await places.one(conn, "1.cbz") is None
    assert await places.one(conn, "/1.cbz") is None


async def test_no_text_that_postgresql_refuses_is_asked_for(
    shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["1.cbz"])
    assert await places.find(conn, ["1.cbz\0", "\0", "1.cbz"]) == {"1.cbz": 1}
    assert await places.find(conn, []) == {}


@pytest.mark.parametrize("is_known", [False, True])
async def test_each_path_is_a_probe_of_an_index(
    shelve: Shelve, conn: AsyncConnection, *, is_known: bool
) -> None:
    await shelve(2_000)
    if is_known:
        await conn.execute(text("ANALYZE files, libraries"))
    asked = {"paths": ["Saga/Saga 1.cbz", "/comics/Saga/Saga 2.cbz"]}
    plan = (await conn.execute(text(f"EXPLAIN (COSTS OFF) {places.FIND}"), asked)).scalars().all()
    (probe,) = [line for line in plan if "Index Cond" in line and "path = " in line]
    assert "missing_since IS NULL" in probe
    assert any("files_path_key" in line for line in plan)
    assert not any("Seq Scan on files" in line for line in plan)
