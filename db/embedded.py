"""A private PostgreSQL in a folder: started by its first user, stopped when the last one leaves.

The folder holds the server's `data` and three lock files, whose locks the kernel frees when their
holder dies, however it dies:

- `users.lock` is shared by every user of the server. Who can get it alone is the last one.
- `change.lock` is held while somebody joins or leaves, so that these never overlap.
- `server.lock` is held by the server itself: initdb and postgres inherit it, and so does every
  process they start. Whoever gets it knows that nothing of an earlier server lives, whatever
  postmaster.pid says: a pid may be stale, a zombie's or by now another program's.
"""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg.pq import PGconn, Ping

from db import embedded_cluster, embedded_programs
from db.embedded_cluster import Cluster
from db.embedded_programs import ServerError

__all__ = ["ServerError", "revive", "server"]

PATIENCE = 60.0  # seconds without a sign of life
ATTEMPTS = 3


@contextmanager
def server(folder: Path, **settings: str) -> Iterator[str]:
    """Start the private server of this folder or join it; yield its URL; stop it as its last user.

    Takes seconds on an empty folder, some hundred milliseconds to start, a few to join. Settings
    are PostgreSQL's own (fsync="off"), and those of whoever starts the server count. Raises
    ServerError.
    """
    with _explained(folder):
        cluster = _cluster(folder, settings)
        users = cluster.lock("users")
    try:
        with _explained(folder), _held(cluster, "change"):
            fcntl.flock(users, fcntl.LOCK_SH)
            _await_ready(cluster)
        yield cluster.url
    finally:
        with _held(cluster, "change"):
            if _try_lock(users):
                _stop(cluster)
        os.close(users)


def revive(folder: Path, **settings: str) -> bool:
    """Start the server of this folder again if it died, and tell whether it had.

    For a user of the server to call each second: while the server lives it costs a tenth of a
    millisecond, and it never waits for it. The URL stays; until the server is ready, connecting
    to it fails. Raises ServerError.
    """
    with _explained(folder):
        cluster = _cluster(folder, settings)
        change = cluster.lock("change")
        try:
            return _try_lock(change) and _start_if_dead(cluster)
        finally:
            os.close(change)


def _cluster(folder: Path, settings: dict[str, str]) -> Cluster:
    """Make the folder if it is new, and find out who runs its server."""
    folder = folder.resolve()
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return Cluster(folder, embedded_programs.account(folder / "data"), settings)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise ServerError(
            f"PostgreSQL's data cannot be kept in {folder}: {error.strerror}. "
            "Choose another folder with LONGBOX_DATA."
        ) from error


@contextmanager
def _held(cluster: Cluster, name: str) -> Iterator[None]:
    """Wait for a lock, and hold it alone."""
    lock = cluster.lock(name)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _try_lock(lock: int) -> bool:
    """Take a lock alone if nobody else has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _await_ready(cluster: Cluster) -> None:
    """Wait for the server, and start it whenever nothing of it lives.

    A crash recovery may take minutes, and says so: only silence, and dying at once again and again,
    are given up on.
    """
    starts, end = 0, time.monotonic() + PATIENCE
    while (answer := _ping(cluster)) != Ping.OK or not _prepare(cluster):
        starts += _start_if_dead(cluster)
        if answer == Ping.REJECT:
            end = time.monotonic() + PATIENCE
        if starts > ATTEMPTS or time.monotonic() > end:
            raise ServerError(embedded_cluster.last_words(cluster))
        time.sleep(0.02)


def _ping(cluster: Cluster) -> int:
    """Ask for a sign of life: OK, REJECT from a server that starts or stops, or none."""
    return PGconn.ping(cluster.conninfo.encode())


def _prepare(cluster: Cluster) -> bool:
    """Create the database if it is new; false if the server died or stopped meanwhile."""
    try:
        with psycopg.connect(cluster.conninfo, autocommit=True) as conn:
            if not conn.execute("SELECT FROM pg_database WHERE datname = 'longbox'").rowcount:
                conn.execute("CREATE DATABASE longbox")
    except psycopg.OperationalError:
        return False
    return True


def _start_if_dead(cluster: Cluster) -> bool:
    """Start the server if nothing of an earlier one lives; tell whether it had to."""
    lock = cluster.lock("server")
    try:
        if not _try_lock(lock):
            return False
        embedded_cluster.start(cluster, lock)
    finally:
        os.close(lock)  # the server has inherited the lock, and holds it as long as it lives
    return True


def _stop(cluster: Cluster) -> None:
    """Stop the server as fast as is safe, wait until nothing of it lives, and leave /tmp clean."""
    lock = cluster.lock("server")
    end = time.monotonic() + PATIENCE
    while not _try_lock(lock) and time.monotonic() < end:
        with suppress(FileNotFoundError, ProcessLookupError):
            _interrupt(cluster)
        time.sleep(0.02)
    os.close(lock)
    with suppress(OSError):  # it is not empty if the server still lives
        cluster.socket.rmdir()


def _interrupt(cluster: Cluster) -> None:
    """Ask for a fast shutdown if the server answers, so that its pid is no other program's."""
    if _ping(cluster) != Ping.NO_RESPONSE:
        pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGINT)
