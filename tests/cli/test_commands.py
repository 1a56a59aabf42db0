"""Commands that come to an end: what they print, what they say, and their exit codes."""

import asyncio
import os
import pty
import signal
import socket
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from sqlalchemy import URL

from db import engine, libraries, scans
from functions import __version__
from scanner.scan import Orders, scan
from tests.cli.conftest import ROOT, Longbox, command, surroundings, until
from tests.disk import write_comic, write_comics, write_slow_comics

CONFIG, BUSY, NO_INPUT, AWAY = os.EX_CONFIG, os.EX_TEMPFAIL, os.EX_NOINPUT, os.EX_UNAVAILABLE


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Have a library of thirty comics."""
    write_comics(tmp_path / "comics", 30)
    return tmp_path / "comics"


def scan_here(root: Path, url: URL) -> None:
    """Scan a folder in this process, which is quicker than a command."""

    async def scan_once() -> None:
        async with engine.job(url) as conn:
            await libraries.ensure(conn, str(root), root.name)
            await conn.commit()
            (library,) = await libraries.every(conn)
        await scan(partial(engine.job, url), library, Orders(readers=1), lambda _: None)

    asyncio.run(scan_once())


def lines(output: str) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in output.splitlines()]


def test_a_scan_prints_json_lines_and_the_last_is_the_sum(
    longbox: Longbox, library: Path, database_url: str
) -> None:
    (library / "bad.cbz").write_bytes(b"PK\3\4")
    done = longbox("scan", LIBRARY=str(library), DATABASE_URL=database_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert {line["library"] for line in lines(done.stdout)} == {"comics"}
    last = lines(done.stdout)[-1]
    assert (last["seen"], last["added"], last["read"], last["faulty"]) == (31, 31, 31, 1)


def test_a_scan_on_a_terminal_shows_a_bar(library: Path, database_url: str) -> None:
    (library / "dangling.cbz").symlink_to("nothing")
    shown = run_on_terminal(
        "scan", LIBRARY=str(library.rename(library.with_name("[bold]"))), DATABASE_URL=database_url
    )
    assert "[bold]" in shown
    assert "30/30" in shown
    assert "read, 30 seen" in shown
    assert "dangling.cbz leads to nothing." in shown
    assert "{" not in shown


def run_on_terminal(*arguments: str, **environment: str) -> str:
    """Run a command on a terminal, and return all that it shows there."""
    ours, theirs = pty.openpty()
    told = surroundings(TERM="xterm", COLUMNS="120", **environment)
    with subprocess.Popen(command(*arguments), cwd=ROOT, env=told, stdout=theirs) as process:
        os.close(theirs)
        shown = b"".join(iter(lambda: read_terminal(ours), b""))
        os.close(ours)
        assert process.wait(30) == 0
    return shown.decode()


def read_terminal(terminal: int) -> bytes:
    """Read what there is; nothing once the other end is closed, which Linux calls an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_a_missing_folder_has_a_sentence_and_a_code_and_the_other_library_is_scanned(
    longbox: Longbox, library: Path, tmp_path: Path, url: URL
) -> None:
    database_url = engine.conninfo(url)
    write_comic(tmp_path / "gone" / "a.cbz")
    scan_here(tmp_path / "gone", url)
    (tmp_path / "gone").rename(tmp_path / "away")
    done = longbox("scan", LIBRARY=str(library), DATABASE_URL=database_url)
    assert done.returncode == NO_INPUT
    assert done.stderr.startswith(f"longbox: {tmp_path}/gone is not there.")
    assert done.stderr.count("\n") == 1
    assert lines(done.stdout)[-1]["read"] == 30


def test_a_folder_that_turned_up_empty_needs_the_users_word(
    longbox: Longbox, library: Path, url: URL
) -> None:
    database_url = engine.conninfo(url)
    known = {"LIBRARY": str(library), "DATABASE_URL": database_url}
    scan_here(library, url)
    (library / "00").rename(library.with_name("away"))
    refused = longbox("scan", **known)
    assert refused.returncode == NO_INPUT
    assert "longbox scan --accept-empty" in refused.stderr
    accepted = longbox("scan", "--accept-empty", **known)
    assert accepted.returncode == 0
    assert lines(accepted.stdout)[-1]["vanished"] == 30


def test_a_second_scan_at_the_same_time_exits_saying_so(
    longbox: Longbox, library: Path, url: URL
) -> None:
    database_url = engine.conninfo(url)
    scan_here(library, url)
    with psycopg.connect(database_url) as other:
        other.execute("SELECT pg_advisory_lock(%s, id) FROM libraries", [scans.LOCK])
        done = longbox("scan", LIBRARY=str(library), DATABASE_URL=database_url)
    assert done.returncode == BUSY
    assert done.stderr == (
        f"longbox: Another scan of {library} is running: let it finish, then try again.\n"
    )


def test_a_scan_that_is_stopped_is_interrupted_and_does_not_exit_as_if_done(
    tmp_path: Path, database_url: str
) -> None:
    write_slow_comics(tmp_path / "comics", 500)
    told = surroundings(LIBRARY=str(tmp_path / "comics"), DATABASE_URL=database_url)
    with (
        psycopg.connect(database_url, autocommit=True) as conn,
        subprocess.Popen(command("scan"), cwd=ROOT, env=told, stdout=subprocess.DEVNULL) as process,
    ):
        until(lambda: conn.execute("SELECT FROM files LIMIT 1").rowcount)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert conn.execute("SELECT state FROM scans").fetchall() == [("interrupted",)]


def test_a_scan_whose_reader_has_gone_ends_in_silence(library: Path, database_url: str) -> None:
    """As `longbox scan | head -1`."""
    told = surroundings(LIBRARY=str(library), DATABASE_URL=database_url)
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(
        command("scan"), cwd=ROOT, env=told, stdout=theirs, stderr=subprocess.PIPE, check=False
    )
    os.close(theirs)
    assert done.returncode == 1
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("WEB_PORT", "x", "WEB_PORT is 'x': it has to be a number from 1 to 65535."),
        (
            "LIBRARY",
            "/nowhere",
            "/nowhere is not a folder that can be read (No such file or directory).",
        ),
    ],
)
def test_what_is_misconfigured_is_one_sentence_and_nothing_starts(
    longbox: Longbox, home: Path, name: str, value: str, sentence: str
) -> None:
    done = longbox("serve", **{name: value})
    assert (done.returncode, done.stdout) == (CONFIG, "")
    assert done.stderr.startswith(f"longbox: {sentence}")
    assert done.stderr.count("\n") == 1
    assert not home.exists()


def test_a_port_in_use_is_one_sentence_and_nothing_starts(longbox: Longbox, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = longbox("serve", WEB_PORT=str(port))
    assert (done.returncode, done.stdout) == (CONFIG, "")
    assert f"Port {port} of 127.0.0.1 is in use by another program." in done.stderr
    assert done.stderr.count("\n") == 1
    assert not home.exists()


def test_without_a_library_there_is_nothing_to_scan(longbox: Longbox, database_url: str) -> None:
    done = longbox("scan", DATABASE_URL=database_url)
    assert done.returncode == CONFIG
    assert "set LIBRARY to the folder of your comics" in done.stderr


@pytest.mark.parametrize("verb", ["scan", "scheduler"])
def test_a_database_that_does_not_answer_is_one_sentence(
    longbox: Longbox, library: Path, verb: str
) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    done = longbox(verb, LIBRARY=str(library), DATABASE_URL=nowhere)
    assert done.returncode == AWAY
    assert done.stderr.startswith("longbox: The database does not answer: ")
    assert done.stderr.count("\n") == 1


def test_migrate_prepares_an_empty_database(
    longbox: Longbox, fresh_database: Callable[[], URL]
) -> None:
    empty = engine.conninfo(fresh_database())
    assert longbox("migrate", DATABASE_URL=empty).returncode == 0
    with psycopg.connect(empty) as conn:
        assert conn.execute("SELECT count(*) FROM files").fetchall() == [(0,)]


def test_the_description_of_the_api_is_the_one_that_the_page_is_built_from(
    longbox: Longbox,
) -> None:
    """`make openapi` writes it anew."""
    assert longbox("openapi").stdout == (ROOT / "web" / "openapi.json").read_text()


def test_sample_makes_a_library_and_says_where(longbox: Longbox, tmp_path: Path) -> None:
    done = longbox("sample", str(tmp_path / "library"), "--comics", "30")
    assert (done.returncode, done.stdout) == (0, f"30 comics are in {tmp_path}/library\n")
    assert len([path for path in (tmp_path / "library").rglob("*") if path.is_file()]) == 30


def test_sample_leaves_a_folder_that_holds_anything_alone(longbox: Longbox, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    done = longbox("sample", str(tmp_path))
    assert done.returncode == os.EX_CANTCREAT
    assert done.stderr.startswith(f"longbox: {tmp_path} is not empty: choose a new folder")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("asked", ["version", "--version"])
def test_version_is_printed(longbox: Longbox, asked: str) -> None:
    assert longbox(asked).stdout == f"{__version__}\n"


def test_a_scan_of_paths_looks_at_those_alone(
    longbox: Longbox, library: Path, database_url: str
) -> None:
    known = {"LIBRARY": str(library), "DATABASE_URL": database_url}
    longbox("scan", **known)
    write_comic(library / "new/1.cbz")
    write_comic(library / "new 2/2.cbz")
    (library / "00/0000.cbz").unlink()
    done = longbox("scan", str(library / "new"), str(library / "00/0000.cbz"), **known)
    assert (done.returncode, done.stderr) == (0, "")
    ends = {(line["added"], line["vanished"]) for line in lines(done.stdout) if line["seen"] < 2}
    assert ends >= {(1, 0), (0, 1)}
    elsewhere = longbox("scan", str(library.parent), **known)
    assert (elsewhere.returncode, elsewhere.stdout) == (NO_INPUT, "")
    assert "is in none of the libraries" in elsewhere.stderr


def test_missing_comics_are_forgotten_once_that_is_confirmed(
    longbox: Longbox, library: Path, database_url: str
) -> None:
    known = {"LIBRARY": str(library), "DATABASE_URL": database_url}
    longbox("scan", **known)
    (library / "00/0000.cbz").unlink()
    longbox("scan", **known)
    asked = longbox("purge", **known)
    assert (asked.returncode, "Forget 1 missing comics" in asked.stdout) == (1, True)
    done = longbox("purge", "--yes", **known)
    assert (done.returncode, done.stdout) == (0, "1 missing comics are forgotten\n")
