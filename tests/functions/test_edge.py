"""What every request meets first: writes of other sites, bodies without end; and every header."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import falcon
import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import URL

from functions import wire
from functions.app import FUNCTIONS, create_app

HOST = "comics.example"
WRITE = "/api/preferences"


async def write(client: ASGIConductor, **headers: str) -> int:
    """Change a preference as somebody with these headers, and return the status."""
    host = headers.pop("Host", HOST)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await client.simulate_post(WRITE, json={"theme": "dark"}, headers=named, host=host)
    status: int = answer.status_code
    return status


TAKEN: list[dict[str, str]] = [
    {},  # no browser
    {"Sec_Fetch_Site": "same-origin"},
    {"Sec_Fetch_Site": "none"},
    {"Sec_Fetch_Site": "same-origin", "Origin": "http://other.example"},
    {"Origin": f"http://{HOST}"},
    {"Origin": f"https://{HOST.upper()}"},
    {"Origin": f"http://{HOST}:80"},
    {"Origin": f"https://{HOST}", "Host": f"{HOST}:443"},
    {"Origin": f"http://{HOST}:5000", "Host": f"{HOST}:5000"},
    {"Origin": "http://[::1]:5000", "Host": "[::1]:5000"},
    {"Sec_Fetch_Site": "cross-site", "X_API_Key": "x"},
    {"Origin": "http://other.example", "X_API_Key": "x"},
]


async def test_a_write_of_the_page_or_of_a_program_is_taken(client: ASGIConductor) -> None:
    refused = [headers for headers in TAKEN if await write(client, **headers) == 403]
    assert refused == []


REFUSED: list[dict[str, str]] = [
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "SAME-ORIGIN"},
    {"Sec_Fetch_Site": "cross-site", "Origin": f"http://{HOST}"},
    {"Origin": "http://other.example"},
    {"Origin": f"http://{HOST}.other.example"},
    {"Origin": f"http://other.example/{HOST}"},
    {"Origin": f"http://{HOST}:81"},
    {"Origin": f"http://{HOST}:443"},
    {"Origin": "null"},
    {"Origin": "://"},
    {"Origin": "http://"},
    {"Origin": "http://", "Host": ""},
    {"Origin": ""},
    # A browser adds this by itself, for a proxy that asked for it once.
    {"Sec_Fetch_Site": "cross-site", "Authorization": "Basic eDp4"},
    # Nobody has said that this client is a proxy.
    {"Origin": "http://other.example", "X_Forwarded_Host": "other.example"},
]


async def test_a_write_that_another_sites_page_asked_for_is_refused(client: ASGIConductor) -> None:
    taken = [headers for headers in REFUSED if await write(client, **headers) != 403]
    assert taken == []


async def test_no_write_of_another_site_reaches_any_function(client: ASGIConductor) -> None:
    for function in FUNCTIONS.values():
        method, *paths = function.ROUTE.split()
        for path in paths if method not in {"GET", "HEAD"} else ():
            answer = await client.simulate_request(
                method, path.replace("{", "").replace("}", ""), headers={"Origin": "http://other"}
            )
            assert answer.status_code == 403, path


async def test_reading_is_not_refused_for_its_origin(client: ASGIConductor) -> None:
    """The browser does not show another site the answer: nothing of ours allows it to."""
    answer = await client.simulate_get("/api/files", headers={"Origin": "http://other.example"})
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


CACHED = {
    "/api/version": "no-store",
    "/api/files": "private, no-cache",
    "/api/files/9": "no-store",  # there is none
    "/nowhere": "no-store",
    "/health/live": "no-store",
}


async def test_every_answer_says_how_it_may_be_used(client: ASGIConductor) -> None:
    for path, cache in CACHED.items():
        answer = await client.simulate_get(path)
        assert HEADERS.items() <= answer.headers.items()
        assert "frame-ancestors" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == cache, path
        assert "strict-transport-security" not in answer.headers


async def test_an_answer_by_https_says_that_it_always_is(client: ASGIConductor) -> None:
    answer = await client.simulate_get("/api/version", protocol="https")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"


async def test_a_body_that_is_too_large_is_refused_whatever_the_function(
    client: ASGIConductor,
) -> None:
    length = {"Content-Length": str(wire.LARGEST_BODY + 1)}
    for path in (WRITE, "/api/process-all"):  # which reads none
        assert (await client.simulate_post(path, headers=length)).status_code == 413


class Body:
    """A client whose body comes in parts of this many bytes, with so many seconds between."""

    def __init__(self, parts: int, size: int, pause: float) -> None:
        self.events = [
            {"type": "http.request", "body": b" " * size, "more_body": True} for _ in range(parts)
        ]
        self.pause = pause

    async def __call__(self) -> dict[str, Any]:
        """Send a part."""
        await asyncio.sleep(self.pause)
        return self.events.pop() if self.events else {"type": "http.disconnect"}


async def post(app: Any, body: Body) -> int:  # noqa: ANN401  an ASGI application
    """Ask the app itself, without a length, as `Transfer-Encoding: chunked` does."""
    sent: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    scope = falcon.testing.create_scope(WRITE, method="POST")
    await app(scope, body, send)
    status: int = sent[0]["status"]
    return status


@pytest.fixture
async def app(url: URL) -> AsyncIterator[Any]:
    """Have the app itself."""
    made = create_app(url)
    async with ASGIConductor(made):
        yield made


async def test_a_body_of_no_told_length_ends_where_it_becomes_too_large(app: Any) -> None:  # noqa: ANN401
    body = Body(parts=20, size=2**20, pause=0)
    assert await post(app, body) == 413
    assert len(body.events) == 20 - wire.LARGEST_BODY // 2**20 - 1


async def test_a_body_that_drips_in_is_not_waited_for(
    app: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "PATIENCE", 0.05)
    assert await post(app, Body(parts=1_000, size=1, pause=0.001)) == 408
