"""`longbox audit`, and on whose behalf the shell's own commands do things."""

import getpass
import json
from pathlib import Path

import psycopg
import pytest
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from cli import audit_commands
from db import audit
from db.audit import Asker
from tests.cli.conftest import Longbox


def test_what_is_done_at_the_shell_is_told_with_the_name_of_who_did_it(
    longbox: Longbox, database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "comics").mkdir()
    longbox("library", "add", str(tmp_path / "comics"), DATABASE_URL=database_url)
    done = longbox("audit", "--action", "library added", DATABASE_URL=database_url)
    (entry,) = map(json.loads, done.stdout.splitlines())
    assert (entry["who"], entry["subject"]) == (f"{getpass.getuser()} (shell)", "comics")
    assert entry["details"]["root"] == str(tmp_path / "comics")
    with psycopg.connect(database_url) as conn:
        conn.execute("UPDATE audit SET at = at - interval '8 days'")
    older = ("audit", "--forget-older-than", "7")
    asked = longbox(*older, DATABASE_URL=database_url)
    assert (asked.returncode, asked.stdout[:10]) == (1, "Forget who")
    done = longbox(*older, "--yes", DATABASE_URL=database_url)
    assert done.stderr == "Entries forgotten: 1\n"
    (entry,) = map(json.loads, done.stdout.splitlines())
    assert (entry["action"], entry["details"]["entries"]) == ("entries forgotten", 1)


def test_an_action_that_is_none_is_told_with_those_that_are() -> None:
    with pytest.raises(typer.BadParameter, match="settings changed"):
        audit_commands.tell(limit=1, action="flew")


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container, PUID may be of nobody that the system knows."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000)
    assert audit_commands.at_the_shell() == Asker(who="4000000 (shell)")


async def test_a_table_is_drawn_of_what_anybody_did(conn: AsyncConnection) -> None:
    await audit.write(conn, "settings changed", "a\x1b[31m", by=Asker(None, "", "192.0.2.7"))
    await audit.write(conn, "comics forgotten", comics=3)
    drawn = audit_commands.table(await audit.page(conn, audit.Wanted(10)))
    cells = [list(column.cells) for column in drawn.columns]
    assert cells[1:5] == [
        ["Longbox", "nobody"],
        ["", "192.0.2.7"],
        ["comics forgotten", "settings changed"],
        ["", "a\N{REPLACEMENT CHARACTER}[31m"],
    ]
    assert cells[5] == ['{"comics":3}', ""]
