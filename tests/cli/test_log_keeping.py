"""The file that `longbox serve` and all that it starts log to."""

import os
from pathlib import Path

import pytest
import structlog
from sqlalchemy import URL

from cli import log_keeping
from db import engine, settings

CHOSEN = 4096


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a home, and whatever is set be as it was at the end."""
    monkeypatch.setenv("LONGBOX_DATA", str(tmp_path / "home"))
    for name in ("LONGBOX_LOG", "LOG_MAX_BYTES"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_the_log_is_below_home_and_as_large_as_was_chosen(tmp_path: Path) -> None:
    log_keeping.keep(CHOSEN)
    path = tmp_path / "home/logs/longbox.log"
    assert os.environ["LONGBOX_LOG"] == str(path)
    assert os.environ["LOG_MAX_BYTES"] == str(CHOSEN)
    structlog.get_logger().warning("said")
    assert '"event":"said"' in path.read_text()


def test_the_environment_counts_more_than_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGBOX_LOG", str(tmp_path / "mine.log"))
    monkeypatch.setenv("LOG_MAX_BYTES", "2048")
    log_keeping.keep(CHOSEN)
    assert (tmp_path / "mine.log").exists()
    assert os.environ["LOG_MAX_BYTES"] == "2048"
    assert not (tmp_path / "home").exists()


def test_an_empty_name_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGBOX_LOG", "")
    log_keeping.keep(CHOSEN)
    assert not (tmp_path / "home").exists()


def test_a_home_that_cannot_be_made_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("A file where the folder should be.")
    log_keeping.keep(CHOSEN)
    structlog.get_logger().warning("said all the same")


async def test_what_was_chosen_is_read_from_the_settings(
    url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", engine.conninfo(url))
    assert await log_keeping.chosen_size() == 5 * 2**20
    async with engine.job() as conn:
        await settings.change(conn, {"log_max_bytes": CHOSEN})
        await conn.commit()
    assert await log_keeping.chosen_size() == CHOSEN
