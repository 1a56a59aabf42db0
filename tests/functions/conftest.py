"""The app in the states that its functions may meet: with a database, without one, with a tap."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import URL

from db import engine, metrics
from functions.app import create_app
from tests.conftest import Shelve, free_port
from tests.wire_tap import Tap, tap

Ask = Callable[..., Awaitable[Any]]
Put = Callable[[bytes], Awaitable[Path]]


@pytest.fixture
def ask(client: ASGIConductor) -> Ask:
    """Return a function that asks for a list, or another path, and returns the JSON of the 200."""

    async def ask(path: str = "/api/files", /, **query: object) -> Any:  # noqa: ANN401  JSON
        answer = await client.simulate_get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json

    return ask


@pytest.fixture
def put(shelve: Shelve, tmp_path: Path) -> Put:
    """Return a function that writes a comic on the disk, with the id 1, and lists it as it is."""

    async def put(content: bytes) -> Path:
        path = tmp_path / "1.cbz"
        path.write_bytes(content)
        known = path.stat()
        await shelve(
            ["1.cbz"], library=str(tmp_path), size=known.st_size, mtime_ns=known.st_mtime_ns
        )
        return path

    return put


@pytest.fixture
async def away(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ASGIConductor]:
    """Ask an app whose database is away: nobody listens there."""
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    nowhere = URL.create(
        "postgresql+psycopg", "nobody", host="127.0.0.1", port=free_port(), database="nothing"
    )
    async with ASGIConductor(create_app(nowhere)) as client:
        yield client


@pytest.fixture
async def unprepared(fresh_database: Callable[[], URL]) -> AsyncIterator[ASGIConductor]:
    """Ask an app whose database has no tables yet."""
    async with ASGIConductor(create_app(fresh_database())) as client:
        yield client


@pytest.fixture
async def wire(url: URL, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tap]:
    """Have a tap on the way to the database, and one connection a door, so that it is soon warm."""
    monkeypatch.setattr(engine, "POOL", 1)
    monkeypatch.setattr(metrics, "EVERY", 3_600.0)  # or a saving would be counted, too
    async with tap(url) as opened:
        yield opened


@pytest.fixture
async def tapped(wire: Tap) -> AsyncIterator[ASGIConductor]:
    """Ask the app through the tap."""
    async with ASGIConductor(create_app(wire.url)) as client:
        yield client
