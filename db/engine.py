"""The doors to PostgreSQL: one on which writes are refused, one that writes, one for lists.

`reading` and `writing` lend typed SQLAlchemy connections. `listing` lends the driver's own: a page
of files is the hot path, and there a pool of prepared statements costs half of what the same
statement does through an engine (docs/decisions/0002). For a caller of some libraries all three
lend connections on which there is nothing else: see `db.rights`. `job` is for work that outlives a
request, `working` for such as changes files.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)
from dataclasses import dataclass
from select import POLLIN, poll
from time import perf_counter
from typing import Any, Final, cast

from psycopg import AsyncConnection as DriverConnection
from psycopg import DatabaseError, OperationalError
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from db import alive, rights, roles, timing
from db.callers import Credentials
from db.listing import Wanted, page_for

# A statement whose client has died must not run on and hold a table against the next one. A client
# that a network has swallowed is gone after some seconds, with its locks; else that takes hours.
WATCHFUL: Final = (
    "-c client_connection_check_interval=2s -c jit=off -c random_page_cost=1.1"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=20s"
)
# And the other way round: milliseconds for the last, else seconds. No socket of Unix heeds these.
KEEPING: Final = {
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
# To start other processes for a page takes longer than the page.
READ_ONLY: Final = (
    f"{WATCHFUL} -c default_transaction_read_only=on -c statement_timeout=30s"
    " -c max_parallel_workers_per_gather=0"
)
# Every plan is good for all values, and made once. By itself PostgreSQL would first make five, each
# of which takes longer than the page.
LISTS: Final = f"{READ_ONLY} -c plan_cache_mode=force_generic_plan"
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


OTHERS: Final = "longbox"
"""What PostgreSQL calls connections that `db.alive` does not count."""


Driver = DriverConnection[tuple[Any, ...]]


class DatabaseUnset(RuntimeError):
    """There is no database to speak to."""


def database_url() -> URL:
    """Return $DATABASE_URL for psycopg, whatever driver or dialect alias it names.

    What it says of keepalives itself counts.
    """
    try:
        url = make_url(os.environ["DATABASE_URL"])
    except KeyError:
        raise DatabaseUnset(
            "DATABASE_URL is not set: run this through `longbox`, or set it to "
            "postgresql://user@host/name"
        ) from None
    kept = {name: value for name, value in KEEPING.items() if name not in url.query}
    return url.set(drivername="postgresql+psycopg").update_query_dict(kept)


def conninfo(url: URL) -> str:
    """Write the URL as libpq reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@dataclass(frozen=True)
class Doors:
    """The open doors of one process."""

    reader: AsyncEngine
    writer: AsyncEngine
    narrow_reader: AsyncEngine  # for callers of some libraries, as is the next
    narrow_writer: AsyncEngine
    lister: AsyncConnectionPool[Driver]


def make_reader(url: URL, named: str, views: str = "") -> AsyncEngine:
    """Make the door that `reading` opens, to the tables or to their views."""
    options = {"options": f"{READ_ONLY} {views}", "application_name": named}
    reader = create_async_engine(
        url,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=PATIENCE,
        hide_parameters=True,  # errors go to the log
        connect_args=options,
    )
    timing.watch(reader, "reading")
    roles.lower(reader, "reader")
    return reader


def make_writer(url: URL, named: str, views: str = "") -> AsyncEngine:
    """Make the door that `writing` opens, to the tables or to their views."""
    options = {"options": f"{READ_WRITE} {views}", "application_name": named}
    writer = create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=PATIENCE,
        hide_parameters=True,
        connect_args=options,
    )
    timing.watch(writer, "writing")
    roles.lower(writer, "functions")
    return writer


def make_doors(url: URL) -> Doors:
    """Make the doors of one process; nothing connects yet."""
    named = alive.known_as("functions")
    lister: AsyncConnectionPool[Driver] = AsyncConnectionPool(
        conninfo(url),
        kwargs={"autocommit": True, "options": LISTS, "application_name": named},
        configure=prepare,
        min_size=POOL,
        max_size=POOL,
        timeout=PATIENCE,
        reconnect_timeout=PATIENCE,  # it tries ever more slowly; then the next request has it retry
        open=False,
        name="lists",
    )
    return Doors(
        reader=make_reader(url, named),
        writer=make_writer(url, named),
        narrow_reader=make_reader(url, named, rights.VIEWS_FIRST),
        narrow_writer=make_writer(url, named, rights.VIEWS_FIRST),
        lister=lister,
    )


_doors: list[Doors] = []  # the one set that this process has opened


async def prepare(conn: Driver) -> None:
    """Have a new connection read and no more, and answer a page once, so that no request is first.

    A server process that is new has catalogs to read and plans to make.
    """
    await roles.take(conn, "reader")
    with suppress(DatabaseError):  # a database that is not migrated yet has nothing to rehearse
        await page_for(conn, Wanted(), Credentials())


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
        for engine in (doors.reader, doors.writer, doors.narrow_reader, doors.narrow_writer):
            await engine.dispose()


def reading() -> AbstractAsyncContextManager[AsyncConnection]:
    """Lend a connection on which a query is one round trip and PostgreSQL refuses any write."""
    if caller := rights.narrowed():
        return _lent("reading", rights.entered(_doors[-1].narrow_reader.connect(), caller))
    return _lent("reading", _doors[-1].reader.connect())


def writing() -> AbstractAsyncContextManager[AsyncConnection]:
    """Lend a connection in a transaction: return to commit, raise to roll back."""
    if caller := rights.narrowed():
        return _lent("writing", rights.entered(_doors[-1].narrow_writer.begin(), caller))
    return _lent("writing", _doors[-1].writer.begin())


@asynccontextmanager
async def _lent(
    door: timing.Door, lending: AbstractAsyncContextManager[AsyncConnection]
) -> AsyncIterator[AsyncConnection]:
    """Lend what this lends, and count how long that takes, also where it comes to nothing."""
    async with AsyncExitStack() as stack:
        began = perf_counter()
        try:
            conn = await stack.enter_async_context(lending)
        finally:
            timing.waited(door, began)
        yield conn


@asynccontextmanager
async def listing(*, planned_once: bool = True) -> AsyncIterator[Driver]:
    """Lend the driver's own connection, read-only and with its statements prepared.

    What is planned anew for its values goes by the other door, and holds up no list.
    """
    if rights.narrowed() or not planned_once:
        async with reading() as typed:
            yield cast("Driver", (await typed.get_raw_connection()).driver_connection)
        return
    pool = _doors[-1].lister
    began = perf_counter()
    try:
        while has_ended(conn := await pool.getconn()):
            await pool.putconn(conn)  # which then makes another
    finally:
        timing.waited("listing", began)
    try:
        yield conn
    finally:
        await pool.putconn(conn)


def has_ended(conn: Driver) -> bool:
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
async def job(url: URL | None = None, *, known_as: str = OTHERS) -> AsyncIterator[AsyncConnection]:
    """Lend a connection of its own to work that outlives a request, such as a scan.

    It has no statement timeout; advisory locks and temporary tables last as long as it does.
    `known_as` is what PostgreSQL calls it.
    """
    async with _own(url or database_url(), LONG, known_as) as conn:
        yield conn


@asynccontextmanager
async def working(
    url: URL | None = None, *, known_as: str = OTHERS
) -> AsyncIterator[AsyncConnection]:
    """Lend a connection as `job` does, on which what is committed outlives any crash.

    A worker says there what it is about to do to a file.
    """
    async with _own(url or database_url(), WORKING, known_as) as conn:
        yield conn


@asynccontextmanager
async def _own(url: URL, options: str, known_as: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"options": options, "application_name": known_as},
    )
    try:
        async with engine.connect() as conn:
            yield conn
    finally:
        await engine.dispose()
