"""One private PostgreSQL on the disk: its data, its socket and its start.

It listens on a Unix socket only, in a folder that nobody else can enter: its user and root are
trusted there, and need no password. Root hands it to another account, which need not be able to
reach the folder of the data (~root is closed to it): the server starts inside its data, and knows
them as /proc/self/cwd. On macOS, which has no /proc, root needs a folder that the account reaches.
"""

import hashlib
import os
import shlex
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from psycopg.conninfo import make_conninfo

from db import embedded_programs as programs
from db import embedded_tuning as tuning
from db.embedded_programs import Account, ServerError

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

    @property
    def url(self) -> str:
        """Return the URL of Longbox's database for SQLAlchemy."""
        return f"postgresql+psycopg://longbox@/longbox?host={self.socket}&port=5432"

    @property
    def conninfo(self) -> str:
        """Return how psycopg reaches the database that every server has."""
        return make_conninfo(
            host=str(self.socket), port=5432, user="longbox", dbname="postgres", connect_timeout=5
        )

    def lock(self, name: str) -> int:
        """Open one of the three lock files."""
        return os.open(self.folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)


def start(cluster: Cluster, lock: int) -> None:
    """Start PostgreSQL on the data, which are made first if there are none; do not wait for it.

    Every process that is started inherits the lock. Raises ServerError.
    """
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
    command = ["start", "-W", "-s", "-l", "start.log", "-o", options]
    _run(cluster, found.folder / "pg_ctl", command, cluster.data, lock)


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


def last_words(cluster: Cluster) -> str:
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
