"""`longbox library`, as a user runs it."""

import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from tests.cli.conftest import ROOT, Longbox, command, surroundings
from tests.disk import write_comics

REFUSED = os.EX_DATAERR


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    """Have a folder of three comics."""
    write_comics(tmp_path / "comics", 3)
    return tmp_path / "comics"


def listed(longbox: Longbox, database_url: str) -> list[dict[str, Any]]:
    """Return what `longbox library list` prints."""
    done = longbox("library", "list", DATABASE_URL=database_url)
    assert (done.returncode, done.stderr) == (0, "")
    return [msgspec.json.decode(line) for line in done.stdout.splitlines()]


def test_a_library_is_added_edited_and_removed(
    longbox: Longbox, database_url: str, comics: Path
) -> None:
    def library(*arguments: str) -> str:
        done = longbox("library", *arguments, DATABASE_URL=database_url)
        assert (done.returncode, done.stderr) == (0, ""), done.args
        return done.stdout

    assert library("add", f"{comics}/../comics", "--schedule", "0 3 * * *", "--exclude", "a/") == (
        f"{comics} is library 1.\n"
    )
    (found,) = listed(longbox, database_url)
    assert (found["name"], found["root"], found["files"]) == ("comics", str(comics), 0)
    assert (found["schedule"], found["excludes"]) == ("0 3 * * *", ["a/"])
    library("edit", "comics", "--name", "Mine", "--watch", "--read-only", "--exclude", "")
    library("edit", "1", "--schedule", "")
    (after,) = listed(longbox, database_url)
    changed = {"name": "Mine", "watch": True, "read_only": True, "schedule": None, "excludes": []}
    assert {name: after[name] for name in changed} == changed
    library("remove", "Mine", "--confirm", "Mine")
    assert listed(longbox, database_url) == []
    assert len(list(comics.rglob("*.cbz"))) == 3
    with psycopg.connect(database_url) as conn:
        assert conn.execute("SELECT count(*) FROM libraries").fetchone() == (0,)


def test_what_cannot_be_done_is_a_sentence_and_a_code(
    longbox: Longbox, database_url: str, comics: Path
) -> None:
    def refusal(*arguments: str) -> str:
        done = longbox("library", *arguments, DATABASE_URL=database_url)
        assert (done.returncode, done.stdout) == (REFUSED, ""), done.args
        return done.stderr

    longbox("library", "add", str(comics), DATABASE_URL=database_url)
    assert "longbox: /no/where is not a folder" in refusal("add", "/no/where")
    assert f"{comics} and {comics}, the folder of library 1" in refusal("add", str(comics))
    assert "write five fields" in refusal("edit", "1", "--schedule", "daily")
    assert "no glob brings back" in refusal("edit", "1", "--exclude", "!a")
    assert "length >= 1" in refusal("edit", "1", "--name", "")
    assert "There is no library Other" in refusal("edit", "Other", "--watch")
    assert "nothing was removed" in refusal("remove", "1", "--confirm", "1")
    assert len(listed(longbox, database_url)) == 1


def test_a_name_that_two_libraries_have_is_not_enough(
    longbox: Longbox, database_url: str, tmp_path: Path
) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        added = ("library", "add", str(tmp_path / folder), "--name", "Same")
        longbox(*added, DATABASE_URL=database_url)
    done = longbox("library", "edit", "Same", "--watch", DATABASE_URL=database_url)
    assert (done.returncode, done.stderr) == (
        REFUSED,
        "longbox: Several libraries are called Same: give the number instead.\n",
    )


def on_a_terminal(*arguments: str, typed: str, **environment: str) -> tuple[int, str]:
    """Run a command as a user does who types this; return its code and all that is seen."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        command(*arguments),
        cwd=ROOT,
        env=surroundings(COLUMNS="160", **environment),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:  # as Linux tells the end of a terminal
        pass
    os.close(ours)
    return running.wait(30), seen.decode()


def test_on_a_terminal_there_is_a_table_and_a_removal_asks(
    longbox: Longbox, database_url: str, comics: Path
) -> None:
    longbox("library", "add", str(comics), "--name", "Mine", DATABASE_URL=database_url)
    code, seen = on_a_terminal("library", "list", typed="", DATABASE_URL=database_url)
    assert code == 0
    for told in ("name", "Mine", str(comics), "as set for all", "off"):
        assert told in seen
    remove = ("library", "remove", "Mine")
    code, seen = on_a_terminal(*remove, typed="mine\n", DATABASE_URL=database_url)
    assert code == REFUSED
    assert "marks and history" in seen
    assert len(listed(longbox, database_url)) == 1
    code, _ = on_a_terminal(*remove, typed="Mine\n", DATABASE_URL=database_url)
    assert code == 0
    assert listed(longbox, database_url) == []


def test_the_variable_does_not_name_a_part_of_a_library(
    longbox: Longbox, database_url: str, comics: Path
) -> None:
    (comics / "Image").mkdir()
    longbox("library", "add", str(comics), DATABASE_URL=database_url)
    done = longbox("scan", LIBRARY=str(comics / "Image"), DATABASE_URL=database_url)
    assert done.returncode == os.EX_CONFIG
    assert f"overlaps with {comics}, another library" in done.stderr
    done = longbox("scan", LIBRARY=str(comics), DATABASE_URL=database_url)
    assert done.returncode == 0
