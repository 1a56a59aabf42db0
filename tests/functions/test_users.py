"""Users and tokens: what an admin does with users, and users with what acts for them."""

import asyncio
from typing import Any

import pytest
from falcon.testing import ASGIConductor, Result
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conftest import Shelve
from tests.functions.browser import ADMIN, Headers, cookie, log_in, role, set_up

EDITOR = {"name": "Barr", "role": "editor", "password": "needle and thread"}


@pytest.fixture
async def admin(client: ASGIConductor) -> Headers:
    """Be an admin."""
    return await set_up(client)


async def add(client: ASGIConductor, admin: Headers, **wanted: object) -> Result:
    """Add a user."""
    return await client.simulate_post("/api/users", json=EDITOR | wanted, headers=admin)


async def change(client: ASGIConductor, admin: Headers, user: int, **wanted: object) -> Result:
    """Change a user."""
    return await client.simulate_patch(f"/api/users/{user}", json=wanted, headers=admin)


async def test_a_user_is_added_changed_and_removed(
    client: ASGIConductor, admin: Headers, shelve: Shelve
) -> None:
    await shelve(1)
    answer = await add(client, admin, libraries=[1])
    assert (answer.status_code, answer.headers["Location"]) == (201, "users/2")
    user = answer.json
    assert (user["name"], user["role"], user["libraries"]) == ("Barr", "editor", [1])
    assert (user["has_password"], user["disabled_at"]) == (True, None)
    theirs = cookie(await log_in(client, {"name": "barr", "password": EDITOR["password"]}))
    told = (await client.simulate_get("/api/session", headers=theirs)).json
    assert (told["user"], told["role"], told["libraries"]) == (2, "editor", [1])
    changed = await change(client, admin, 2, name="Barr the Elder", role="viewer", libraries=None)
    assert changed.json == user | {"name": "Barr the Elder", "role": "viewer", "libraries": None}
    listed = (await client.simulate_get("/api/users", headers=admin)).json["users"]
    assert [one["name"] for one in listed] == ["Alana", "Barr the Elder"]
    assert (await client.simulate_delete("/api/users/2", headers=admin)).status_code == 204
    assert await role(client, theirs) == "nobody"
    assert (await client.simulate_delete("/api/users/2", headers=admin)).status_code == 404
    assert (await change(client, admin, 2)).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "status", "field"),
    [
        ({"name": "ALANA"}, 409, None),
        ({"name": " Barr"}, 400, "/name"),
        ({"name": "Barr\n"}, 400, "/name"),
        ({"name": "Barr\0"}, 400, "/name"),
        ({"name": "B" * 101}, 400, "/name"),
        ({"name": "\ufdfa" * 100}, 201, None),
        ({"password": "1234567"}, 400, "/password"),
        ({"role": "nobody"}, 400, "/role"),
        ({"libraries": [7]}, 400, "/libraries"),
        ({"libraries": [], "role": "admin"}, 400, "/libraries"),
        ({"libraries": []}, 201, None),
        ({"password": None}, 201, None),
    ],
)
async def test_who_cannot_be_a_user_is_told_why(
    client: ASGIConductor, admin: Headers, wanted: dict[str, Any], status: int, field: str | None
) -> None:
    answer = await add(client, admin, **wanted)
    assert answer.status_code == status, answer.text
    assert field is None or answer.json["errors"][0]["pointer"] == field


async def test_an_admin_is_always_left(client: ASGIConductor, admin: Headers) -> None:
    await add(client, admin)
    for wanted in ({"disabled": True}, {"role": "editor"}):
        assert (await change(client, admin, 1, **wanted)).status_code == 409
    assert (await client.simulate_delete("/api/users/1", headers=admin)).status_code == 409
    assert (await change(client, admin, 2, role="admin")).status_code == 200
    other = cookie(await log_in(client, {"name": "Barr", "password": str(EDITOR["password"])}))
    answers = await asyncio.gather(
        change(client, admin, 2, role="viewer"), change(client, other, 1, role="viewer")
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 403], [200, 409])


async def test_the_first_user_is_an_admin(client: ASGIConductor) -> None:
    assert (await add(client, {})).status_code == 409
    assert (await add(client, {}, role="admin")).status_code == 201


async def test_who_is_disabled_or_has_another_password_is_out_at_once_and_tokens_too(
    client: ASGIConductor, admin: Headers
) -> None:
    await add(client, admin)
    given = {"name": "Barr", "password": str(EDITOR["password"])}
    theirs = cookie(await log_in(client, given))
    made = await client.simulate_post("/api/tokens", json={"name": "curl"}, headers=theirs)
    shown = {"X-API-Key": made.json["secret"]}
    new = {"password": "thread and needle"}
    await change(client, admin, 2, **new)
    assert [await role(client, each) for each in (theirs, shown)] == ["nobody", "editor"]
    theirs = cookie(await log_in(client, given | new))
    await change(client, admin, 2, disabled=True)
    assert [await role(client, each) for each in (theirs, shown)] == ["nobody", "nobody"]
    refused = await log_in(client, given | new)
    assert refused.status_code == 401
    await change(client, admin, 2, disabled=False)
    assert [await role(client, each) for each in (theirs, shown)] == ["nobody", "editor"]


@pytest.mark.parametrize("header", [("Authorization", "bearer "), ("X-API-Key", "")])
async def test_a_token_may_what_it_and_its_user_may(
    client: ASGIConductor, conn: AsyncConnection, admin: Headers, header: tuple[str, str]
) -> None:
    wish = {"name": "A reader", "role": "editor", "days": 30}
    made = await client.simulate_post("/api/tokens", json=wish, headers=admin)
    assert made.status_code == 201
    secret = made.json["secret"]
    assert secret.startswith("longbox_")
    name, before = header
    shown = {name: before + secret}
    assert await role(client, shown) == "editor"
    assert (await client.simulate_get("/api/files", headers=shown)).status_code == 200
    assert (await client.simulate_get("/api/users", headers=shown)).status_code == 403
    for of_user, then in (("viewer", "viewer"), ("editor", "editor")):
        await conn.execute(text("UPDATE users SET role = :role"), {"role": of_user})
        await conn.commit()
        assert await role(client, shown) == then
    await conn.execute(text("UPDATE tokens SET expires_at = now()"))
    await conn.commit()
    assert (await client.simulate_get("/api/files", headers=shown)).status_code == 401


async def test_who_shows_a_wrong_token_is_nobody_whatever_the_cookie(
    client: ASGIConductor, admin: Headers
) -> None:
    for shown in ({"X-API-Key": "longbox_x"}, {"Authorization": "Bearer"}, {"X-API-Key": ""}):
        assert await role(client, admin | shown) == "nobody"
    assert await role(client, admin | {"Authorization": "Basic eA=="}) == "admin"


async def test_a_token_is_listed_with_its_last_use_and_never_shown_again(
    client: ASGIConductor, conn: AsyncConnection, admin: Headers
) -> None:
    made = await client.simulate_post("/api/tokens", json={"name": "curl"}, headers=admin)
    secret = made.json["secret"]
    listed = await client.simulate_get("/api/tokens", headers=admin)
    (token,) = listed.json["tokens"]
    assert (token["name"], token["user_name"], token["used_at"]) == ("curl", "Alana", None)
    assert secret not in listed.text
    assert secret not in str((await conn.execute(text("SELECT tokens FROM tokens"))).one())
    await conn.commit()
    for _ in range(2):
        await client.simulate_get("/api/libraries", headers={"X-API-Key": secret})
    (token,) = (await client.simulate_get("/api/tokens", headers=admin)).json["tokens"]
    assert token["used_at"]
    assert (await client.simulate_delete("/api/tokens/1", headers=admin)).status_code == 204
    assert await role(client, {"X-API-Key": secret}) == "nobody"


async def test_tokens_of_others_are_for_admins(client: ASGIConductor, admin: Headers) -> None:
    await add(client, admin)
    theirs = cookie(await log_in(client, {"name": "Barr", "password": str(EDITOR["password"])}))
    await client.simulate_post("/api/tokens", json={"name": "mine"}, headers=admin)
    await client.simulate_post("/api/tokens", json={"name": "theirs"}, headers=theirs)

    async def listed(who: Headers, **query: str) -> list[str] | int:
        answer = await client.simulate_get("/api/tokens", headers=who, params=query)
        names = answer.json.get("tokens", [])
        return [one["name"] for one in names] if answer.status_code == 200 else answer.status_code

    assert [await listed(admin), await listed(theirs)] == [["mine"], ["theirs"]]
    assert await listed(admin, everyone="true") == ["theirs", "mine"]
    assert await listed(theirs, everyone="true") == 403
    assert (await client.simulate_delete("/api/tokens/1", headers=theirs)).status_code == 404
    assert (await client.simulate_delete("/api/tokens/2", headers=admin)).status_code == 204


async def test_nobody_gets_more_by_a_token(client: ASGIConductor, admin: Headers) -> None:
    await add(client, admin)
    theirs = cookie(await log_in(client, {"name": "Barr", "password": str(EDITOR["password"])}))
    more = {"name": "more", "role": "admin"}
    refused = await client.simulate_post("/api/tokens", json=more, headers=theirs)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (400, "/role")
    made = await client.simulate_post(
        "/api/tokens", json={"name": "curl", "days": 1}, headers=theirs
    )
    shown = {"X-API-Key": made.json["secret"]}
    again = await client.simulate_post("/api/tokens", json={"name": "for ever"}, headers=shown)
    assert again.status_code == 403


async def test_while_there_is_no_user_nobody_has_tokens(client: ASGIConductor) -> None:
    assert (await client.simulate_get("/api/tokens")).json == {"tokens": []}
    answer = await client.simulate_post("/api/tokens", json={"name": "curl"})
    assert answer.status_code == 409


async def test_who_a_trusted_proxy_vouches_for_is_that_user(
    client: ASGIConductor, admin: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGBOX_TRUSTED_PROXIES", "192.0.2.0/24")
    monkeypatch.setenv("LONGBOX_USER_HEADER", "Remote-User")
    await add(client, admin, password=None)

    async def told(user: str, peer: str) -> str:
        headers = {"Remote-User": user}
        answer = await client.simulate_get("/api/session", headers=headers, remote_addr=peer)
        return str(answer.json["name"])

    assert await told("BARR", "192.0.2.1") == "Barr"
    assert [await told("BARR", "198.51.100.1"), await told("Marko", "192.0.2.1")] == ["", ""]
    await change(client, admin, 2, disabled=True)
    assert await told("Barr", "192.0.2.1") == ""


async def test_a_batch_tells_who_asked_for_it(
    client: ASGIConductor, conn: AsyncConnection, admin: Headers, shelve: Shelve
) -> None:
    await shelve(1)
    wish = {"kind": "mark", "filter": {}}
    assert (await client.simulate_post("/api/batches", json=wish, headers=admin)).status_code == 201
    await client.simulate_delete("/api/users/1", headers=admin)
    asked = "SELECT user_id, who FROM batches"
    assert (await conn.execute(text(asked))).all() == [(1, ADMIN["name"])]
