"""The doors: what each lets through."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import psycopg
import pytest
import sqlalchemy.exc
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, files, listing
from db.engine import DatabaseUnset
from db.files import Entry
from db.listing import Wanted
from tests.conftest import Shelve, found
from tests.wire_tap import Cut, tap

WRITES = [
    "UPDATE files SET marked = true",
    "INSERT INTO settings VALUES ('x', '1')",
    "DELETE FROM files",
    "TRUNCATE files",
    "CREATE TABLE x ()",
    "SELECT nextval('files_id_seq')",  # of which the reader's role may not even ask
]
REFUSED = "read-only transaction|permission denied"


@pytest.fixture
async def doors(url: URL) -> AsyncIterator[None]:
    """Open the doors of this process."""
    async with engine.open_doors(url):
        yield


async def test_a_server_that_hangs_up_on_the_very_first_statement_is_away(url: URL) -> None:
    async with tap(url, Cut) as wire:
        reader = engine.make_reader(wire.url, "test")
        with pytest.raises(sqlalchemy.exc.OperationalError):
            async with reader.connect():
                pass
        await reader.dispose()


@asynccontextmanager
async def relay(url: URL, gate: asyncio.Event) -> AsyncIterator[URL]:
    """Have PostgreSQL answer at another address, but not before the gate is open."""
    host, port = str(url.query.get("host") or url.host), int(str(url.query.get("port") or url.port))
    flows: set[asyncio.Task[None]] = set()

    async def flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while received := await reader.read(65_536):
                writer.write(received)
                await writer.drain()
        finally:
            writer.close()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        there = (
            await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
            if host.startswith("/")
            else await asyncio.open_connection(host, port)
        )
        flows.update(
            asyncio.create_task(flow(*ends)) for ends in ((reader, there[1]), (there[0], writer))
        )

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        here = server.sockets[0].getsockname()[1]
        yield url.set(host="127.0.0.1", port=here, query={})
        for task in flows:
            task.cancel()
        await asyncio.gather(*flows, return_exceptions=True)


async def test_a_process_that_its_database_kept_waiting_lists_once_it_answers(url: URL) -> None:
    gate = asyncio.Event()
    async with relay(url, gate) as late, engine.open_doors(late):
        gate.set()
        async with engine.listing() as conn:
            assert await (await conn.execute("SELECT 1")).fetchone() == (1,)


@pytest.mark.usefixtures("doors")
@pytest.mark.parametrize("statement", WRITES)
async def test_postgresql_refuses_what_a_reader_writes(statement: str) -> None:
    async with engine.reading() as conn:
        with pytest.raises(sqlalchemy.exc.DBAPIError, match=REFUSED):
            await conn.execute(text(statement))


@pytest.mark.usefixtures("doors")
@pytest.mark.parametrize("statement", WRITES)
async def test_postgresql_refuses_what_a_list_writes(statement: str) -> None:
    async with engine.listing() as conn:
        with pytest.raises(psycopg.DatabaseError, match=REFUSED):
            await conn.execute(statement.encode())


@pytest.mark.usefixtures("doors")
async def test_a_query_of_ours_that_writes_is_refused_behind_the_readers_door(
    shelve: Shelve,
) -> None:
    await shelve(1)
    async with engine.reading() as conn:
        with pytest.raises(sqlalchemy.exc.InternalError, match="read-only transaction"):
            await files.add(conn, 1, [found(Entry(9, "new.cbz", 1, 1))])


@pytest.mark.usefixtures("doors")
async def test_writing_keeps_what_returns_and_takes_back_what_raises(shelve: Shelve) -> None:
    await shelve(2)
    async with engine.writing() as conn:
        await conn.execute(text("UPDATE files SET marked = true WHERE id = 1"))
    with pytest.raises(ZeroDivisionError):  # noqa: PT012  the error is raised behind the door
        async with engine.writing() as conn:
            await conn.execute(text("UPDATE files SET marked = true"))
            raise ZeroDivisionError
    async with engine.listing() as conn_:
        assert (await listing.page(conn_, Wanted())).unmarked_count == 1


LIMITS = ("statement_timeout", "lock_timeout", "client_connection_check_interval")


async def limits(conn: AsyncConnection) -> list[str | None]:
    """Return the limits that PostgreSQL holds this connection to."""
    return [await conn.scalar(text(f"SHOW {name}")) for name in LIMITS]


@pytest.mark.usefixtures("doors")
async def test_every_door_has_limits() -> None:
    async with engine.reading() as conn:
        assert await limits(conn) == ["30s", "0", "2s"]
    async with engine.writing() as conn:
        assert await limits(conn) == ["1min", "10s", "2s"]


@pytest.mark.usefixtures("doors")
async def test_no_page_waits_for_other_processes_to_start() -> None:
    workers = "SHOW max_parallel_workers_per_gather"
    async with engine.reading() as conn:
        assert await conn.scalar(text(workers)) == "0"
    async with engine.listing() as lister:
        assert await (await lister.execute(workers)).fetchone() == ("0",)


async def plan_mode(conn: engine.Driver) -> tuple[str, ...] | None:
    """Return how PostgreSQL plans what is prepared on this connection."""
    return await (await conn.execute("SHOW plan_cache_mode")).fetchone()


@pytest.mark.usefixtures("doors")
async def test_a_list_is_planned_once_and_what_depends_on_its_values_anew() -> None:
    async with engine.listing() as conn:
        assert await plan_mode(conn) == ("force_generic_plan",)
    async with engine.listing(planned_once=False) as conn:
        assert await plan_mode(conn) == ("auto",)


@pytest.mark.usefixtures("doors")
async def test_no_search_holds_up_a_list() -> None:
    async with AsyncExitStack() as stack:
        for _ in range(engine.POOL):
            await stack.enter_async_context(engine.listing(planned_once=False))
        async with engine.listing() as conn:
            assert await (await conn.execute("SELECT 1")).fetchone() == (1,)


def test_what_the_url_says_of_keepalives_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://host/comics?keepalives_idle=60")
    assert engine.database_url().query == engine.KEEPING | {"keepalives_idle": "60"}


async def test_the_url_may_name_any_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg2"):
        monkeypatch.setenv("DATABASE_URL", f"{name}://me:p%40ss@host:5433/comics?sslmode=require")
        url = engine.database_url()
        assert url.drivername == "postgresql+psycopg"
        told = url.difference_update_query(engine.KEEPING)
        assert engine.conninfo(told) == "postgresql://me:p%40ss@host:5433/comics?sslmode=require"
        assert dict(url.query) == {"sslmode": "require"} | engine.KEEPING


async def test_without_a_url_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(DatabaseUnset, match="DATABASE_URL is not set"):
        engine.database_url()
