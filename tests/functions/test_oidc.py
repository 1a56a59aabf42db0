"""Whoever a provider of identities vouches for is logged in, and nobody else."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import falcon.testing
import pytest
from falcon.testing import ASGIConductor
from joserfc.jwk import RSAKey
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from functions import openid
from functions.app import create_app
from tests.functions.provider import CLIENT, SECRET, Provider, providing

ADMIN = {"name": "root", "password": "a long one"}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with providing() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Have Longbox know a provider, which knows one user."""
    running.claims = {"sub": "1", "preferred_username": "ann"}
    running.signs_with = running.key
    running.told, running.document = {}, {}
    monkeypatch.setenv("LONGBOX_OIDC_ISSUER", running.issuer)
    monkeypatch.setenv("LONGBOX_OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("LONGBOX_OIDC_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("LONGBOX_OIDC_CREATE", "1")
    return running


@pytest.fixture
async def visitor(client: ASGIConductor) -> ASGIConductor:
    """Ask an app that has an admin, so that the first from elsewhere need not be one."""
    answer = await client.simulate_post("/api/setup", json=ADMIN)
    assert answer.status_code == 201, answer.text
    return client


async def begin(visitor: ASGIConductor, provider: Provider, back: str = "") -> tuple[str, str]:
    """Begin a log-in; return the cookie of it, and where the provider then sends the browser."""
    answer = await visitor.simulate_get("/api/oidc/login", params={"back": back})
    assert answer.status_code == 302, answer.text
    asked = urlsplit(answer.headers["location"])
    assert f"{asked.scheme}://{asked.netloc}{asked.path}" == f"{provider.issuer}/authorize"
    cookie = answer.cookies["longbox-oidc"]
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    return cookie.value, provider.authorize(dict(parse_qsl(asked.query)))


async def end(visitor: ASGIConductor, cookie: str, address: str) -> falcon.testing.Result:
    """Come back from the provider."""
    return await visitor.simulate_get(
        "/api/oidc/callback",
        query_string=urlsplit(address).query,
        headers={"Cookie": f"longbox-oidc={cookie}"},
    )


async def log_in(visitor: ASGIConductor, provider: Provider) -> falcon.testing.Result:
    """Go all the way."""
    return await end(visitor, *await begin(visitor, provider))


async def session(visitor: ASGIConductor, answer: falcon.testing.Result) -> dict[str, Any]:
    """Return who the visitor is from then on."""
    assert answer.status_code == 303, answer.text
    cookie = f"longbox={answer.cookies['longbox'].value}"
    found = await visitor.simulate_get("/api/session", headers={"Cookie": cookie})
    return dict(found.json)


async def test_whoever_is_vouched_for_is_logged_in_and_goes_back(
    visitor: ASGIConductor, provider: Provider
) -> None:
    cookie, address = await begin(visitor, provider, "?search=saga")
    answer = await end(visitor, cookie, address)
    assert answer.headers["location"] == "http://falconframework.org/?search=saga"
    assert answer.cookies["longbox-oidc"].max_age == -1
    first = await session(visitor, answer)
    assert (first["name"], first["role"], first["libraries"]) == ("ann", "viewer", None)
    provider.claims["preferred_username"] = "renamed"  # who it is, the subject says
    again = await session(visitor, await log_in(visitor, provider))
    assert again == first


async def test_a_code_and_a_begun_log_in_are_good_for_one_time_and_one_browser(
    visitor: ASGIConductor, provider: Provider
) -> None:
    cookie, address = await begin(visitor, provider)
    other, _ = await begin(visitor, provider)
    assert (await end(visitor, other, address)).status_code == 403
    assert (await end(visitor, "", address)).status_code == 403
    assert (await end(visitor, "nonsense", address)).status_code == 403
    assert (await end(visitor, cookie, address)).status_code == 303
    assert (await end(visitor, cookie, address)).status_code == 403


FORGED: dict[str, dict[str, Any]] = {
    "another program": {"aud": "another"},
    "another program, beside us": {"aud": [CLIENT, "another"], "azp": "another"},
    "another provider": {"iss": "http://127.0.0.1:1"},
    "another log-in": {"nonce": "another"},
    "long ago": {"exp": 1_000_000_000},
    "nobody": {"sub": None},
}


@pytest.mark.parametrize("claims", FORGED.values(), ids=FORGED)
async def test_a_token_that_was_made_for_something_else_proves_nothing(
    visitor: ASGIConductor, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    answer = await log_in(visitor, provider)
    assert answer.status_code == 403
    assert "longbox" not in answer.cookies


async def test_a_token_that_somebody_else_has_signed_proves_nothing(
    visitor: ASGIConductor, provider: Provider
) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "first"}, auto_kid=False)
    answer = await log_in(visitor, provider)
    assert answer.status_code == 403
    assert "proves nothing" in answer.json["detail"]


async def test_who_does_not_consent_reads_so_in_the_words_of_the_provider(
    visitor: ASGIConductor, provider: Provider
) -> None:
    cookie, address = await begin(visitor, provider)
    state = dict(parse_qsl(urlsplit(address).query))["state"]
    for told, words in (
        (
            "error=access_denied&error_description=The+user+denied+it.",
            "access_denied: The user denied it.",
        ),
        ("error=access_denied", "access_denied."),
        ("", "no code."),
    ):
        answer = await end(visitor, cookie, f"{provider.returns_to}?state={state}&{told}")
        assert answer.status_code == 403
        assert answer.json["detail"] == f"The provider of identities refuses: {words}"


async def test_strangers_are_only_let_in_where_that_is_wanted(
    visitor: ASGIConductor, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LONGBOX_OIDC_CREATE")
    answer = await log_in(visitor, provider)
    assert answer.status_code == 403
    assert "does not know ann" in answer.json["detail"]


async def test_a_name_proves_nothing(visitor: ASGIConductor, provider: Provider) -> None:
    provider.claims["preferred_username"] = "Root"
    answer = await log_in(visitor, provider)
    assert answer.status_code == 403
    assert "Another user is called root" in answer.json["detail"]


async def test_groups_give_roles_and_take_them_back(
    visitor: ASGIConductor, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGBOX_OIDC_ROLES", "readers=viewer, staff=editor,keepers=admin")
    for groups, role in (
        (["staff", "readers"], "editor"),
        (["keepers"], "admin"),
        ("readers", "viewer"),
    ):
        provider.claims["groups"] = groups
        found = await session(visitor, await log_in(visitor, provider))
        assert found["role"] == role
    provider.claims["groups"] = ["others"]
    answer = await log_in(visitor, provider)
    assert answer.status_code == 403
    assert "None of your groups" in answer.json["detail"]


async def test_the_provider_is_asked_again_after_a_day_however_much_a_log_in_is_used(
    visitor: ASGIConductor, provider: Provider, conn: AsyncConnection
) -> None:
    answer = await log_in(visitor, provider)
    headers = {"Cookie": f"longbox={answer.cookies['longbox'].value}"}
    pass_by = text("""UPDATE sessions SET seen_at = seen_at - CAST(:time AS interval),
                                         expires_at = expires_at - CAST(:time AS interval),
                                         ends_at = ends_at - CAST(:time AS interval)""")
    for hours, status in ((12, 200), (11, 200), (2, 401)):
        await conn.execute(pass_by, {"time": f"{hours} hours"})
        await conn.commit()
        assert (await visitor.simulate_get("/api/files", headers=headers)).status_code == status


async def test_groups_are_asked_for_where_they_matter_and_have_a_scope_of_their_own(
    visitor: ASGIConductor, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for roles, scopes, asked in (
        ("staff=editor", ["openid", "groups"], "openid profile email groups"),
        ("staff=editor", ["openid"], "openid profile email"),
        ("staff=editor", None, "openid profile email groups"),
        ("", ["openid", "groups"], "openid profile email"),
    ):
        monkeypatch.setenv("LONGBOX_OIDC_ROLES", roles)
        provider.document = {"scopes_supported": scopes}
        await begin(visitor, provider)
        assert [request["scope"] for request in provider.codes.values()][-1] == asked


async def test_a_token_may_leave_names_and_groups_to_the_address_that_tells_of_users(
    visitor: ASGIConductor, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGBOX_OIDC_ROLES", "staff=editor")
    provider.document = {"userinfo_endpoint": f"{provider.issuer}/userinfo"}
    provider.claims = {"sub": "1"}
    provider.told = {"sub": "1", "preferred_username": "ann", "groups": ["staff"]}
    found = await session(visitor, await log_in(visitor, provider))
    assert (found["name"], found["role"]) == ("ann", "editor")
    provider.told["sub"] = "2"
    answer = await log_in(visitor, provider)
    assert answer.status_code == 403
    assert "another user" in answer.json["detail"]


async def test_what_a_token_says_is_believed_first_and_asked_for_nowhere_else(
    visitor: ASGIConductor, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGBOX_OIDC_ROLES", "staff=editor,keepers=admin")
    provider.document = {"userinfo_endpoint": f"{provider.issuer}/userinfo"}
    provider.told = {"sub": "another"}
    provider.claims["groups"] = ["staff"]
    found = await session(visitor, await log_in(visitor, provider))
    assert (found["name"], found["role"]) == ("ann", "editor")
    del provider.claims["preferred_username"]
    provider.told = {"sub": "1", "preferred_username": "eve", "groups": ["keepers"]}
    found = await session(visitor, await log_in(visitor, provider))
    assert found["role"] == "editor"


@pytest.mark.parametrize("written", ["", "/"])
async def test_an_issuer_may_have_a_slash_behind_it(
    visitor: ASGIConductor, provider: Provider, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    provider.document = {"issuer": f"{provider.issuer}/"}
    monkeypatch.setenv("LONGBOX_OIDC_ISSUER", f"{provider.issuer}{written}")
    assert (await log_in(visitor, provider)).status_code == 303


async def test_who_is_disabled_stays_out(visitor: ASGIConductor, provider: Provider) -> None:
    found = await session(visitor, await log_in(visitor, provider))
    admin = await visitor.simulate_post("/api/login", json=ADMIN)
    disabled = await visitor.simulate_patch(
        f"/api/users/{found['user']}",
        json={"disabled": True},
        headers={"Cookie": f"longbox={admin.cookies['longbox'].value}"},
    )
    assert disabled.status_code == 200, disabled.text
    assert (await log_in(visitor, provider)).status_code == 403


@pytest.mark.parametrize("back", ["//elsewhere.example", "https://elsewhere.example", "?\\x y"])
async def test_nobody_is_sent_to_another_site(
    visitor: ASGIConductor, provider: Provider, back: str
) -> None:
    answer = await visitor.simulate_get("/api/oidc/login", params={"back": back})
    assert answer.status_code == 400
    assert provider.issuer not in answer.headers.get("location", "")


async def test_a_provider_that_is_away_is_told(
    visitor: ASGIConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await visitor.simulate_get("/api/oidc/login")).status_code == 404
    assert not (await visitor.simulate_get("/api/session")).json["oidc"]
    monkeypatch.setenv("LONGBOX_OIDC_ISSUER", "http://127.0.0.1:1")
    monkeypatch.setenv("LONGBOX_OIDC_CLIENT_ID", CLIENT)
    answer = await visitor.simulate_get("/api/oidc/login")
    assert answer.status_code == 503
    assert (await visitor.simulate_get("/api/session")).json["oidc"]


async def test_a_provider_that_calls_itself_otherwise_is_told_by_both_names(
    visitor: ASGIConductor, provider: Provider
) -> None:
    provider.document = {"issuer": "https://login.example"}
    answer = await visitor.simulate_get("/api/oidc/login")
    assert answer.status_code == 503
    assert provider.issuer in answer.json["detail"]
    assert "https://login.example" in answer.json["detail"]


WRONG = {
    "LONGBOX_OIDC_ISSUER": "http://elsewhere.example",
    "LONGBOX_OIDC_CLIENT_ID": "",
    "LONGBOX_OIDC_CLIENT_SECRET_FILE": "/nowhere",
    "LONGBOX_OIDC_ROLES": "staff=boss",
}


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize("name", WRONG)
def test_what_is_set_wrongly_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, WRONG[name])
    with pytest.raises(SystemExit, match=name):
        create_app()


def test_a_name_is_one_that_users_may_have() -> None:
    assert openid.name_in({"name": " Ann\tof \x00 Green\n", "sub": "1"}) == "Ann of Green"
