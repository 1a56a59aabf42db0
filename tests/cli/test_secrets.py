"""What nobody may read is in no log, no answer and no command line, whatever goes wrong."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from sqlalchemy import URL

from db import engine
from tests import processes
from tests.cli.conftest import ROOT, Longbox, command, stop, surroundings
from tests.conftest import answer_of, free_port, until

DATABASE = "database-sesame"
ADMIN = "admin-sesame-1"
ANOTHER = "another-sesame-2"
WRONG = "wrong-sesame-3"
PROVIDER = "provider-sesame"


class Run(NamedTuple):
    """All of Longbox at work, and what it has said."""

    address: str
    process: subprocess.Popen[bytes]
    output: Path
    log: Path
    heard: list[str]

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Any:  # noqa: ANN401  JSON
        """Ask, and keep all of the answer but for the cookie, which only its own browser gets."""
        asked = urllib.request.Request(  # noqa: S310  our own
            f"{self.address}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **headers},
        )
        try:
            answer = urllib.request.urlopen(asked, timeout=30)  # noqa: S310  our own
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            content = answer.read().decode()
            cookie = answer.headers.get("Set-Cookie", "")
            del answer.headers["Set-Cookie"]
            self.heard.append(f"{answer.status} {answer.headers} {content}")
        return {"status": answer.status, "cookie": cookie.partition(";")[0], "text": content}


@pytest.fixture
def run(url: URL, home: Path, tmp_path: Path) -> Iterator[Run]:
    """Have it run on a database that has a password, and tell of everything."""
    port, output, log = free_port(), tmp_path / "output", tmp_path / "longbox.log"
    (tmp_path / "comics").mkdir()
    with output.open("wb") as file:
        process = subprocess.Popen(
            command("serve"),
            cwd=ROOT,
            env=surroundings(
                DATABASE_URL=engine.conninfo(url.set(password=DATABASE)),
                LIBRARY=str(tmp_path / "comics"),
                LONGBOX_ADMIN_PASSWORD=ADMIN,
                LONGBOX_DATA=str(home),
                LONGBOX_LOG=str(log),
                LONGBOX_OIDC_CLIENT_SECRET=PROVIDER,
                LONGBOX_SLOW_MS="0",
                LOG_LEVEL="debug",
                WEB_PORT=str(port),
            ),
            stdout=file,
            stderr=file,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answer_of(f"{address}/health/ready") == 200)
        yield Run(address, process, output, log, [])
    finally:
        stop(process)


def command_lines(run: Run) -> str:
    """Return the command lines of all that runs."""
    return "\n".join(one.command for one in processes.below(run.process.pid))


def test_no_secret_is_ever_told(run: Run, url: URL, longbox: Longbox) -> None:
    right, wrong = {"name": "admin", "password": ADMIN}, {"name": "admin", "password": WRONG}
    assert run.ask("POST", "/api/login", wrong)["status"] == 401
    assert run.ask("POST", "/api/login", {"name": ADMIN, "password": "admin"})["status"] == 401
    assert run.ask("POST", "/api/login", {"password": ADMIN})["status"] == 400
    cookie = run.ask("POST", "/api/login", right)["cookie"]
    mine = {"Cookie": cookie}
    user = {"name": "Ada", "role": "viewer", "password": ANOTHER}
    assert run.ask("POST", "/api/users", user, **mine)["status"] == 201
    told = run.ask("POST", "/api/tokens", {"name": "reader"}, **mine)["text"]
    token = json.loads(told)["secret"]
    assert token in run.heard.pop()  # the once that it is shown
    with psycopg.connect(engine.conninfo(url), autocommit=True) as conn:
        for table in ("users", "tokens"):
            conn.execute(f"ALTER TABLE {table} ADD CONSTRAINT broken CHECK (false) NOT VALID")
        bob = run.ask("POST", "/api/users", user | {"name": "Bob"}, **mine)
        other = run.ask("POST", "/api/tokens", {"name": "writer"}, **mine)
        for table in ("users", "tokens"):
            conn.execute(f"ALTER TABLE {table} DROP CONSTRAINT broken")
    assert (bob["status"], other["status"]) == (500, 500)
    for path in ("/api/users", "/api/tokens", "/api/audit", "/api/logs?type=debug", "/metrics"):
        for shown in ({"Authorization": f"Bearer {token}"}, {"X-API-Key": token}):
            assert run.ask("GET", path, **shown)["status"] == 200
    assert run.ask("GET", "/api/users", **{"X-API-Key": f"{token}x"})["status"] == 401
    away = f"postgresql://reader:{DATABASE}@127.0.0.1:{free_port()}/longbox"
    failed = [longbox(verb, DATABASE_URL=away) for verb in ("migrate", "doctor")]
    assert [one.returncode for one in failed] == [os.EX_UNAVAILABLE, 1]
    said = {
        "answers": "\n".join(run.heard),
        "command lines": command_lines(run),
        "commands": "\n".join(one.stdout + one.stderr for one in failed),
        "log": run.log.read_text(),
        "output": run.output.read_text(),
    }
    assert "A constraint is broken" in said["log"]
    assert "slow statement" in said["log"]
    assert "functions.app" in said["command lines"]
    secrets = (DATABASE, ADMIN, ANOTHER, WRONG, PROVIDER, token, cookie.partition("=")[2])
    for place, text in said.items():
        assert not [secret for secret in (*secrets, "$argon2") if secret in text], place
