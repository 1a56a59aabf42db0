"""What a client is told when a question is wrong, or when PostgreSQL cannot answer it."""

from typing import Any

import pytest
from falcon.testing import ASGIConductor, Result
from sqlalchemy import URL

from functions.app import create_app

READING = [
    "/api/files",
    "/api/files?per_page=0",
    "/api/files?search=saga",
    "/api/files/1",
    "/api/libraries",
    "/api/scan-unmarked",
    "/api/cache/stats",
    "/api/scans",
    "/api/scans/1",
    "/api/settings",
    "/api/health",
    "/health",
    "/health/ready",
]


JSON = {"content-type": "application/json"}


def problem(answer: Result, status: int) -> dict[str, Any]:
    """Return the problem details of an answer, which has to be of this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json
    assert found["status"] == status
    assert found["title"]
    assert found["error"]
    return found


async def get(client: ASGIConductor, address: str) -> Result:
    path, _, query = address.partition("?")
    return await client.simulate_get(path, query_string=query)


@pytest.mark.parametrize(
    ("address", "pointer"),
    [
        ("/api/files?year=abc", "/year"),
        ("/api/files?year=99999", "/year"),
        ("/api/files?library=0", "/library"),
        ("/api/files?library=99999999999", "/library"),
        ("/api/files?format=pdf", "/format"),
        ("/api/files?fault=maybe", "/fault"),
        ("/api/files?missing=2", "/missing"),
        ("/api/files?fields=id,nonsense", "/fields"),
        ("/api/files?series=a%00b", "/series"),
        ("/api/files?search=%00", "/search"),
        ("/api/files?search=a&search=b", "/search"),
        ("/api/files?after=x", "/after"),
        ("/api/scans?limit=0", "/limit"),
        ("/api/scans?limit=501", "/limit"),
        ("/api/scans?library=x", "/library"),
    ],
)
async def test_a_wrong_query_is_told_by_field(
    client: ASGIConductor, address: str, pointer: str
) -> None:
    told = problem(await get(client, address), 400)
    assert [error["pointer"] for error in told["errors"]] == [pointer]
    assert told["instance"] == address.partition("?")[0]


async def test_a_wrong_query_takes_no_connection(away: ASGIConductor) -> None:
    problem(await get(away, "/api/files?year=abc"), 400)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"library": "one"}', "/library"),
        (b'{"library": 99999999999}', "/library"),
        (b'{"libary": 1}', ""),
        (b"[]", ""),
        (b"null", ""),
    ],
)
async def test_a_wrong_body_is_told_by_field(
    client: ASGIConductor, body: bytes, pointer: str
) -> None:
    told = problem(await client.simulate_post("/api/scans", body=body, headers=JSON), 400)
    assert [error["pointer"] for error in told["errors"]] == [pointer]


async def test_a_body_that_is_no_json_is_refused(client: ASGIConductor) -> None:
    for body in (b"{", b"\xff", b'{"folder": "\xff"}', b"[" * 10_000, b"library=1"):
        problem(await client.simulate_post("/api/scans", body=body, headers=JSON), 400)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "json"])
async def test_a_body_that_is_not_said_to_be_json_is_refused(
    client: ASGIConductor, kind: str
) -> None:
    """A browser lets any page send such a one to us, without asking us first."""
    sent = {"body": b"{}", "headers": {"content-type": kind}}
    told = problem(await client.simulate_post("/api/scans", **sent), 415)
    assert "application/json" in told["detail"]


async def test_json_may_come_with_its_character_set(client: ASGIConductor) -> None:
    kind = {"content-type": "Application/JSON; charset=utf-8"}
    assert (await client.simulate_post("/api/scans", body=b"{}", headers=kind)).status_code == 202


async def test_an_error_is_also_where_older_clients_look_for_it(client: ASGIConductor) -> None:
    lost = (await client.simulate_get("/api/scans/1")).json
    assert lost["error"] == lost["detail"]
    wrong = (await get(client, "/api/files?year=abc")).json
    assert wrong["error"] == wrong["errors"][0]["detail"]
    nowhere = (await client.simulate_get("/api/nothing")).json
    assert nowhere["error"] == nowhere["title"] == "Not Found"


async def test_a_body_that_is_too_large_is_refused(
    client: ASGIConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.wire.LARGEST_BODY", 10)
    problem(await client.simulate_post("/api/scans", body=b'{"library": 1}', headers=JSON), 413)


async def test_what_is_not_there_is_not_found(client: ASGIConductor) -> None:
    nowhere = (
        "/api/files/1",
        "/api/files/99999999999",
        "/api/files/-1",
        "/api/files/one",
        "/api/scans/1",
        "/api/scans/99999999999",
        "/api/nothing",
    )
    for path in nowhere:
        problem(await client.simulate_get(path), 404)


async def test_another_method_is_refused(client: ASGIConductor) -> None:
    problem(await client.simulate_post("/api/files"), 405)


async def test_every_reader_answers_503_while_the_database_is_away(away: ASGIConductor) -> None:
    for address in READING:
        answer = await get(away, address)
        assert problem(answer, 503)["title"] == "The database does not answer", address
        assert answer.headers["retry-after"] == "1"


async def test_every_writer_answers_503_while_the_database_is_away(away: ASGIConductor) -> None:
    problem(await away.simulate_post("/api/scans"), 503)
    problem(await away.simulate_patch("/api/settings"), 503)


async def test_every_reader_answers_503_before_the_tables_are_there(
    unprepared: ASGIConductor,
) -> None:
    for address in READING:
        told = problem(await get(unprepared, address), 503)
        assert "longbox migrate" in told["detail"], address


async def test_a_statement_that_takes_too_long_is_503(
    url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.engine.LISTS", "-c statement_timeout=50ms")
    monkeypatch.setattr("db.listing.asked_for", lambda _shape: "SELECT pg_sleep(10)")
    async with ASGIConductor(create_app(url)) as client:
        answer = await client.simulate_get("/api/files")
    assert problem(answer, 503)["title"] == "That took too long"


async def test_a_wrong_statement_of_our_own_is_500_and_logged_once(
    client: ASGIConductor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("db.listing.asked_for", lambda _shape: "SELECT nothing of sense")
    told = problem(await client.simulate_get("/api/files"), 500)
    assert "nothing" not in str(told)
    assert len(caplog.records) == 1
    assert "nothing of sense" in caplog.text


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def test_whoever_opens_an_address_in_a_browser_reads_words(
    client: ASGIConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await client.simulate_get("/api/oidc/callback", headers={"Accept": BROWSER})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["vary"] == "Accept"
    assert "style-src 'sha256-" in answer.headers["content-security-policy"]
    assert "<p>No provider of identities is set: LONGBOX_OIDC_ISSUER.</p>" in answer.text
    assert '<a href="/">' in answer.text
    monkeypatch.setenv("BASE_PATH", "comics")
    answer = await client.simulate_get("/api/files/<b>", headers={"Accept": BROWSER})
    assert answer.status_code == 404
    assert '<a href="/comics/">' in answer.text


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"]
)
async def test_a_program_reads_problem_details(client: ASGIConductor, accept: str) -> None:
    answer = await client.simulate_get("/api/files/999", headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_a_page_of_words_repeats_is_no_markup(client: ASGIConductor) -> None:
    query = {"format": "<script>"}
    answer = await client.simulate_get("/api/files", params=query, headers={"Accept": BROWSER})
    assert answer.status_code == 400
    assert "&lt;script&gt;" in answer.text
    assert "<script>" not in answer.text
