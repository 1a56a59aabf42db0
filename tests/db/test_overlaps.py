"""Which comics share pages, as files are saved, change and are forgotten."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.archives.contents import Member, overlap
from db import engine, files, missing, overlaps
from tests.conftest import Shelve
from tests.copies import reread

GROUPS = text("""
    SELECT array_agg(file_id ORDER BY file_id) FROM twins
     WHERE kind = 'overlap' GROUP BY key HAVING count(*) > 1 ORDER BY 1
""")
SETTINGS = text("SELECT name, setting FROM pg_settings WHERE name LIKE 'enable_%' ORDER BY 1")

Links = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)))


async def groups(conn: AsyncConnection) -> list[list[int]]:
    """Return the files of each group."""
    found = list(await conn.scalars(GROUPS))
    await conn.commit()
    return found


async def test_those_that_share_half_of_their_pages_are_together(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    one, more, half, less, none = await shelve(5)
    await reread(conn, [one], range(20))
    await reread(conn, [more], range(24))
    await reread(conn, [half], [*range(14), *range(100, 108)])
    await reread(conn, [less], [*range(13), *range(200, 208)])
    await reread(conn, [none])
    assert await groups(conn) == [[one, more, half]]


async def test_what_is_alike_with_one_of_a_group_is_of_the_group(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    first, last, between = await shelve(3)
    await reread(conn, [first], range(24))
    await reread(conn, [last], range(12, 36))
    assert await groups(conn) == []
    await reread(conn, [between], range(6, 30))
    assert await groups(conn) == [[first, last, between]]


async def test_it_makes_no_difference_in_which_order_and_sets_they_are_saved(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    chance = random.Random(3)  # noqa: S311  no secret
    ids = await shelve(30)
    pages = {file: range(file // 3 * 100, file // 3 * 100 + 20 + file % 3) for file in ids}
    expected = [[file for file in ids if file // 3 == third] for third in range(11)]
    for _ in range(3):
        for file in chance.sample(ids, len(ids)):
            await reread(conn, [file], pages[file])
        assert await groups(conn) == [group for group in expected if len(group) > 1]
        await reread(conn, ids)
        assert await groups(conn) == []


async def test_a_group_that_loses_what_held_it_together_falls_apart(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    first, last, between, copy = await shelve(4)
    for file, start in ((first, 0), (last, 12), (between, 6), (copy, 12)):
        await reread(conn, [file], range(start, start + 24))
    assert await groups(conn) == [[first, last, between, copy]]
    await reread(conn, [between], range(1000, 1024))
    assert await groups(conn) == [[last, copy]]


async def test_pages_that_hundreds_share_make_no_group_of_their_comics(
    conn: AsyncConnection, shelve: Shelve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three pages of a scanner are a good part of a short comic, and its true copy is found."""
    monkeypatch.setattr(overlaps, "CROWD", 6)
    common = range(3)
    ids = await shelve(40)
    for file in ids:
        await reread(conn, [file], [*common, *range(file * 100, file * 100 + 9)])
    copy, *_ = await shelve(["Copy.cbz"])
    await reread(conn, [copy], [*common, *range(100, 110)])
    assert await groups(conn) == [[1, copy]]


async def test_a_crowd_is_taken_apart_and_not_compared_again(
    conn: AsyncConnection, shelve: Shelve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlaps, "CROWD", 4)
    ids = await shelve(9)
    await reread(conn, ids, range(10))
    assert await groups(conn) == [ids]
    await reread(conn, ids[:1], range(50, 60))
    assert await groups(conn) == []
    (late,) = await shelve(["Late.cbz"])
    await reread(conn, [late], range(10))
    (group,) = await groups(conn)
    assert late in group
    assert len(group) > overlaps.CROWD, "so many comics that it is not shown"


async def test_two_that_are_saved_at_once_find_each_other(
    conn: AsyncConnection, url: URL, shelve: Shelve
) -> None:
    one, other = await shelve(2)

    async def save(file: int) -> None:
        async with engine.job(url) as apart:
            await reread(apart, [file], range(20))

    for _ in range(5):
        await asyncio.gather(save(one), save(other))
        assert await groups(conn) == [[one, other]]
        await reread(conn, [one, other])


async def test_what_is_forgotten_leaves_its_group(conn: AsyncConnection, shelve: Shelve) -> None:
    ids = await shelve(3, missing=True)
    await reread(conn, ids, range(20))
    await missing.forget(conn, ids[:1])
    await conn.commit()
    assert await groups(conn) == [ids[1:]]
    (another,) = await shelve(["Another.cbz"])
    await reread(conn, [another], range(20))
    assert await groups(conn) == [[*ids[1:], another]]


async def test_what_is_read_again_and_is_the_same_is_not_written(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(2)
    rows = text("SELECT xmin::text FROM likenesses UNION ALL SELECT xmin::text FROM twins")
    await reread(conn, ids, range(20), series="Saga", number="1")
    before = (await conn.execute(rows)).all()
    await reread(conn, ids, range(20), series="Saga", number="1")
    assert (await conn.execute(rows)).all() == before


async def test_the_connection_plans_afterwards_as_it_did(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    before = (await conn.execute(SETTINGS)).all()
    await reread(conn, await shelve(2), range(20))
    assert (await conn.execute(SETTINGS)).all() == before


async def test_a_disk_at_fault_takes_no_file_out_of_its_group(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(2)
    await reread(conn, ids, range(20))
    unread = files.Reading(
        entry=files.Entry(ids[0], "Saga/Saga 1.cbz", 1, 1),
        inode=1,
        search_key="",
        tags={},
        provenance={},
        notes=(),
        fingerprint=None,
        final=False,
    )
    await files.save(conn, [unread])
    assert await groups(conn) == [ids]


async def test_the_share_is_that_of_comics_compared_page_by_page(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    chance = random.Random(5)  # noqa: S311  no secret
    one, other = await shelve(2)
    for _ in range(12):
        pages = [[chance.randrange(8) for _ in range(chance.randint(1, 9))] for _ in "ab"]
        for file, these in zip((one, other), pages, strict=True):
            await reread(conn, [file], these)
        ours, theirs = ([Member("", page, page) for page in these] for these in pages)
        is_alike = overlap(ours, theirs) >= overlaps.SHARE
        assert await groups(conn) in ([[[one, other]]] if is_alike else [[]]), pages


@given(Links)
def test_links_are_gathered_under_the_lowest_that_can_be_reached(
    links: list[tuple[int, int]],
) -> None:
    firsts = overlaps.gather(links)
    assert set(firsts) == {one for link in links for one in link}
    assert all(firsts[one] == firsts[other] for one, other in links)
    for first in set(firsts.values()):
        group = {one for one in firsts if firsts[one] == first}
        assert first == min(group)
        reached = {first}
        for _ in links:
            reached |= {one for link in links if reached & set(link) for one in link}
        assert reached == group
