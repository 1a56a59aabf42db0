"""A real PostgreSQL for every test, the app over it, and the whole of Longbox for the page."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import docker
import falcon.testing
import psycopg
import pytest
from docker.errors import DockerException
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection
from testcontainers.community.postgres import PostgresContainer

from cli import sample
from comics.folding import file_key, fold
from db import embedded, engine, files, libraries, schema
from db.files import Entry, Found, Reading
from functions.app import create_app

# Whoever logs in is tested where that is what the test is about.
os.environ.setdefault("LONGBOX_ALLOW_ANONYMOUS", "1")

TABLES = """
    SELECT oid::regclass::text FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""

# Tables that have or had rows, have been looked at by ANALYZE, or have numbered something. To empty
# a table takes new files for it and for each of its indexes, and most tests touch few of them.
TOUCHED = f"""
    {TABLES} AND (
        pg_relation_size(oid) > 0 OR reltuples >= 0 OR EXISTS (
            SELECT FROM pg_depend AS d JOIN pg_sequences AS s
                ON d.objid = format('%I.%I', s.schemaname, s.sequencename)::regclass
             WHERE d.refobjid = pg_class.oid AND s.last_value IS NOT NULL))
"""


def docker_answers() -> bool:
    """Tell whether there is an engine to start a container on."""
    if not ("DOCKER_HOST" in os.environ or Path("/var/run/docker.sock").exists()):
        return False
    try:
        with docker.from_env(timeout=2) as client:
            return bool(client.ping())
    except DockerException:
        return False


@pytest.fixture(scope="session")
def server(testrun_uid: str) -> Iterator[URL]:
    """Have a server: $DATABASE_URL's, else a container, else a private one for the whole run."""
    with ExitStack() as stack:
        if url := os.environ.get("DATABASE_URL"):
            yield make_url(url).set(drivername="postgresql+psycopg")
        elif docker_answers():
            container = stack.enter_context(PostgresContainer("postgres:18", driver="psycopg"))
            yield make_url(container.get_connection_url())
        else:
            # Not pytest's own folder: root's is closed to the account that the server runs as.
            folder = Path(tempfile.gettempdir()) / f"longbox-test-{testrun_uid[:8]}"
            stack.callback(remove_unused, folder)
            yield make_url(stack.enter_context(embedded.server(folder, fsync="off")))


def remove_unused(folder: Path) -> None:
    """Remove a private server's folder, unless another process of the run still has the server."""
    if not (folder / "data" / "postmaster.pid").exists():
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def fresh_database(server: URL) -> Iterator[Callable[[], URL]]:
    """Make empty databases, and drop them at the end."""
    with psycopg.connect(engine.conninfo(server), autocommit=True) as admin:
        made: list[str] = []

        def make() -> URL:
            name = f"longbox_test_{secrets.token_hex(6)}"
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
            made.append(name)
            return server.set(database=name)

        yield make
        for name in made:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        drop_roles(admin)


ROLES_LEFT = r"""
    SELECT rolname FROM pg_roles
     WHERE rolname ~ '^longbox_(reader|functions)_\d+$'
       AND NOT EXISTS (SELECT FROM pg_database
                        WHERE oid = split_part(rolname, '_', 3)::oid)
"""


def drop_roles(admin: psycopg.Connection[tuple[str]]) -> None:
    """Drop the roles of databases that are gone, for roles belong to all of a server."""
    for (name,) in admin.execute(ROLES_LEFT).fetchall():
        admin.execute(f'DROP ROLE IF EXISTS "{name}"')


@pytest.fixture(scope="session")
def migrated(fresh_database: Callable[[], URL]) -> URL:
    """Have one database with the newest schema."""
    url = fresh_database()
    schema.migrate(url)
    return url


@pytest.fixture
def url(migrated: URL) -> Iterator[URL]:
    """Have that database empty."""
    yield migrated
    empty(migrated)


def empty(url: URL) -> None:
    """Leave no row in any table, and have all numbers begin anew."""
    with psycopg.connect(engine.conninfo(url), autocommit=True) as conn:
        if touched := [table for (table,) in conn.execute(TOUCHED)]:
            conn.execute(f"TRUNCATE {', '.join(touched)} RESTART IDENTITY CASCADE")


@pytest.fixture
async def conn(url: URL) -> AsyncIterator[AsyncConnection]:
    """Have a connection that may do anything."""
    async with engine.job(url) as conn:
        yield conn


@pytest.fixture
async def client(url: URL) -> AsyncIterator[falcon.testing.ASGIConductor]:
    """Ask the whole app."""
    async with falcon.testing.ASGIConductor(create_app(url)) as client:
        yield client


Shelve = Callable[..., Awaitable[list[int]]]


@pytest.fixture
def shelve(conn: AsyncConnection) -> Shelve:
    """Put comics on the shelf without a disk: so many, or those with these paths.

    Keywords are the fields of `db.files.Entry`, `library` for its root, and the marks.
    """

    async def shelve(
        what: int | list[str],
        *,
        library: str = "/comics",
        marked: bool = False,
        duplicate: bool = False,
        missing: bool = False,
        **known: object,
    ) -> list[int]:
        paths = (
            [f"Saga/Saga {n}.cbz" for n in range(1, what + 1)] if isinstance(what, int) else what
        )
        number = await libraries.ensure(conn, library, library.strip("/"))
        ids = (
            await conn.scalars(
                text("SELECT nextval('files_id_seq')::int FROM generate_series(1, :n)"),
                {"n": len(paths)},
            )
        ).all()
        entries = [
            Entry(**{"id": id_, "path": path, "size": id_, "mtime_ns": id_ * 10**9, **known})
            for id_, path in zip(ids, paths, strict=True)
        ]
        await files.add(conn, number, [found(entry) for entry in entries])
        await files.save(conn, [reading(entry) for entry in entries])
        await conn.execute(
            text("""UPDATE files SET marked = :marked, duplicate = :duplicate,
                    missing_since = CASE WHEN :missing THEN now() END WHERE id = ANY(:ids)"""),
            {"marked": marked, "duplicate": duplicate, "missing": missing, "ids": list(ids)},
        )
        await conn.commit()
        return list(ids)

    return shelve


def found(entry: Entry) -> Found:
    """Say what a walk would have of this entry."""
    return Found(entry, entry.id, file_key(entry.path), fold(entry.path))


def reading(entry: Entry) -> Reading:
    """Say what reading it would have told."""
    search = "\n".join(map(fold, (entry.path, entry.series or "", entry.title or "")))
    return Reading(
        entry=entry,
        inode=entry.id,
        search_key=search,
        tags={"series": entry.series},
        provenance={"series": "ComicInfo"},
        notes=(),
        fingerprint=None,
        final=True,
    )


# Files that `file_search` has other things of than they have themselves.
ASTRAY = text("""
    SELECT f.path FROM files AS f LEFT JOIN file_search AS s ON s.file_id = f.id
     WHERE (f.sort_key, f.series, f.publisher, f.year, f.format, f.missing_since IS NOT NULL)
           IS DISTINCT FROM (s.sort_key, s.series, s.publisher, s.year, s.format, s.missing)
""")


class Served(NamedTuple):
    """All of Longbox, running."""

    url: str
    library: Path
    home: Path
    process: subprocess.Popen[bytes]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def answer_of(address: str) -> int | None:
    """Return the status of this address, or None if nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  our own server
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def start(library: Path, home: Path, port: int, **environment: str) -> subprocess.Popen[bytes]:
    """Start Longbox as a user does, and wait until it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve"],
        env={
            **os.environ,
            "LIBRARY": str(library),
            "LONGBOX_DATA": str(home),
            "DATABASE_URL": "",
            "WEB_PORT": str(port),
            "LOG_LEVEL": "warning",
            **environment,
        },
    )
    until(lambda: answer_of(f"http://127.0.0.1:{port}/health/ready") == 200)
    return process


Serve = Callable[..., Served]


@contextmanager
def serving() -> Iterator[Serve]:
    """Start Longbox on libraries of ours; all of it ends when this does."""
    with ExitStack() as stack:

        def serve(library: Path, **environment: str) -> Served:
            home = Path(tempfile.mkdtemp(prefix="longbox-home-"))
            stack.callback(shutil.rmtree, home, ignore_errors=True)
            port = free_port()
            process = start(library, home, port, **environment)
            stack.callback(end, process)
            return Served(f"http://127.0.0.1:{port}", library, home, process)

        yield serve


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process of ours and all that it has started."""
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Start Longbox on libraries of ours; all of it ends with the module's tests."""
    with serving() as serve:
        yield serve


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Have all of Longbox running over a sample library that has been scanned."""
    library = tmp_path_factory.mktemp("library") / "comics"
    sample.make(library, 260)
    with serving() as serve:
        yield until_scanned(serve(library))


def until_scanned(served: Served, cookie: str = "") -> Served:
    """Wait until the last scan has ended, as whoever has this cookie."""
    request = urllib.request.Request(  # noqa: S310  our own server
        f"{served.url}/api/scans?limit=1", headers={"Cookie": cookie}
    )

    def is_scanned() -> bool:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  our own server
            scans = json.load(answer)["scans"]
        return bool(scans) and scans[0]["state"] == "done"

    until(is_scanned)
    return served
