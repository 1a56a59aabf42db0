"""Streams of what happens: each client sees each event once, whatever breaks on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import falcon
import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import batch_items, batch_states, outcomes
from db.outcomes import Outcome
from functions import hub as hubs
from functions import streams
from functions.hub import Hub, Stream, hub
from tests.conftest import Shelve
from tests.functions.following import WORKER, Event, Following, following, joined, work
from tests.wire_tap import Tap

EVENTS = "/api/batches/{}/events"
ALL = "/api/events/stream"
WARM = 12  # times that something is done until psycopg has surely prepared its statements


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notice soon that a client has gone, or a connection, and hear of all else by notices."""
    monkeypatch.setattr(streams, "QUIET", 0.1)
    monkeypatch.setattr(hubs, "AGAIN", 0.01)
    monkeypatch.setattr(hubs, "LOOK", 60)


async def make(client: ASGIConductor, kind: str = "process", **more: object) -> int:
    """Make a batch of all files and return its id."""
    wanted = {"kind": kind, "filter": {}, **more}
    answer = await client.simulate_post("/api/batches", json=wanted)
    assert answer.status_code == 201, answer.text
    number: int = answer.json["id"]
    return number


def has_ended(events: list[Event]) -> bool:
    """Tell whether the last event is that of a batch that has ended."""
    ends = {"done", "cancelled", "previewed"}
    return bool(events) and events[-1].name == "batch" and events[-1].data["state"] in ends


def items(events: list[Event]) -> list[int]:
    """Return which comics of a batch were told of, in that order."""
    return [event.data["seq"] for event in events if event.name == "item"]


async def test_a_batch_is_told_comic_by_comic_until_it_has_ended(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(5)
    batch = await make(client)
    async with following(client, EVENTS.format(batch)) as stream:
        await work(conn, 2)
        await stream.until(lambda events: len(items(events)) == 2)
        await work(conn)
        events = await stream.until(has_ended)
    assert items(events) == [0, 1, 2, 3, 4]
    numbers = [event.id or 0 for event in events]
    assert numbers == sorted(set(numbers))
    assert events[-1].data["done"] == 5
    assert stream.headers["content-type"] == "text/event-stream"
    assert stream.headers["cache-control"] == "no-cache"
    assert stream.headers["x-accel-buffering"] == "no"


async def test_who_comes_back_sees_every_event_once(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(6)
    batch = await make(client)
    seen, last = list[int](), None
    for _ in range(3):
        async with following(client, EVENTS.format(batch), last) as stream:
            await work(conn, 1)
            count = len(seen) + 1
            seen += items(await stream.until(lambda events: len(items(events)) == 1))
            last = stream.last
        assert len(seen) == count
        await work(conn, 1)
        async with following(client, EVENTS.format(batch), last) as stream:
            seen += items(await stream.until(lambda events: len(items(events)) == 1))
            last = stream.last
    assert seen == [0, 1, 2, 3, 4, 5]


async def test_what_was_missed_may_be_more_than_is_read_at_a_time(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST", 3)
    await shelve(10)
    batch = await make(client)
    await work(conn)
    async with following(client, EVENTS.format(batch)) as stream:
        events = await stream.until(has_ended)
    assert items(events) == list(range(10))


async def test_what_happens_at_once_may_be_more_than_is_asked_for_at_a_time(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "MOST", 3)
    await shelve(10)
    batch = await make(client)
    async with following(client, EVENTS.format(batch)) as stream:
        await stream.so_many(1)
        await work(conn)
        events = await stream.until(has_ended)
    assert items(events) == list(range(10))


async def test_what_happens_as_a_stream_joins_is_told_once(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was too late for what the client had missed, and is in the table and in the queue."""
    await shelve(3)
    batch = await make(client)
    join = Hub.joined

    @asynccontextmanager
    async def joined(self: Hub, batch: int | None = None) -> AsyncIterator[Stream]:
        await work(conn, 1)
        async with join(self, batch) as stream:
            await work(conn, 1)
            while stream.waiting.empty():  # noqa: ASYNC110  nobody tells of it
                await asyncio.sleep(0.01)
            yield stream

    monkeypatch.setattr(Hub, "joined", joined)
    async with following(client, EVENTS.format(batch)) as stream:
        await stream.until(lambda events: len(items(events)) >= 2)
        await work(conn, 1)
        events = await stream.until(has_ended)
    assert items(events) == [0, 1, 2]


async def test_a_batch_s_stream_tells_of_no_other(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(1)
    first, second = await make(client), await make(client)
    async with following(client, EVENTS.format(first)) as stream:
        await joined(1)
        for batch in (first, second):
            await batch_states.pause(conn, batch)
        await conn.commit()
        await stream.so_many(2)
        await client.simulate_post(f"/api/batches/{first}/cancel")
        events = await stream.until(has_ended)
    assert [event.data["id"] for event in events] == [first] * 3


async def test_who_has_seen_the_end_need_not_come_back(
    client: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(1)
    path = EVENTS.format(await make(client, "mark"))
    async with following(client, path) as stream:
        await stream.until(has_ended)
    for asked in (
        {"headers": {"Last-Event-ID": str(stream.last)}},
        {"params": {"last_event_id": stream.last}},
    ):
        answer = await client.simulate_get(path, **asked)
        assert answer.status_code == 204


@pytest.mark.parametrize("last", ["999999999", "nonsense", "9" * 40, "0" * 25 + "9" * 20, "-1"])
async def test_a_place_that_cannot_be_is_none(
    client: ASGIConductor, shelve: Shelve, last: str
) -> None:
    await shelve(1)
    path = EVENTS.format(await make(client, "mark"))
    async with following(client, path, last) as stream:
        await stream.until(has_ended)


async def test_a_cancelled_batch_is_followed_until_its_last_file_has_ended(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(2)
    batch = await make(client)
    (claimed,) = await batch_items.claim(conn, WORKER, 1)
    async with following(client, EVENTS.format(batch)) as stream:
        await client.simulate_post(f"/api/batches/{batch}/cancel")
        await stream.until(has_ended)
        await outcomes.save(conn, WORKER, [Outcome(batch=batch, seq=claimed.seq, state="done")])
        events = await stream.until(lambda events: items(events) and has_ended(events))
    assert items(events) == [0]


async def test_a_quiet_stream_shows_that_it_lives(client: ASGIConductor) -> None:
    async with following(client, ALL) as stream:
        raw = ""
        while raw.count(": heartbeat\n\n") < 3:
            raw += (await stream.result.stream.read()).decode()
    assert raw.startswith(": heartbeat\n\nid: 0\nretry: 1000\n\n")


async def test_all_that_happens_is_told_as_clients_of_the_predecessor_know_it(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["Saga/1.cbz", "Saga/2.cbz"])
    async with following(client, ALL) as stream:
        batch = await make(client)
        await work(conn, 1, after={"path": "Saga/Saga 1.cbz"})
        await work(conn, 1, state="failed", error="It is damaged.")
        events = await stream.until(lambda events: any(is_completed(event) for event in events))
    files = [event.data["data"] for event in events if event.data["type"] == "file_processed"]
    job = events[-1].data["data"]
    assert [(one["filepath"], one["filename"], one["success"], one["error"]) for one in files] == [
        ("/comics/Saga/Saga 1.cbz", "Saga 1.cbz", True, None),
        ("/comics/Saga/2.cbz", "2.cbz", False, "It is damaged."),
    ]
    assert job["progress"] == {
        "processed": 2,
        "total": 2,
        "success": 1,
        "errors": 1,
        "percentage": 100.0,
    }
    assert (job["batch"], len(job["job_id"])) == (batch, 36)
    assert all(isinstance(event.data["timestamp"], float) for event in events)


def is_completed(event: Event) -> bool:
    """Tell whether an event is a job's end."""
    return bool(event.data["data"].get("status") == "completed")


async def test_a_new_client_is_told_first_what_is_under_way(
    client: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(3)
    batch = await make(client, title="Tidy up")
    async with following(client, ALL) as stream:
        (event,) = await stream.so_many(1)
    assert event.id is None
    job = event.data["data"]
    assert (job["batch"], job["title"], job["status"]) == (batch, "Tidy up", "processing")


async def test_what_a_preview_has_looked_at_was_not_processed(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(2)
    async with following(client, ALL) as stream:
        await make(client, dry_run=True)
        await work(conn)
        events = await stream.until(lambda events: any(is_completed(event) for event in events))
    assert {event.data["type"] for event in events} == {"job_updated"}


async def test_no_event_is_lost_or_told_twice_though_postgresql_hangs_up(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(8)
    batch = await make(client)
    async with following(client, EVENTS.format(batch)) as stream:
        for _ in range(4):
            await work(conn, 1)
            await hang_up(conn)
            await work(conn, 1)
            await stream.so_many(len(stream.events) + 2)
        events = await stream.until(has_ended)
    assert items(events) == list(range(8))


async def hang_up(conn: AsyncConnection) -> None:
    """End all connections to the database but this one."""
    await conn.execute(
        text("""SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()""")
    )
    await conn.commit()


async def test_a_lost_notice_is_made_up_for(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "LOOK", 0.05)
    await shelve(1)
    batch = await make(client)
    async with following(client, EVENTS.format(batch)) as stream:
        await client.simulate_post(f"/api/batches/{batch}/pause")
        await stream.until(lambda events: events and events[-1].data["state"] == "paused")
        await conn.execute(
            text("UPDATE batches SET state = 'done', event = nextval('events') WHERE id = :batch"),
            {"batch": batch},
        )
        await conn.commit()
        await stream.until(has_ended)


async def test_one_connection_listens_and_asks_once_for_all_streams(
    wire: Tap, tapped: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(1)
    told, cost = list[Following](), list[int]()
    async with AsyncExitStack() as stack:
        for times in (WARM, 2, 2, 2):  # after the first, a stream has read what it had missed
            told.append(await stack.enter_async_context(following(tapped, ALL)))
            await joined(len(told))
            for _ in range(times):
                wire.sent.clear()
                await make(tapped, "mark")
                for stream in told:
                    await stream.so_many(len(stream.events) + 1)
            cost.append(wire.round_trips)
    assert cost == [cost[0]] * 4


async def test_who_reads_too_slowly_is_dropped_and_nobody_else(
    client: ASGIConductor, shelve: Shelve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "BEHIND", 3)
    await shelve(1)
    asleep = asyncio.create_task(fall_asleep())
    async with following(client, ALL) as stream:
        for told in range(6):
            await make(client, "unmark" if told % 2 else "mark")
            await stream.so_many(told + 1)
        with pytest.raises(asyncio.CancelledError):
            await asleep
        assert len(hub().streams) == 1


async def fall_asleep() -> None:
    """Join, and read nothing."""
    async with hub().joined():
        await asyncio.sleep(60)


async def test_streams_end_when_the_process_is_to_end(
    client: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(1)
    batch = await make(client)
    async with following(client, ALL):
        waiting = asyncio.create_task(hub().until_ended(batch))
        await joined(2)
        hubs.end_streams()
        with pytest.raises(falcon.HTTPServiceUnavailable):
            await waiting
        await joined(0)
        async with hub().joined() as late:
            assert await late.next(60) is None


async def test_it_is_waited_for_the_end_of_a_batch(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(2)
    waiting = asyncio.create_task(hub().until_ended(await make(client)))
    await work(conn, 1)
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await work(conn, 1)
    assert (await waiting).done == 2
    with pytest.raises(LookupError):
        await hub().until_ended(999)


async def test_how_many_follow_is_told(client: ASGIConductor, shelve: Shelve) -> None:
    await shelve(1)
    await make(client, "mark")
    async with following(client, ALL), following(client, ALL):
        await joined(2)
        answer = await client.simulate_get("/api/events/stats")
    assert answer.json["active_clients"] == 2
    assert answer.json["total_events_broadcast"] >= 1


@pytest.mark.parametrize("path", [ALL, EVENTS.format(1)])
async def test_without_a_database_there_is_no_stream(away: ASGIConductor, path: str) -> None:
    assert (await away.simulate_get(path)).status_code == 503


async def test_there_is_no_stream_of_a_batch_that_is_not(client: ASGIConductor) -> None:
    assert (await client.simulate_get(EVENTS.format(1))).status_code == 404
