"""A private PostgreSQL in a folder: started by its first user, stopped when the last one leaves.

The folder holds the server's `data` and three lock files, whose locks the kernel frees when their
holder dies, however it dies:

- `users.lock` is shared by every user of the server. Who can get it alone is the last one.
- `change.lock` is held while somebody joins or leaves, so that these never overlap.
- `server.lock` is held by the server itself: initdb and postgres inherit it, and so does every
  process they start. Whoever gets it knows that nothing of an earlier server lives, whatever
  postmaster.pid says: a pid may be stale, a zombie's or by now another program's.

The server listens on a Unix socket only, in a folder that nobody else can enter: its user and root
are trusted there, and need no password. Root hands the server to another account, which need not
be able to reach the folder (~root is closed to it): the server starts inside its data, and knows
them as /proc/self/cwd. On macOS, which has no /proc, root needs a folder that the account reaches.
"""

import fcntl
import hashlib
import os
import shlex
import shutil
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from msgspec import Struct
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from db import embedded_programs as programs
from db import embedded_tuning as tuning
from db.embedded_programs import Account, ServerError

__all__ = ["ServerError", "revive", "server"]

PATIENCE = 60.0  # seconds without a sign of life
ATTEMPTS = 3
CTYPE = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"  # pg_trgm drops letters under "C"


class Cluster(Struct, frozen=True):
    """A server's folder, the account that runs it, and settings beyond those of `tuning`."""

    folder: Path
    account: Account | None
    settings: dict[str, str]

    @property
    def data(self) -> Path:
        """Return the data folder in PostgreSQL's sense."""
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        """Return the socket's folder, whose whole path must fit into 103 bytes."""
        uid = self.account.uid if self.account else os.geteuid()
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(f"/tmp/longbox-{uid}-{name}")  # noqa: S108 - `_open_socket` checks whose it is

    def sockets(self) -> list[Path]:
        """Return the socket and PostgreSQL's lock file for it."""
        return [self.socket / ".s.PGSQL.5432", self.socket / ".s.PGSQL.5432.lock"]

    def conninfo(self) -> str:
        """Return how to reach the database that every server has."""
        return make_conninfo(
            host=str(self.socket), port=5432, user="longbox", dbname="postgres", connect_timeout=5
        )

    def lock(self, name: str) -> int:
        """Open one of the three lock files."""
        return os.open(self.folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)


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
        yield f"postgresql+psycopg://longbox@/longbox?host={cluster.socket}&port=5432"
    finally:
        with _held(cluster, "change"):
            if _try_lock(users):
                _stop(cluster)
        os.close(users)


def revive(folder: Path, **settings: str) -> bool:
    """Start the server of this folder again if it died, and tell whether it had.

    For a user of the server to call each second: it costs some microseconds while the server lives
    and never waits. The URL stays; until the server is ready, connecting to it fails. Raises
    ServerError.
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
    return Cluster(folder, programs.account(folder / "data"), settings)


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
    while (answer := PGconn.ping(cluster.conninfo().encode())) != Ping.OK or not _prepare(cluster):
        starts += _start_if_dead(cluster)
        if answer == Ping.REJECT:
            end = time.monotonic() + PATIENCE
        if starts > ATTEMPTS or time.monotonic() > end:
            raise ServerError(_last_words(cluster))
        time.sleep(0.02)


def _prepare(cluster: Cluster) -> bool:
    """Create the database if it is new; false if the server died or stopped meanwhile."""
    try:
        with psycopg.connect(cluster.conninfo(), autocommit=True) as conn:
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
        _start(cluster, lock)
    finally:
        os.close(lock)  # the server has inherited the lock, and holds it as long as it lives
    return True


def _start(cluster: Cluster, lock: int) -> None:
    """Start PostgreSQL on the data, which are made first if there are none; do not wait for it."""
    version = cluster.data / "PG_VERSION"
    found = programs.find(
        version.read_text().strip() if version.exists() else None, cluster.account
    )
    if not version.exists():
        _initialise(cluster, found, lock)
    _open_socket(cluster)
    for stale in cluster.data / "postmaster.pid", *cluster.sockets():
        stale.unlink(missing_ok=True)  # PostgreSQL believes in the pids in these, even a zombie's
    settings = tuning.settings() | cluster.settings | {"unix_socket_directories": cluster.socket}
    options = shlex.join(f"--{name}={value}" for name, value in settings.items())
    start = ["start", "-W", "-s", "-l", "start.log", "-o", options]
    _run(cluster, found.folder / "pg_ctl", start, cluster.data, lock)


def _initialise(cluster: Cluster, found: programs.Programs, lock: int) -> None:
    """Make new data, which count as data only when they are complete and on the disk."""
    fresh = cluster.folder / "init"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if cluster.account:
        os.chown(fresh, cluster.account.uid, cluster.account.gid)
    _run(cluster, found.folder / "initdb", _initdb_options(found.major), fresh, lock)
    fresh.rename(cluster.data)
    folder = os.open(cluster.folder, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _initdb_options(major: str) -> list[str]:
    """Return how data are made: UTF-8 in byte order, letters as Unicode has them, checksums."""
    options = ["--username=longbox", "--auth=trust", "--encoding=UTF8", "--data-checksums"]
    locale = ["--locale=C", f"--lc-ctype={CTYPE}"]
    if int(major) >= 17:  # noqa: PLR2004 - the first with this provider
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return options + locale


def _run(cluster: Cluster, program: Path, options: list[str], data: Path, lock: int) -> None:
    """Run one of PostgreSQL's programs on a data folder, as the account, with the lock."""
    inside = cluster.account and sys.platform == "linux"
    done = programs.run(
        [program, *options],
        cluster.account,
        folder=data,
        environment={"PGDATA": "/proc/self/cwd" if inside else str(data)},
        inherit=[lock],
    )
    if done.returncode:
        raise ServerError(f"PostgreSQL cannot use {data}. {_last_lines(done.stdout)}")


def _open_socket(cluster: Cluster) -> None:
    """Make the socket's folder, or make sure that nobody else has made it."""
    with suppress(FileExistsError):
        cluster.socket.mkdir(mode=0o700)
    found = cluster.socket.lstat()
    owner = cluster.account.uid if cluster.account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise ServerError(f"{cluster.socket} is not ours: somebody else made it. Remove it.")
    cluster.socket.chmod(0o700)
    os.chown(cluster.socket, owner, -1)


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
    if PGconn.ping(cluster.conninfo().encode()) != Ping.NO_RESPONSE:
        pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGINT)


def _last_words(cluster: Cluster) -> str:
    """Say why the server does not answer, with the end of what it logged last."""
    logs = [*cluster.data.glob("start.log"), *cluster.data.glob("log/*.log")]
    latest = max(logs, key=lambda log: log.stat().st_mtime_ns, default=None)
    words = latest.read_text(errors="replace") if latest else "nothing"
    return (
        f"PostgreSQL in {cluster.folder} does not answer at {cluster.socket}. {_last_lines(words)}"
    )


def _last_lines(words: str) -> str:
    """Quote the end of a program's output, where its reasons are."""
    return "\n".join(["It last said:", *words.strip().splitlines()[-6:]])
