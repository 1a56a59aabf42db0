"""The doors to PostgreSQL: one on which writes are refused, one that writes, one for lists.

`reading` and `writing` lend typed SQLAlchemy connections. `listing` lends the driver's own: a page
of files is the hot path, and there a pool of prepared statements costs half of what the same
statement does through an engine (docs/decisions/0002). `job` is for work that outlives a request,
`working` for such as changes files.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from select import POLLIN, poll
from typing import Any, Final

from psycopg import AsyncConnection as DriverConnection
from psycopg import DatabaseError, OperationalError
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from db.listing import Wanted, page

# A statement whose client has died must not run on and hold a table against the next one.
WATCHFUL: Final = "-c client_connection_check_interval=2s -c jit=off -c random_page_cost=1.1"
# To start other processes for a page takes longer than the page.
READ_ONLY: Final = (
    f"{WATCHFUL} -c default_transaction_read_only=on -c statement_timeout=30s"
    " -c max_parallel_workers_per_gather=0"
)
READ_WRITE: Final = f"{WATCHFUL} -c lock_timeout=10s -c statement_timeout=60s"
PATIENT: Final = f"{WATCHFUL} -c lock_timeout=60s"
# What a crash takes of the last moments of a scan, the next scan finds again.
LONG: Final = f"{PATIENT} -c synchronous_commit=off"
# What a worker says that it is about to do has to survive a crash. Its statements are made for the
# indexes of `batch_items`, whatever the planner has heard of a table that fills in no time.
WORKING: Final = f"{PATIENT} -c enable_seqscan=off"

POOL: Final = 4  # connections a door and process: more would only queue inside PostgreSQL
SOON: Final = 0.5  # seconds that a process which starts gives its database to answer
LONGEST_START: Final = 86_400.0  # seconds
PATIENCE: Final = 5.0  # seconds to wait for a connection before answering 503


class DatabaseUnset(RuntimeError):
    """There is no database to speak to."""


def database_url() -> URL:
    """Return $DATABASE_URL for psycopg, whatever driver or dialect alias it names."""
    try:
        url = make_url(os.environ["DATABASE_URL"])
    except KeyError:
        raise DatabaseUnset(
            "DATABASE_URL is not set: run this through `longbox`, or set it to "
            "postgresql://user@host/name"
        ) from None
    return url.set(drivername="postgresql+psycopg")


def conninfo(url: URL) -> str:
    """Write the URL as libpq reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@dataclass(frozen=True)
class Doors:
    """The open doors of one process."""

    reader: AsyncEngine
    writer: AsyncEngine
    lister: AsyncConnectionPool[DriverConnection[tuple[Any, ...]]]


def make_doors(url: URL) -> Doors:
    """Make the doors of one process; nothing connects yet."""
    reader = create_async_engine(
        url,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=PATIENCE,
        connect_args={"options": READ_ONLY},
    )
    writer = create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=PATIENCE,
        connect_args={"options": READ_WRITE},
    )
    lister: AsyncConnectionPool[DriverConnection[tuple[Any, ...]]] = AsyncConnectionPool(
        conninfo(url),
        kwargs={"autocommit": True, "options": READ_ONLY},
        configure=rehearse,
        min_size=POOL,
        max_size=POOL,
        timeout=PATIENCE,
        reconnect_timeout=PATIENCE,  # it tries ever more slowly; then the next request has it retry
        open=False,
        name="lists",
    )
    return Doors(reader, writer, lister)


_doors: list[Doors] = []  # the one set that this process has opened


async def rehearse(conn: DriverConnection[tuple[Any, ...]]) -> None:
    """Have a new connection answer a page once, so that no request is its first.

    A server process that is new has catalogs to read and plans to make.
    """
    with suppress(DatabaseError):  # a database that is not migrated yet has nothing to rehearse
        await page(conn, Wanted())


@asynccontextmanager
async def open_doors(url: URL | None = None) -> AsyncIterator[None]:
    """Open this process's doors, and close them at the end.

    A process starts, and tells that it is alive, while its database is still away: the pools then
    connect in the background.
    """
    doors = make_doors(url or database_url())
    await doors.lister.open()
    with suppress(TimeoutError):  # the pool's own limit would close it for good
        await asyncio.wait_for(doors.lister.wait(LONGEST_START), SOON)
    _doors.append(doors)
    try:
        yield
    finally:
        _doors.remove(doors)
        await doors.lister.close()
        await doors.reader.dispose()
        await doors.writer.dispose()


def reading() -> AbstractAsyncContextManager[AsyncConnection]:
    """Lend a connection on which a query is one round trip and PostgreSQL refuses any write."""
    return _doors[-1].reader.connect()


def writing() -> AbstractAsyncContextManager[AsyncConnection]:
    """Lend a connection in a transaction: return to commit, raise to roll back."""
    return _doors[-1].writer.begin()


@asynccontextmanager
async def listing() -> AsyncIterator[DriverConnection[tuple[Any, ...]]]:
    """Lend the driver's own connection, read-only and with its statements prepared."""
    pool = _doors[-1].lister
    while has_ended(conn := await pool.getconn()):
        await pool.putconn(conn)  # which then makes another
    try:
        yield conn
    finally:
        await pool.putconn(conn)


def has_ended(conn: DriverConnection[tuple[Any, ...]]) -> bool:
    """Tell whether the server has hung up, as one that was restarted has.

    An idle connection has nothing to read unless its end has come. To ask the kernel for that takes
    microseconds; a query would take another round trip.
    """
    arrivals = poll()
    try:
        arrivals.register(conn.fileno(), POLLIN)
        while arrivals.poll(0):
            conn.pgconn.consume_input()
    except OperationalError:
        return True
    return False


@asynccontextmanager
async def job(url: URL | None = None) -> AsyncIterator[AsyncConnection]:
    """Lend a connection of its own to work that outlives a request, such as a scan.

    It has no statement timeout; advisory locks and temporary tables last as long as it does.
    """
    async with _own(url or database_url(), LONG) as conn:
        yield conn


@asynccontextmanager
async def working(url: URL | None = None) -> AsyncIterator[AsyncConnection]:
    """Lend a connection as `job` does, on which what is committed outlives any crash.

    A worker says there what it is about to do to a file.
    """
    async with _own(url or database_url(), WORKING) as conn:
        yield conn


@asynccontextmanager
async def _own(url: URL, options: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"options": options})
    try:
        async with engine.connect() as conn:
            yield conn
    finally:
        await engine.dispose()
