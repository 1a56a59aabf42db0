"""GET /api/logs, and the file that it reads."""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from falcon.testing import ASGIConductor

from functions import log, show_logs
from functions.log_file import LogFile, tail
from tests.functions.conftest import Ask

LOGS = "/api/logs"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a file named that logs go to."""
    path = tmp_path / "longbox.log"
    monkeypatch.setenv("LONGBOX_LOG", str(path))
    return path


@pytest.fixture
def logging_to(file: Path) -> Iterator[Path]:
    """Log to it, as a process does that has just started."""
    log.configure()
    yield file
    file.unlink(missing_ok=True)


Write = Callable[[str], None]


@pytest.fixture
def logged(file: Path) -> Write:
    """Return a function that writes what was logged."""

    def write(content: str) -> None:
        file.write_text(content, errors="surrogateescape")

    return write


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


async def test_where_nothing_is_logged_to_a_file_none_is_found(
    client: ASGIConductor, file: Path
) -> None:
    answer = await client.simulate_get(LOGS)
    assert (answer.status_code, answer.json["error"]) == (404, "Log file not found")
    assert not await asyncio.to_thread(file.exists)


async def test_no_file_is_looked_for_where_none_is_named(
    client: ASGIConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LONGBOX_LOG", raising=False)
    assert (await client.simulate_get(LOGS)).status_code == 404


async def test_the_last_lines_are_shown(ask: Ask, logged: Write) -> None:
    logged("".join(f'{{"event":"{n}"}}\n' for n in range(5)))
    assert await ask(LOGS, lines=2) == {
        "logs": '{"event":"3"}\n{"event":"4"}\n',
        "total_lines": 5,
        "returned_lines": 2,
        "log_type": "basic",
    }
    for everything in (0, -1, 500):
        assert (await ask(LOGS, lines=everything))["returned_lines"] == 5
    assert (await ask(LOGS))["returned_lines"] == 5


async def test_debug_lines_are_shown_to_whoever_asks(ask: Ask, logged: Write) -> None:
    logged('{"event":"a","level":"debug"}\n{"event":"b","level":"info"}\n')
    assert (await ask(LOGS))["logs"] == '{"event":"b","level":"info"}\n'
    shown = await ask(LOGS, type="debug")
    assert (shown["returned_lines"], shown["log_type"]) == (2, "debug")


async def test_a_long_file_is_not_read_but_for_its_end(
    ask: Ask, logged: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show_logs, "MOST", 100)
    logged("x" * 10_000 + "\n" + "last\n" * 10)
    assert await ask(LOGS, lines=0) == {
        "logs": "last\n" * 10,
        "total_lines": 10,
        "returned_lines": 10,
        "log_type": "basic",
    }


async def test_bytes_that_are_no_text_are_shown_all_the_same(ask: Ask, logged: Write) -> None:
    logged("\udcff\n")
    assert (await ask(LOGS))["logs"] == "\N{REPLACEMENT CHARACTER}\n"


def test_requests_of_all_are_in_the_file(logging_to: Path) -> None:
    structlog.get_logger().info("scan ended", library=1)
    (line,) = lines(logging_to)
    assert (line["event"], line["level"], line["library"]) == ("scan ended", "info", 1)


def test_what_libraries_say_is_in_the_file_with_its_traceback(logging_to: Path) -> None:
    try:
        os.environ["NO"]
    except KeyError:
        logging.getLogger("falcon").exception("A statement is %s", "wrong")
    (line,) = lines(logging_to)
    assert (line["event"], line["level"], line["logger"]) == (
        *("A statement is wrong", "error", "falcon"),
    )
    assert "KeyError: 'NO'" in str(line["exception"])


def test_a_full_file_makes_room_for_another_and_four_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    file = LogFile(path, 30)
    for number in range(30):
        file.append(b"%09d\n" % number)
    kept = sorted(each.name for each in tmp_path.iterdir())
    assert kept == ["a.log", "a.log.1", "a.log.2", "a.log.3"]
    assert path.read_text() == "000000027\n000000028\n000000029\n"
    assert (tmp_path / "a.log.3").read_text() == "000000018\n000000019\n000000020\n"


def test_processes_that_share_a_file_lose_no_line(tmp_path: Path) -> None:
    """Each of them rotated it, and what another had just written was gone."""
    path = tmp_path / "a.log"
    files = [LogFile(path, 400) for _ in range(4)]
    for number in range(120):
        files[number % 4].append(b"%09d\n" % number)
    found = "".join(
        each.read_text()
        for each in sorted(tmp_path.iterdir(), key=lambda each: each.name, reverse=True)
    )
    assert sorted(map(int, found.split())) == list(range(120))


def test_the_end_of_a_file_that_was_just_begun_goes_on_in_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    (tmp_path / "a.log.1").write_bytes(b"1\n2\n3\n")
    path.write_bytes(b"4\n5\n")
    assert tail(path, 100) == b"1\n2\n3\n4\n5\n"
    assert tail(path, 8) == b"2\n3\n4\n5\n"[2:]
    assert tail(path, 3) == b"5\n"


def test_a_disk_that_is_full_stops_nobody() -> None:
    LogFile(Path("/dev/full"), 10**6).append(b"a line\n")


def test_a_file_that_cannot_be_opened_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGBOX_LOG", str(tmp_path / "none" / "a.log"))
    log.configure()
    structlog.get_logger().info("told all the same")
