"""Tries: so many in a row, so many a minute after that, told to all processes alike."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, tries

Take = Callable[..., Coroutine[Any, Any, bool]]


@pytest.fixture
def take(conn: AsyncConnection) -> Take:
    """Return a function that tries, three times in a row at most and once a minute after that."""

    async def take(key: str = "a") -> bool:
        taken = await tries.take(conn, key, burst=3, per_minute=1)
        await conn.commit()
        return taken

    return take


async def wait(conn: AsyncConnection, seconds: float) -> None:
    """Let time pass for what was tried."""
    shift = text("UPDATE tries SET at = at - make_interval(secs => :seconds)")
    await conn.execute(shift, {"seconds": seconds})
    await conn.commit()


async def test_there_is_a_burst_and_then_what_time_brings(
    conn: AsyncConnection, take: Take
) -> None:
    assert [await take() for _ in range(4)] == [True, True, True, False]
    assert await take("b")
    await wait(conn, 30)
    assert not await take()
    await wait(conn, 31)
    assert [await take() for _ in range(2)] == [True, False]
    await wait(conn, 100_000)
    assert [await take() for _ in range(4)] == [True, True, True, False]


async def test_what_was_refused_puts_nothing_off(conn: AsyncConnection, take: Take) -> None:
    for _ in range(3):
        await take()
    taken = []
    for _ in range(6):
        await wait(conn, 11)
        taken.append(await take())
    assert taken == [False] * 5 + [True]


async def test_what_is_given_back_was_not_tried(conn: AsyncConnection, take: Take) -> None:
    for _ in range(5):
        assert await take()
        await tries.give_back(conn, "a")


async def test_buckets_that_are_full_again_are_forgotten(conn: AsyncConnection, take: Take) -> None:
    await take()
    await wait(conn, 100_000)
    await take("b")
    await tries.forget(conn)
    assert (await conn.scalars(text("SELECT key FROM tries"))).all() == ["b"]


async def test_who_tries_by_many_connections_has_no_more(url: URL) -> None:
    async def once() -> bool:
        async with engine.job(url) as conn:
            taken = await tries.take(conn, "a", burst=3, per_minute=0)
            await conn.commit()
            return taken

    taken = await asyncio.gather(*(once() for _ in range(8)))
    assert sorted(taken) == [False] * 5 + [True] * 3
