"""The id of a request: in its answer, in its problem, and in every line of the log about it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from falcon.testing import ASGIConductor
from sqlalchemy import text

from db import timing
from functions import log
from tests.conftest import Shelve

GIVEN = "X-Request-ID"
PROXY = "LONGBOX_TRUSTED_PROXIES"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Return a function that reads what was logged."""
    path = tmp_path / "longbox.log"
    monkeypatch.setenv("LONGBOX_LOG", str(path))
    log.configure()
    monkeypatch.setattr(timing, "log", structlog.get_logger())
    yield lambda: [json.loads(line) for line in path.read_text().splitlines()]
    monkeypatch.delenv("LONGBOX_LOG")
    log.configure()


async def test_each_request_has_an_id_of_its_own(lines: Lines, client: ASGIConductor) -> None:
    answers = [await client.simulate_get("/api/files") for _ in range(2)]
    answers.append(await client.simulate_get("/nothing"))
    told = [answer.headers["x-request-id"] for answer in answers]
    assert len(set(told)) == 3
    assert answers[2].json["request_id"] == told[2]
    assert [line["request_id"] for line in lines() if line["event"] == "request"] == told


async def test_only_a_trusted_proxy_names_a_request(
    client: ASGIConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody else could have the log say what they like of another request."""

    async def named(name: str) -> bool:
        answer = await client.simulate_get("/health/live", headers={GIVEN: name})
        return bool(answer.headers["x-request-id"] == name)

    assert not await named("proxy-1")
    monkeypatch.setenv(PROXY, "127.0.0.1")
    assert await named("proxy-1")
    for wrong in ("", "two words", "x" * 65, 'a"b', "é"):
        assert not await named(wrong), wrong


async def test_a_mistake_of_ours_is_logged_with_its_request(
    lines: Lines, client: ASGIConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.libraries.select_libraries", lambda: None)
    answer = await client.simulate_get("/api/libraries")
    assert answer.status_code == 500
    (line,) = [line for line in lines() if line["level"] == "error"]
    assert line["request_id"] == answer.json["request_id"] == answer.headers["x-request-id"]
    assert "Traceback" in line["exception"]


@pytest.mark.parametrize(
    ("path", "door", "beginning"),
    [
        ("/api/files?search=hidden", "listing", "WITH"),
        ("/api/libraries", "reading", "SELECT libraries.id"),
        ("/api/missing?confirm=true", "writing", "SELECT libraries.id"),
    ],
)
async def test_a_slow_statement_is_told_of_without_its_parameters(  # noqa: PLR0913, PLR0917  fixtures
    lines: Lines,
    client: ASGIConductor,
    shelve: Shelve,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    door: str,
    beginning: str,
) -> None:
    await shelve(1)
    method = "DELETE" if door == "writing" else "GET"
    await client.simulate_request(method, path)
    assert not [line for line in lines() if line["event"] == "slow statement"]
    monkeypatch.setattr(timing, "slow", 0.0)
    answer = await client.simulate_request(method, path)
    notes = [line for line in lines() if line["event"] == "slow statement"]
    assert any(
        note["door"] == door and note["statement"].startswith(beginning) for note in notes
    ), notes
    for note in notes:
        assert note["request_id"] == answer.headers["x-request-id"]
        assert note["ms"] >= 0
        assert len(note["statement"]) <= timing.LONGEST + 1
        assert "hidden" not in json.dumps(note)


async def test_a_statement_that_fails_is_told_of_if_it_was_slow(
    lines: Lines, client: ASGIConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "slow", 0.0)
    monkeypatch.setattr("db.schema.CURRENT", text("SELECT 1 / 0"))
    assert (await client.simulate_get("/health/ready")).status_code >= 500
    assert "SELECT 1 / 0" in [line.get("statement") for line in lines()]


@pytest.mark.parametrize(("said", "limit"), [("", 0.5), ("20", 0.02), ("0", 0.0), ("soon", 0.5)])
def test_what_is_slow_is_said_in_milliseconds(
    monkeypatch: pytest.MonkeyPatch, said: str, limit: float
) -> None:
    monkeypatch.setenv("LONGBOX_SLOW_MS", said)
    assert timing.limit() == limit
