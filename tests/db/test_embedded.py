"""The private server, with real processes that are killed at every bad moment."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from db import embedded
from db import embedded_programs as programs
from db.embedded import ServerError

ROOT = Path(__file__).parents[2]
NOBODY = 65534
ACCOUNTS = [None] if os.geteuid() else [None, NOBODY]


class User:
    """A process that uses the server of a folder."""

    def __init__(self, folder: Path, account: int | None, stack: ExitStack) -> None:
        command = [sys.executable, "tests/db/embedded_user.py", str(folder)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        if account:
            command.append(str(account))
            found = programs.find(None, programs.Account(account, account))
            environment |= {"LONGBOX_PG_BIN": str(found.folder)}
        self.process = stack.enter_context(
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env=environment,
            )
        )
        stack.callback(self.process.kill)

    def told(self) -> str:
        """Wait for what it says next; the first is the server's URL."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def ask(self, line: str) -> str:
        """Ask for something, and wait for the answer."""
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.told()

    def leave(self) -> None:
        """Let it leave the server, and wait until it has."""
        assert self.process.stdin
        self.process.stdin.close()
        assert self.process.wait(30) == 0

    def kill(self) -> None:
        """Kill it, so that it cannot tidy up."""
        self.process.kill()
        self.process.wait()


Join = Callable[..., User]


@pytest.fixture(params=ACCOUNTS, ids=lambda account: "as nobody" if account else "as we are")
def account(request: pytest.FixtureRequest) -> int | None:
    chosen: int | None = request.param
    return chosen


@contextmanager
def closed_folder(account: int | None) -> Iterator[Path]:
    """Lend a folder inside one that only its owner can enter, as ~root is."""
    with tempfile.TemporaryDirectory(prefix="longbox-", dir="/var/tmp") as name:
        if account:
            os.chown(name, account, account)
        yield Path(name, "postgres")


@pytest.fixture
def empty(account: int | None) -> Iterator[Path]:
    """Lend a folder that has no data yet."""
    with closed_folder(account) as folder:
        yield folder


@pytest.fixture(scope="session")
def folders() -> Iterator[dict[int | None, Path]]:
    """Lend a folder for each account, whose data the tests share, since initdb takes a second."""
    with ExitStack() as stack:
        yield {account: stack.enter_context(closed_folder(account)) for account in ACCOUNTS}


@pytest.fixture
def folder(account: int | None, folders: dict[int | None, Path]) -> Path:
    """Lend a folder that may have data of earlier tests; its server does not run."""
    return folders[account]


@pytest.fixture
def join(account: int | None, empty: Path) -> Iterator[Callable[..., User]]:
    """Return a function that starts one user more; in the end none is left, and no server."""
    joined = set()
    with ExitStack() as stack:

        def start(folder: Path = empty) -> User:
            joined.add(folder)
            return User(folder, account, stack)

        yield start
    for folder in joined:
        with embedded.server(folder):
            pass


def connect(url: str) -> psycopg.Connection:
    """Connect to a URL of SQLAlchemy's as any client does."""
    made = make_url(url)
    return psycopg.connect(
        host=str(made.query["host"]),
        port=str(made.query["port"]),
        user=made.username,
        dbname=made.database,
        autocommit=True,
    )


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    """Return the rows of a query, none if it has no result."""
    with connect(url) as conn:
        cursor = conn.execute(sql.SQL(query))
        return cursor.fetchall() if cursor.description else []


def postmaster(folder: Path) -> int:
    """Return the server's pid."""
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def gone(pid: int) -> bool:
    """Tell whether a process is no more, or only a zombie that nobody has waited for yet."""
    command = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    return state.strip()[:1] in {"", "Z"}


def wait_for(true: Callable[[], object]) -> None:
    """Wait until something is true, for ten seconds."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_processes_that_start_at_once_in_an_empty_folder_share_one_server(
    join: Join,
) -> None:
    users = [join() for _ in range(4)]
    urls = {user.told() for user in users}
    assert len(urls) == 1
    started = {ask(url, "SELECT pg_postmaster_start_time()")[0] for url in urls}
    assert len(started) == 1


def test_the_last_user_stops_the_server_and_not_the_first(join: Join, folder: Path) -> None:
    first, second = join(folder), join(folder)
    url = first.told()
    second.told()
    pid = postmaster(folder)
    first.leave()
    assert ask(url, "SELECT 1") == [(1,)]
    second.leave()
    assert gone(pid)
    assert not Path(str(make_url(url).query["host"])).exists()


def test_a_killed_starter_leaves_a_server_that_the_next_process_joins_and_stops(
    join: Join, folder: Path
) -> None:
    starter = join(folder)
    starter.told()
    pid = postmaster(folder)
    starter.kill()
    assert not gone(pid)
    successor = join(folder)
    successor.told()
    assert postmaster(folder) == pid
    successor.leave()
    assert gone(pid)


def test_a_user_revives_the_server_on_the_same_socket_with_all_that_was_committed(
    join: Join, folder: Path
) -> None:
    user = join(folder)
    url = user.told()
    assert user.ask("revive") == "False"
    ask(url, "CREATE TABLE kept (title text)")
    pid = postmaster(folder)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: user.ask("revive") == "True")
    assert join(folder).told() == url
    assert ask(url, "SELECT count(*) FROM kept") == [(0,)]
    assert postmaster(folder) != pid


def test_the_next_user_starts_a_server_that_was_killed_while_a_statement_ran(
    join: Join, folder: Path
) -> None:
    first = join(folder)
    url = first.told()
    with closing(connect(url)) as conn:
        conn.pgconn.send_query(b"SELECT sum(n) FROM generate_series(1, 4e6) AS n")
        os.kill(postmaster(folder), signal.SIGKILL)
        assert join(folder).told() == url
    assert ask(url, "SELECT 1") == [(1,)]


def test_the_pid_of_another_program_is_not_taken_for_the_servers(join: Join, folder: Path) -> None:
    first = join(folder)
    url = first.told()
    socket_lock = Path(str(make_url(url).query["host"]), ".s.PGSQL.5432.lock")
    server_pid = postmaster(folder)
    os.kill(server_pid, signal.SIGKILL)
    first.kill()
    owner = None if os.geteuid() else (folder / "data").stat().st_uid
    with subprocess.Popen(["sleep", "60"], user=owner) as bystander:
        for file in (folder / "data" / "postmaster.pid", socket_lock):
            file.write_text(file.read_text().replace(str(server_pid), str(bystander.pid)))
        assert join(folder).told() == url
        bystander.kill()


def test_an_initdb_that_was_cut_off_is_begun_again(join: Join, empty: Path) -> None:
    starter = join()
    wait_for((empty / "init" / "PG_VERSION").exists)
    starter.kill()
    assert not (empty / "data").exists()
    assert ask(join().told(), "SELECT 1") == [(1,)]


def test_a_server_that_is_killed_while_it_stops_can_be_joined(join: Join, folder: Path) -> None:
    leaver = join(folder)
    url = leaver.told()
    assert leaver.process.stdin
    leaver.process.stdin.close()
    os.kill(postmaster(folder), signal.SIGKILL)
    assert join(folder).told() == url


def test_the_server_listens_on_a_socket_that_only_its_user_and_root_can_enter(
    join: Join, folder: Path
) -> None:
    url = join(folder).told()
    assert ask(url, "SHOW listen_addresses") == [("",)]
    socket = Path(str(make_url(url).query["host"]))
    assert socket.stat().st_mode & 0o777 == 0o700
    assert socket.stat().st_uid == (folder / "data").stat().st_uid


def test_the_database_knows_the_letters_of_every_script(join: Join, folder: Path) -> None:
    url = join(folder).told()
    ask(url, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
    assert ask(url, "SELECT 'Éclair' ILIKE 'éclair', '鋼の錬金術師' % '鋼の錬金'") == [(True, True)]
    assert ask(url, "SELECT max(n) FROM unnest(ARRAY['é', 'z', 'Z']) AS n") == [("é",)]


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(ServerError, match=r"in .*/file/postgres: .* with LONGBOX_DATA"),
        embedded.server(tmp_path / "file" / "postgres"),
    ):
        pass


@pytest.mark.parametrize("account", [None])
def test_data_of_another_major_version_are_refused_and_left_alone(empty: Path) -> None:
    data = empty / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with (
        pytest.raises(ServerError, match=r"PostgreSQL 9, but what was found is \d.*PG_BIN"),
        embedded.server(empty),
    ):
        pass
    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


@pytest.mark.parametrize("account", [None])
def test_why_the_server_does_not_start_is_told_in_its_own_words(folder: Path) -> None:
    with (
        pytest.raises(ServerError, match="invalid value for parameter"),
        embedded.server(folder, work_mem="much"),
    ):
        pass


@pytest.mark.parametrize("account", [None])
def test_a_socket_folder_of_somebody_elses_making_is_refused(folder: Path, tmp_path: Path) -> None:
    with embedded.server(folder) as url:
        socket = Path(str(make_url(url).query["host"]))
    socket.symlink_to(tmp_path)
    try:
        with pytest.raises(ServerError, match="is not ours"), embedded.server(folder):
            pass
    finally:
        socket.unlink()
