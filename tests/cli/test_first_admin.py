"""The first admin: made as the environment says, or missed where strangers may come."""

import asyncio
import os
from pathlib import Path

import psycopg
import pytest

from cli import environment, first_admin
from cli.environment import Misconfigured
from functions.passwords import compare
from tests.cli.conftest import Longbox

PASSWORD = "wings of glass"  # noqa: S105  of these tests alone


@pytest.fixture
def bare(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have an environment that names a database, and nobody."""
    for name in ("ALLOW_ANONYMOUS", "ADMIN_NAME", "ADMIN_PASSWORD", "ADMIN_PASSWORD_FILE", "HOST"):
        monkeypatch.delenv(f"LONGBOX_{name}", raising=False)
    monkeypatch.setenv("DATABASE_URL", database_url)
    return database_url


def make() -> tuple[bool, list[str]]:
    """Make the first admin, and return whether there is a user, and what was announced."""
    said: list[str] = []
    return asyncio.run(first_admin.make(said.append)), said


def known(url: str) -> list[tuple[str, str, bool]]:
    """Return name and role of each user, and whether the password is the one of these tests."""
    with psycopg.connect(url) as conn:
        rows = conn.execute("SELECT name, role, password FROM users ORDER BY id").fetchall()
    return [(name, role, compare(PASSWORD, password)) for name, role, password in rows]


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\nand more\n"])
def test_the_first_admin_has_the_password_of_a_file(
    bare: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    file = tmp_path / "password"
    file.write_bytes(f"{PASSWORD}{ending}".encode())
    monkeypatch.setenv("LONGBOX_ADMIN_PASSWORD_FILE", str(file))
    assert make() == (True, [f"The first admin is admin, with the password of {file}"])
    assert known(bare) == [("admin", "admin", True)]


def test_whoever_is_there_stays_as_they_are_and_no_child_is_told_the_password(
    bare: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGBOX_ADMIN_NAME", "Alana")
    for password in (PASSWORD, "another of them"):
        monkeypatch.setenv("LONGBOX_ADMIN_PASSWORD", password)
        assert make()[0]
        assert "LONGBOX_ADMIN_PASSWORD" not in os.environ
    assert known(bare) == [("Alana", "admin", True)]


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("LONGBOX_ADMIN_PASSWORD", "short", "length"),
        ("LONGBOX_ADMIN_PASSWORD_FILE", "/nowhere/password", "cannot be read"),
    ],
)
def test_who_cannot_be_the_first_is_told_why(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=why):
        make()


@pytest.mark.usefixtures("bare")
def test_only_this_machine_is_let_in_without_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    assert make() == (False, [])
    for host in ("127.0.0.1", "::1", "localhost", "127.8.8.8"):
        monkeypatch.setenv("LONGBOX_HOST", host)
        assert "whoever uses this machine" in first_admin.warning(is_set_up=False)
        assert not first_admin.warning(is_set_up=True)
    for host in ("0.0.0.0", "::", "192.0.2.1", "comics.example"):  # noqa: S104  nobody listens
        monkeypatch.setenv("LONGBOX_HOST", host)
        with pytest.raises(Misconfigured, match=f"LONGBOX_HOST is {host}: "):
            first_admin.warning(is_set_up=False)
    monkeypatch.setenv("LONGBOX_ALLOW_ANONYMOUS", "0")
    with pytest.raises(Misconfigured):
        first_admin.warning(is_set_up=False)
    monkeypatch.setenv("LONGBOX_ALLOW_ANONYMOUS", "1")
    assert "whoever reaches this" in first_admin.warning(is_set_up=False)
    assert environment.admin_name() == "admin"


def test_longbox_does_not_start_where_strangers_may_come(
    longbox: Longbox, database_url: str
) -> None:
    done = longbox("serve", LONGBOX_HOST="0.0.0.0", DATABASE_URL=database_url)  # noqa: S104
    assert (done.returncode, done.stdout) == (os.EX_CONFIG, "")
    assert "Set LONGBOX_ADMIN_PASSWORD" in done.stderr
    done = longbox("migrate", LONGBOX_ADMIN_PASSWORD=PASSWORD, DATABASE_URL=database_url)
    assert done.stdout == "The first admin is admin, with the password of LONGBOX_ADMIN_PASSWORD\n"
    assert known(database_url) == [("admin", "admin", True)]
