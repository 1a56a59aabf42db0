"""`longbox parse-name`: a name a line in, what it tells out, as soon as it is known."""

import subprocess
import sys
from collections.abc import Iterator
from select import select

import msgspec
import pytest

from cli.parse_name import parse_names

SECONDS = 30  # within which a command has surely started

KEYS = "name series number volume year month day count title format publisher scan_group language"

# What the command does, without the time that it takes to load all other commands.
COMMAND = """
import sys
from cli.parse_name import parse_names
from cli.terminal import print_line
parse_names(sys.stdin.buffer, print_line, as_json=True)
"""


def written(*names: bytes, as_json: bool = True) -> list[str]:
    lines: list[str] = []
    parse_names([name + b"\n" for name in names], lines.append, as_json=as_json)
    return lines


def test_each_name_is_an_object_with_every_key_in_order() -> None:
    names = [b"Saga 012 (2013).cbz", b"", b"Marvel/X-Men v5 (2019)/07.cbz"]
    told = [msgspec.json.decode(line) for line in written(*names)]
    assert [" ".join(one) for one in told] == [KEYS] * 3
    assert [one["name"].encode() for one in told] == names
    assert [one["series"] for one in told] == ["Saga", "", "X-Men"]
    assert [one["year"] for one in told] == [2013, None, 2019]
    assert told[2]["publisher"] == "Marvel"


def test_bytes_that_are_no_text_are_shown_as_the_index_has_them() -> None:
    (line,) = written(b"caf\xe9 012.cbz")
    told = msgspec.json.decode(line)
    assert (told["name"], told["series"], told["number"]) == (
        "caf\ufffdE9 012.cbz",
        "caf\ufffdE9",
        "012",
    )


def test_the_end_of_a_line_is_no_part_of_the_name() -> None:
    lines: list[str] = []
    parse_names([b"Saga 1\r\n", b"Saga 2\n", b"Saga 3"], lines.append, as_json=True)
    names = [msgspec.json.decode(line)["name"] for line in lines]
    assert names == ["Saga 1", "Saga 2", "Saga 3"]


def test_for_people_only_what_is_told_is_shown_aligned() -> None:
    assert written(b"Saga 012 (2013).cbz", b"(Digital).cbz", as_json=False) == [
        "Saga 012 (2013).cbz\n  series      Saga\n  number      012\n  year        2013",
        "(Digital).cbz\n  tells nothing",
    ]


def test_a_name_cannot_steer_a_terminal() -> None:
    (text,) = written(b"Saga\x1b[2J 012 \xe2\x80\xae.cbz", as_json=False)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_line_is_taken_only_when_the_last_has_been_answered() -> None:
    answers: list[str] = []

    def asked() -> Iterator[bytes]:
        for number in range(3):
            assert len(answers) == number
            yield b"Saga %d\n" % number

    parse_names(asked(), answers.append, as_json=True)
    assert len(answers) == 3


def test_an_answer_does_not_wait_for_the_pipe_to_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as command:
        assert command.stdin
        assert command.stdout
        for number in ("1", "2"):
            command.stdin.write(f"Saga {number}\n".encode())
            command.stdin.flush()
            if not select([command.stdout], [], [], SECONDS)[0]:
                command.kill()
            assert msgspec.json.decode(command.stdout.readline())["number"] == number
        command.stdin.close()
        assert command.stdout.read() == b""
    assert command.returncode == 0
