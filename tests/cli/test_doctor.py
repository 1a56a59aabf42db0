"""`longbox doctor`: set-ups that are broken for real, and what is said of each."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from cli import doctor, doctor_database, doctor_machine
from cli.doctor_findings import Finding
from db import condition, engine, schema
from tests.cli.conftest import KNOWN
from tests.conftest import free_port

Fresh = Callable[[], URL]
Examine = Callable[..., dict[str, list[Finding]]]


@pytest.fixture
def examine(home: Path, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """Return a function that examines a set-up, and returns what is not well, by what it is of."""
    for name in [name for name in os.environ if name.startswith((*KNOWN, "DUPLICATE_DIR"))]:
        monkeypatch.delenv(name)
    home.mkdir()

    def examine(**environment: str) -> dict[str, list[Finding]]:
        given = {"LONGBOX_DATA": str(home), "WEB_PORT": str(free_port())} | environment
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        found: dict[str, list[Finding]] = {}
        for finding in doctor.examine():
            if finding.state == "well":
                assert not finding.advice, finding
            else:
                assert finding.told.endswith("."), finding
                assert finding.advice.endswith("."), finding
                found.setdefault(finding.about, []).append(finding)
        return found

    return examine


def said(found: dict[str, list[Finding]], about: str) -> str:
    """Return the only thing that is broken, and what to do about it."""
    (finding,) = (one for one in found[about] if one.state == "broken")
    return f"{finding.told} {finding.advice}"


def change(url: URL, *statements: str) -> None:
    """Change a database."""
    with psycopg.connect(engine.conninfo(url), autocommit=True) as conn:
        for statement in statements:
            conn.execute(statement.encode())


def at(url: URL) -> str:
    return engine.conninfo(url)


@pytest.fixture
def shelf(url: URL, tmp_path: Path) -> Path:
    """Have a library of one comic that is known, and the folder that it is in."""
    folder = tmp_path / "comics"
    folder.mkdir()
    (folder / "1.cbz").write_bytes(b"PK")
    change(
        url,
        f"INSERT INTO libraries (name, root) VALUES ('comics', '{folder}')",  # noqa: S608  ours
        "INSERT INTO counts (library_id, marked, duplicate, shard, present, missing, faulty, bytes,"
        " version) VALUES (1, false, false, 0, 1, 0, 0, 2, 1)",
    )
    return folder


def test_of_a_set_up_that_works_nothing_is_said_but_that_it_does_not_run(
    examine: Examine, url: URL, shelf: Path
) -> None:
    assert shelf.is_dir()
    found = examine(DATABASE_URL=at(url))
    assert found.pop("processes")[0].told == "Longbox does not run on this database."
    assert found.pop("page")[0].advice == "Start Longbox: `longbox serve`."
    assert set(found) <= {"disk space", "database"}  # this machine's, and a server without fsync
    assert not [one for some in found.values() for one in some if one.state == "broken"]


def test_a_variable_that_cannot_be(examine: Examine, url: URL) -> None:
    wrong = {
        "WEB_PORT": "eighty",
        "LONGBOX_SLOW_MS": "-1",
        "LONGBOX_TRUSTED_PROXIES": "nginx",
        "LONGBOX_OIDC_ISSUER": "http://login.example",
        "FUNCTIONS": "fly",
    }
    told = examine(DATABASE_URL=at(url), **wrong)
    assert [one.told.split()[0] for one in told["environment"]] == list(wrong)


def test_a_folder_of_data_that_is_none(examine: Examine, url: URL, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = examine(DATABASE_URL=at(url), LONGBOX_DATA=str(tmp_path / "file" / "data"))
    told = said(found, "data")
    assert "file/data cannot be written: Not a directory." in told
    assert "LONGBOX_DATA" in told


def test_a_port_that_another_program_has(
    examine: Examine, url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_machine, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as other:
        told = said(examine(DATABASE_URL=at(url), WEB_PORT=str(other.getsockname()[1])), "page")
    assert "is another program's." in told
    assert "WEB_PORT" in told


def test_no_program_that_unpacks_rar_archives(examine: Examine, url: URL, tmp_path: Path) -> None:
    (finding,) = examine(DATABASE_URL=at(url), PATH=str(tmp_path))["tools"]
    assert finding.state == "doubtful"
    assert "apt install unar" in finding.advice


def test_a_database_that_is_away(examine: Examine) -> None:
    url = f"postgresql://reader:sesame@127.0.0.1:{free_port()}/longbox"
    told = said(examine(DATABASE_URL=url), "database")
    assert "Connection refused" in told
    assert "Start PostgreSQL" in told
    assert "sesame" not in told


def test_a_database_that_is_not_there(examine: Examine, url: URL) -> None:
    told = said(examine(DATABASE_URL=at(url.set(database="nothing"))), "database")
    assert 'database "nothing" does not exist' in told
    assert "createdb" in told


def test_an_address_of_a_database_that_is_none(examine: Examine) -> None:
    told = said(examine(DATABASE_URL="sesame"), "database")
    assert "postgresql://user:password@host/name" in told
    assert "sesame" not in told


def test_a_database_that_was_never_migrated(examine: Examine, fresh_database: Fresh) -> None:
    told = said(examine(DATABASE_URL=at(fresh_database())), "migrations")
    assert told.startswith("The database is empty")
    assert "longbox migrate" in told


def test_a_database_of_another_version(examine: Examine, fresh_database: Fresh) -> None:
    url = fresh_database()
    change(url, "CREATE TABLE alembic_version (version_num text)")
    for revision, advice in (("0001", "longbox migrate"), ("9999", "Install the version")):
        change(url, f"INSERT INTO alembic_version VALUES ('{revision}')")  # noqa: S608  ours
        told = said(examine(DATABASE_URL=at(url)), "migrations")
        assert revision in told
        assert schema.newest() in told
        assert advice in told
        change(url, "DELETE FROM alembic_version")


def test_a_database_that_has_no_room_for_most_letters(
    examine: Examine, server: URL, fresh_database: Fresh
) -> None:
    fresh = fresh_database()
    name = f"{fresh.database}_ascii"
    change(
        server,
        f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0"
        " LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'",
    )
    try:
        told = said(examine(DATABASE_URL=at(fresh.set(database=name))), "database")
    finally:
        change(server, f"DROP DATABASE {name}")
    assert "SQL_ASCII" in told
    assert "ENCODING 'UTF8'" in told


def test_a_database_that_takes_no_writes(examine: Examine, fresh_database: Fresh) -> None:
    url = fresh_database()
    change(url, f"ALTER DATABASE {url.database} SET default_transaction_read_only = on")
    told = said(examine(DATABASE_URL=at(url)), "database")
    assert "takes no writes" in told
    assert "primary" in told


def test_a_library_whose_folder_is_away(examine: Examine, url: URL, shelf: Path) -> None:
    (shelf / "1.cbz").unlink()
    shelf.rmdir()
    told = said(examine(DATABASE_URL=at(url)), "library")
    assert f"{shelf} is not a folder that can be read" in told
    assert "longbox library edit 1 --root" in told


def test_a_library_whose_disk_is_not_mounted(examine: Examine, url: URL, shelf: Path) -> None:
    (shelf / "1.cbz").unlink()
    told = said(examine(DATABASE_URL=at(url)), "library")
    assert f"{shelf} is empty, though 1 comics are known in it." in told
    assert "--accept-empty" in told


def test_a_library_that_cannot_be_written(examine: Examine, url: URL) -> None:
    """No user may make a file in /proc, not even root."""
    change(url, "INSERT INTO libraries (name, root) VALUES ('comics', '/proc')")
    told = said(examine(DATABASE_URL=at(url)), "library")
    assert "/proc cannot be written" in told
    assert "longbox library edit 1 --read-only" in told
    change(url, "UPDATE libraries SET read_only = true")
    assert "library" not in examine(DATABASE_URL=at(url))


def test_a_page_that_everybody_gets_to(examine: Examine, url: URL) -> None:
    anywhere = "0.0.0.0"  # noqa: S104  that is it
    told = said(examine(DATABASE_URL=at(url), LONGBOX_HOST=anywhere), "users")
    assert "nobody gets in" in told
    assert "longbox user add" in told
    found = examine(DATABASE_URL=at(url), LONGBOX_HOST=anywhere, LONGBOX_ALLOW_ANONYMOUS="1")
    assert "whoever gets to 0.0.0.0 may do everything" in said(found, "users")
    change(url, "INSERT INTO users (name, name_key, role) VALUES ('Ada', 'ada', 'admin')")
    assert "users" not in examine(DATABASE_URL=at(url), LONGBOX_HOST=anywhere)


@pytest.fixture
def worker(url: URL) -> Iterator[None]:
    """Have a connection as a worker has it."""
    with psycopg.connect(at(url), application_name="longbox worker 12345678"):
        yield


@pytest.mark.usefixtures("worker")
def test_a_queue_that_does_not_get_on(examine: Examine, url: URL) -> None:
    change(
        url,
        "INSERT INTO libraries (name, root, read_only) VALUES ('comics', '/', true)",
        "INSERT INTO scans (library_id, requested_at) VALUES (1, now() - interval '1 h')",
    )
    found = examine(DATABASE_URL=at(url))
    assert [one.told for one in found["processes"]] == [
        "Nobody answers requests.",
        "Nobody runs scans.",
    ]
    assert "Scans have waited for 60 minutes without getting on." in said(found, "queue")


async def test_a_clock_that_goes_wrong(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", at(url))
    found = await condition.examine()
    assert doctor_database.clock(found, found.now).state == "well"
    told = doctor_database.clock(found, found.now + timedelta(minutes=5))
    assert (told.state, "300 seconds apart" in told.told) == ("doubtful", True)


def test_what_lies_in_the_trash_is_told(
    examine: Examine, url: URL, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trash = shelf / ".longbox-trash" / "Saga"
    trash.mkdir(parents=True)
    (trash / "1.cbz").write_bytes(b"x" * 5_000)
    examine(DATABASE_URL=at(url))
    monkeypatch.setenv("DATABASE_URL", at(url))
    (told,) = [one.told for one in doctor.examine() if one.about == "trash"]
    assert told.startswith(f"1 comics, 5.0 kB, lie in the trash of {shelf}")


def test_what_is_broken_is_told_by_the_code_and_to_people_and_programs(
    examine: Examine, url: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    examine(DATABASE_URL=at(url))
    capsys.readouterr()
    assert doctor.tell(as_json=True) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(set(one) == {"about", "state", "told", "advice"} for one in told)
    examine(DATABASE_URL=at(url.set(database="nothing")))
    assert doctor.tell(as_json=False) == 1
    assert "✗ database" in capsys.readouterr().out


def test_before_the_first_start_there_is_no_database(examine: Examine, home: Path) -> None:
    """Nothing is made by looking."""
    found = examine(LONGBOX_DATA=str(home / "data"))
    assert [one.told for one in found["database"]] == ["There is no database yet."]
    assert not list(home.iterdir())
