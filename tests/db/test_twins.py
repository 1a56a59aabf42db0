"""Who is kept as having something in common with another, as files are saved."""

import random

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine
from tests.conftest import Shelve
from tests.copies import reread

KEPT = text("""
    SELECT array_agg(file_id ORDER BY file_id) FROM twins WHERE kind = :kind GROUP BY key ORDER BY 1
""")
KINDS = ["pages", "issue", "overlap"]
SAGA = {"series": "Saga", "number": "7"}


async def kept(conn: AsyncConnection, kind: str) -> list[list[int]]:
    """Return the files of each key."""
    found = list(await conn.scalars(KEPT, {"kind": kind}))
    await conn.commit()
    return found


async def test_what_has_nothing_in_common_with_another_is_not_kept(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    for file in await shelve(5):
        await reread(conn, [file], [file], series="Saga", number=str(file))
    await reread(conn, await shelve(["a.cbz", "b.cbz"]))
    assert [await kept(conn, kind) for kind in KINDS] == [[], [], []]


@pytest.mark.parametrize("kind", KINDS)
async def test_one_that_was_alone_is_found_by_several_that_come_at_once(
    conn: AsyncConnection, shelve: Shelve, kind: str
) -> None:
    for count in (1, 4, 3):
        await reread(conn, await shelve([f"{count}/{n}.cbz" for n in range(count)]), [1], **SAGA)
    assert await kept(conn, kind) == [list(range(1, 9))]


async def test_nor_does_it_matter_whose_rows_lie_first(
    conn: AsyncConnection, url: URL, shelve: Shelve
) -> None:
    """Rows that are written anew go where others have left room."""
    several, (alone,) = await shelve(3), await shelve(["a.cbz"])
    for file in [*several, alone]:
        await reread(conn, [file], [file], series="Saga", number=str(file))
    await reread(conn, several, [100], series="Bone", number="1")
    async with engine.job(url) as apart:
        await apart.execution_options(isolation_level="AUTOCOMMIT")
        await apart.execute(text("VACUUM file_tags, likenesses"))
    await reread(conn, several, [alone], series="Saga", number=str(alone))
    assert [await kept(conn, kind) for kind in KINDS] == [[[*several, alone]]] * 3


@pytest.mark.parametrize("kind", KINDS)
async def test_all_who_share_a_key_are_kept_whatever_happens(
    conn: AsyncConnection, shelve: Shelve, kind: str
) -> None:
    """Those who are left alone with theirs may be kept, too."""
    chance = random.Random(9)  # noqa: S311  no secret
    ids = await shelve(12)
    keys = dict.fromkeys(ids, 0)
    for _ in range(25):
        some, key = chance.sample(ids, chance.randint(1, 4)), chance.randint(1, 5)
        await reread(conn, some, [key], series="Saga", number=str(key))
        keys |= dict.fromkeys(some, key)
        groups = [[file for file in ids if keys[file] == key] for key in range(1, 6)]
        known = [group for group in await kept(conn, kind) if len(group) > 1]
        assert known == sorted(group for group in groups if len(group) > 1)
