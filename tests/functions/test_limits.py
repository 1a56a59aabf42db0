"""How often a client may ask for what costs much."""

from collections.abc import AsyncIterator

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import URL

from functions import limits
from functions.app import create_app
from functions.limits import Limit
from tests.conftest import Shelve

PROXY, FIRST, SECOND = "127.0.0.1", "203.0.113.7", "203.0.113.8"
SCANS = "/api/scans"


@pytest.fixture(autouse=True)
def _little_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGBOX_TRUSTED_PROXIES", PROXY)
    for name in ("PICTURES", "PREVIEWS", "SCANS"):
        monkeypatch.setattr(limits, name, Limit(name, 2, 1))


@pytest.fixture
async def other(url: URL) -> AsyncIterator[ASGIConductor]:
    """Ask another process."""
    async with ASGIConductor(create_app(url)) as client:
        yield client


async def ask(client: ASGIConductor, path: str, address: str = FIRST) -> int:
    """Ask from this address, and return the status."""
    method = "POST" if path == SCANS else "GET"
    told = {"X-Forwarded-For": address}
    answer = await client.simulate_request(method, path, headers=told, remote_addr=PROXY)
    assert answer.status_code != 429 or int(answer.headers["retry-after"]) == 60
    status: int = answer.status_code
    return status


async def test_who_asks_too_often_is_told_when_to_come_again_by_any_process(
    client: ASGIConductor, other: ASGIConductor
) -> None:
    assert [await ask(one, SCANS) for one in (client, other, client, other)] == [202, 202, 429, 429]
    assert await ask(client, SCANS, SECOND) == 202
    assert await ask(client, "/api/settings/preview") == 200  # another kind


async def test_an_address_of_the_new_kind_is_a_whole_network(client: ASGIConductor) -> None:
    """Whoever has one has billions."""
    asked = [await ask(client, SCANS, f"2001:db8:0:1::{n}") for n in range(3)]
    assert asked == [202, 202, 429]
    assert await ask(client, SCANS, "2001:db8:0:2::1") == 202


@pytest.mark.parametrize("path", ["/api/files/1/cover", "/api/files/1/pages"])
async def test_what_opens_an_archive_is_counted(
    client: ASGIConductor, shelve: Shelve, path: str
) -> None:
    await shelve(1, library="/nowhere")
    assert [await ask(client, path) for _ in range(3)] == [503, 503, 429]


async def test_lists_and_searches_are_not_counted(client: ASGIConductor, shelve: Shelve) -> None:
    await shelve(1)
    paths = ("/api/files", "/api/files?search=saga", "/api/files/1", "/api/facets", "/api/version")
    assert {await ask(client, path) for path in paths for _ in range(4)} == {200}
