"""`longbox user` and `longbox token`, as a user runs them."""

import os
from typing import Any

import msgspec
import psycopg
import pytest
from typer.testing import CliRunner

from cli.commands import app
from functions.callers import hashed
from functions.passwords import compare

REFUSED = os.EX_DATAERR
PASSWORD = "wings of glass"  # noqa: S105  of these tests alone


class Shell:
    """A shell of somebody who administers Longbox, in this process, for commands are many."""

    def run(self, *arguments: str, told: str = "") -> tuple[int, str, str]:
        """Run `longbox`, tell it this, and return its code, its output and its errors."""
        run = CliRunner().invoke(app, arguments, input=told)
        return run.exit_code, run.stdout, run.stderr

    def done(self, *arguments: str, told: str = "") -> str:
        """Run `longbox`, and return what it prints when all is well."""
        code, out, err = self.run(*arguments, told=told)
        assert (code, err) == (0, ""), arguments
        return out

    def listed(self, what: str) -> list[dict[str, Any]]:
        """Return all users or tokens."""
        return [msgspec.json.decode(line) for line in self.done(what, "list").splitlines()]


@pytest.fixture
def shell(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Have a shell, and an admin."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    shell = Shell()
    shell.done("user", "add", "Alana", "--role", "admin", told=f"{PASSWORD}\n")
    return shell


def test_a_user_is_added_disabled_and_removed(shell: Shell, database_url: str) -> None:
    shell.done("user", "add", "Barr", "--without-password")
    assert [
        (user["name"], user["role"], user["has_password"]) for user in shell.listed("user")
    ] == [
        ("Alana", "admin", True),
        ("Barr", "viewer", False),
    ]
    shell.done("user", "password", "barr", told=f"{PASSWORD}\n")
    with psycopg.connect(database_url) as conn:
        hashes = [row[0] for row in conn.execute("SELECT password FROM users")]
    assert [compare(PASSWORD, known) for known in hashes] == [True, True]
    shell.done("user", "disable", "Barr")
    assert shell.listed("user")[1]["disabled_at"]
    shell.done("user", "enable", "Barr")
    assert not shell.listed("user")[1]["disabled_at"]
    shell.done("user", "remove", "Barr")
    assert [user["name"] for user in shell.listed("user")] == ["Alana"]


def test_a_token_is_made_shown_once_and_removed(shell: Shell, database_url: str) -> None:
    secret = shell.done("token", "add", "Alana", "curl", "--role", "viewer", "--days", "7").strip()
    with psycopg.connect(database_url) as conn:
        kept = conn.execute("SELECT key, role, expires_at > now() FROM tokens").fetchone()
    assert kept == (hashed(secret), "viewer", True)
    assert secret not in shell.done("token", "list")
    assert [(token["user_name"], token["name"]) for token in shell.listed("token")] == [
        ("Alana", "curl")
    ]
    shell.done("token", "remove", "1")
    assert shell.listed("token") == []


@pytest.mark.parametrize(
    ("arguments", "told", "why"),
    [
        (("user", "add", "Barr"), "short\n", "length"),
        (("user", "add", "Barr", "--role", "king"), "", "role"),
        (("user", "add", "ALANA"), f"{PASSWORD}\n", "Another user is called Alana"),
        (("user", "add", "Barr", "--library", "7"), f"{PASSWORD}\n", "no library 7"),
        (("user", "disable", "Alana"), "", "make another admin first"),
        (("user", "remove", "Alana"), "", "make another admin first"),
        (("user", "password", "Marko"), "", "no user Marko"),
        (("token", "add", "Marko", "curl"), "", "no user Marko"),
        (("token", "remove", "7"), "", "no token 7"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_a_code(
    shell: Shell, arguments: tuple[str, ...], told: str, why: str
) -> None:
    code, out, err = shell.run(*arguments, told=told)
    assert (code, out) == (REFUSED, "")
    assert why in err
    assert PASSWORD not in err
