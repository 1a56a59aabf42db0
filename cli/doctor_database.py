"""What the database is like, what is in it, and who works on it."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from cli import environment
from cli.doctor_findings import Finding, broken, doubtful, well
from db import alive, metrics, schema
from db.condition import NEEDED, OLDEST, Condition
from db.engine import POOL
from functions import callers

AHEAD: Final = 2.0  # seconds between two clocks that are of no matter
STUCK: Final = 300.0  # seconds without progress

REMEDIES: Final = {
    "refused": "Start PostgreSQL, or correct host and port in DATABASE_URL.",
    "password": "Correct user and password in DATABASE_URL.",
    "does not exist": "Make it (`createdb`, `createuser`), or correct its name in DATABASE_URL.",
    "recognized": f"Longbox needs PostgreSQL {OLDEST // 10_000} or newer.",
    "translate host name": "Correct the host in DATABASE_URL.",
    "too many": "Raise max_connections, or run fewer processes.",
    "no address": "Write DATABASE_URL as postgresql://user:password@host/name.",
}


def remedy(reason: str) -> str:
    """Return what to do about a database that does not answer for this reason."""
    known = (advice for words, advice in REMEDIES.items() if words in reason)
    return next(known, "Look into PostgreSQL's own log.")


def database(found: Condition) -> Iterator[Finding]:
    """Tell whether Longbox can work with a database of this kind."""
    told = f"PostgreSQL {found.version} answers, {found.encoding}, collation {found.collation}."
    wrong = list(wrong_with(found))
    yield from wrong
    if not wrong:
        yield well("database", told)


def wrong_with(found: Condition) -> Iterator[Finding]:
    """Tell of all that is wrong with a database."""
    if found.number < OLDEST:
        yield broken(
            "database",
            f"PostgreSQL {found.version} is too old.",
            f"Longbox needs PostgreSQL {OLDEST // 10_000} or newer.",
        )
    if found.encoding != "UTF8":
        yield broken(
            "database",
            f"The database is in {found.encoding}, which has no room for most titles.",
            "Make another: CREATE DATABASE longbox ENCODING 'UTF8' TEMPLATE template0.",
        )
    if missing := set(NEEDED) - set(found.extensions):
        yield broken(
            "database",
            f"PostgreSQL lacks the extension {', '.join(missing)}.",
            "Install PostgreSQL's contributed modules (Debian: postgresql-contrib).",
        )
    if found.is_read_only:
        yield broken(
            "database",
            "The database takes no writes: it is a standby, or is set to read only.",
            "Have DATABASE_URL name the primary, and default_transaction_read_only be off.",
        )
    if not found.is_safe:
        yield doubtful(
            "database",
            "fsync is off: a crash of the machine may leave nothing of the database.",
            "Set fsync = on in postgresql.conf.",
        )
    yield from connections(found)


def connections(found: Condition) -> Iterator[Finding]:
    """Tell whether there are connections enough for all processes of one machine."""
    needed = environment.web_workers() * (3 * POOL + 1) + environment.workers() * 2 + 5
    if found.connections < needed:
        yield doubtful(
            "database",
            f"PostgreSQL lends {found.connections} connections, and Longbox may want {needed}.",
            "Raise max_connections, or lower GUNICORN_WORKERS or MAX_WORKERS.",
        )


def migrations(found: Condition) -> Finding:
    """Tell whether the schema is this version's."""
    newest = schema.newest()
    if found.revision == newest:
        return well("migrations", f"The schema is this version's, {newest}.")
    if found.revision is None:
        told = "The database is empty: it has no table of Longbox's."
    elif found.revision > newest:
        return broken(
            "migrations",
            f"The schema is of a newer version: it is at {found.revision}, this knows {newest}.",
            "Install the version of Longbox that was here last, or a newer one.",
        )
    else:
        told = f"The schema is at {found.revision}, and this version needs {newest}."
    if not found.may_create:
        return broken(
            "migrations",
            f"{told} {found.user} may not make tables.",
            f'Run `longbox migrate` as another user, or GRANT CREATE on it to "{found.user}".',
        )
    return broken("migrations", told, "Run `longbox migrate`; `longbox serve` does so itself.")


def roles(lacking: list[str]) -> Finding:
    """Tell whether the functions have less rights than the owner of the tables."""
    if not lacking:
        return well("roles", "The functions cannot alter tables, and what reads cannot write.")
    return doubtful(
        "roles",
        "The functions may do all that DATABASE_URL's user may: it could not make roles, or may "
        "not take them.",
        "If that matters: ALTER USER … CREATEROLE, then `longbox migrate` on an empty database.",
    )


def clock(found: Condition, now: datetime | None = None) -> Finding:
    """Tell whether this machine and the database agree on the time."""
    apart = abs(((now or datetime.now(UTC)) - found.now).total_seconds())
    if apart <= AHEAD:
        return well("clock", "This machine and PostgreSQL agree on the time.")
    return doubtful(
        "clock",
        f"This machine's clock and PostgreSQL's are {apart:,.0f} seconds apart, so scans may be "
        "due at odd times.",
        "Have both machines keep time, say by systemd-timesyncd or chrony.",
    )


async def processes(conn: AsyncConnection) -> AsyncIterator[Finding]:
    """Tell who works, and whether what waits goes on."""
    living = await alive.count(conn)
    if not living:
        yield doubtful(
            "processes", "Longbox does not run on this database.", "Start it: `longbox serve`."
        )
    for kind, work, command in DUTIES if living else ():
        if not living.get(kind):
            yield broken("processes", f"Nobody {work}.", f"Start `{command}`.")
    if all(living.get(kind) for kind, *_ in DUTIES):
        told = ", ".join(f"{living[kind]} {name}" for kind, name in NAMES.items())
        yield well("processes", f"{told} at work.")
    async for finding in queues(conn):
        yield finding


NAMES: Final[dict[alive.Kind, str]] = {
    "functions": "answering",
    "scheduler": "scheduling",
    "worker": "changing comics",
}
DUTIES: Final[tuple[tuple[alive.Kind, str, str], ...]] = (
    ("functions", "answers requests", "longbox functions"),
    ("scheduler", "runs scans", "longbox scheduler"),
    ("worker", "changes comics", "longbox worker"),
)


async def queues(conn: AsyncConnection) -> AsyncIterator[Finding]:
    """Tell whether anything waits without getting on."""
    for gauge in await metrics.gauges(conn):
        if gauge.name == metrics.QUEUE_AGE and gauge.value > STUCK:
            yield broken(
                "queue",
                f"{str(gauge.label).capitalize()} have waited for {gauge.value / 60:,.0f} minutes "
                "without getting on.",
                "Look into the log of the workers and of the scheduler, or start them.",
            )


def doors(*, users: int) -> Finding:
    """Tell whether anybody can come in who should not, or nobody who should."""
    if users:
        return well("users", f"{users} may log in.")
    is_for_all = callers.is_open()
    address = environment.host()
    if address == "localhost" or callers.is_loopback(address):
        if is_for_all:
            return doubtful(
                "users", "There is no user, and LONGBOX_ALLOW_ANONYMOUS lets all in.", ADD_USER
            )
        return well("users", "There is no user, and only this machine gets to the page.")
    if is_for_all:
        told = f"There is no user: whoever gets to {address} may do everything."
    else:
        told = f"There is no user, so on {address} nobody gets in, and `longbox serve` ends."
    return broken("users", told, ADD_USER)


ADD_USER: Final = "Add a user: `longbox user add NAME --role admin`."
