"""The three questions after health: does it live, is it ready, and is all as it should be."""

from pathlib import Path

import pytest
from falcon.testing import ASGIConductor

from db import schema
from functions import __version__
from tests.conftest import Shelve
from tests.functions.conftest import Ask


async def test_it_lives_whatever_its_database_does(
    away: ASGIConductor, unprepared: ASGIConductor
) -> None:
    for client in (away, unprepared):
        assert (await client.simulate_get("/health/live")).json == {"status": "alive"}
        assert (await client.simulate_get("/api/version")).json == {"version": __version__}


async def test_it_is_ready_with_the_newest_schema(ask: Ask) -> None:
    assert await ask("/health/ready") == {"status": "ready", "revision": schema.newest()}


async def test_it_is_not_ready_for_another_versions_schema(
    client: ASGIConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.schema.newest", lambda: "9999")
    answer = await client.simulate_get("/health/ready")
    assert answer.status_code == 503
    assert "longbox migrate" in answer.json["detail"]


async def test_it_is_healthy_without_any_library(ask: Ask) -> None:
    assert await ask("/health") == await ask("/api/health")
    assert await ask("/health") == {
        "status": "healthy",
        "version": __version__,
        "checks": {"watched_dir": "ok", "database": "ok", "watcher": "not_running"},
        "file_count": 0,
    }


async def test_it_is_healthy_while_its_folders_are_there(
    ask: Ask, shelve: Shelve, tmp_path: Path
) -> None:
    await shelve(3, library=str(tmp_path))
    answer = await ask("/health")
    assert (answer["status"], answer["file_count"]) == ("healthy", 3)


async def test_it_is_unhealthy_without_one_of_its_folders(
    client: ASGIConductor, shelve: Shelve, tmp_path: Path
) -> None:
    await shelve(1, library=str(tmp_path))
    await shelve(2, library=str(tmp_path / "gone"))
    answer = await client.simulate_get("/api/health")
    assert answer.status_code == 503
    assert (answer.json["status"], answer.json["file_count"]) == ("unhealthy", 3)
    assert answer.json["checks"]["watched_dir"] == f"error: {tmp_path}/gone is not there"
