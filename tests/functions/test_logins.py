"""Who gets in: set-up, log-in and log-out, and what ends a session."""

import asyncio
from typing import Any

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from functions import logins, passwords
from tests.conftest import Shelve
from tests.functions.browser import ADMIN, cookie, log_in, role, set_up
from tests.functions.following import following, joined

NOT_AT_ALL = {"name": "Marko", "password": "wings of glass"}
WRONG = {"name": "Alana", "password": "wings of brass"}


async def test_while_there_is_no_user_anybody_may_do_everything(client: ASGIConductor) -> None:
    session = (await client.simulate_get("/api/session")).json
    assert session == {
        "user": None,
        "name": "",
        "role": "admin",
        "libraries": None,
        "setup_needed": True,
        "login_needed": False,
        "oidc": False,
    }
    assert (await client.simulate_get("/api/users")).json == {"users": []}


async def test_once_there_is_a_user_nobody_else_gets_in(client: ASGIConductor) -> None:
    mine = await set_up(client)
    for path in ("/api/files", "/api/settings", "/api/users"):
        refused = await client.simulate_get(path)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert (await client.simulate_get(path, headers=mine)).status_code == 200
    told = (await client.simulate_get("/api/session")).json
    assert (told["role"], told["login_needed"], told["setup_needed"]) == ("nobody", True, False)


@pytest.mark.parametrize(
    "strange",
    [
        {"remote_addr": "192.0.2.7"},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"host": "rebound.example"},
    ],
    ids=["from elsewhere", "through a proxy", "by a name that leads here"],
)
async def test_a_stranger_is_never_anybody(
    client: ASGIConductor, monkeypatch: pytest.MonkeyPatch, strange: dict[str, Any]
) -> None:
    monkeypatch.delenv("LONGBOX_ALLOW_ANONYMOUS")
    here: dict[str, Any] = {"remote_addr": "127.0.0.1", "host": "localhost"}
    assert (await client.simulate_get("/api/files", **here)).status_code == 200
    asked = here | strange
    assert (await client.simulate_get("/api/files", **asked)).status_code == 401
    assert (await client.simulate_post("/api/setup", json=ADMIN, **asked)).status_code == 403
    assert (await client.simulate_post("/api/setup", json=ADMIN, **here)).status_code == 201


async def test_two_who_set_up_at_once_make_one_admin(client: ASGIConductor) -> None:
    wishes = [ADMIN | {"name": f"Alana {number}"} for number in range(4)]
    answers = await asyncio.gather(
        *(client.simulate_post("/api/setup", json=wish) for wish in wishes)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    (first,) = (cookie(answer) for answer in answers if answer.status_code == 201)
    users = (await client.simulate_get("/api/users", headers=first)).json["users"]
    assert [user["role"] for user in users] == ["admin"]


async def test_a_name_is_known_however_it_is_written_and_a_password_only_as_it_is(
    client: ASGIConductor,
) -> None:
    await set_up(client)
    found = await log_in(client, {"name": "\uff41LANA", "password": ADMIN["password"]})
    assert (found.status_code, found.json["name"], found.json["role"]) == (200, "Alana", "admin")
    assert (await role(client, cookie(found))) == "admin"
    assert (await log_in(client, ADMIN | {"password": "Wings of glass"})).status_code == 401


async def test_a_wrong_name_and_a_wrong_password_are_answered_alike(
    client: ASGIConductor, conn: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each compares one hash, which is all that takes time."""
    await set_up(client)
    await conn.execute(
        text("INSERT INTO users (name, name_key, role) VALUES ('Izabel', 'izabel', 'viewer')")
    )
    await conn.commit()
    compared: list[str] = []
    compare = passwords.compare

    def count(password: str, known: str) -> bool:
        compared.append(known.rpartition("$")[0].rpartition("$")[0])
        return compare(password, known)

    monkeypatch.setattr(passwords, "compare", count)
    tried = (WRONG, NOT_AT_ALL, {"name": "Izabel", "password": "wings of glass"})
    answers = [await log_in(client, each) for each in tried]
    assert {answer.status_code for answer in answers} == {401}
    bodies = [{**answer.json, "request_id": ""} for answer in answers]
    assert bodies == [bodies[0]] * 3
    assert compared == ["$argon2id$v=19$m=19456,t=2,p=1"] * 3


async def test_a_password_is_kept_as_a_hash_and_a_session_as_another(
    client: ASGIConductor, conn: AsyncConnection
) -> None:
    mine = await set_up(client)
    secret = mine["Cookie"].partition("=")[2]
    kept = (await conn.execute(text("SELECT users, sessions FROM users, sessions"))).one()
    assert ADMIN["password"] not in str(kept)
    assert secret not in str(kept)
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in str(kept)


async def test_over_https_the_cookie_is_of_this_host_alone(client: ASGIConductor) -> None:
    await set_up(client)
    plain = (await log_in(client, ADMIN)).headers["Set-Cookie"]
    assert plain.startswith("longbox=")
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    answer = await log_in(client, ADMIN, protocol="https")
    guarded = answer.headers["Set-Cookie"]
    assert guarded.startswith("__Host-longbox=")
    for word in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"):
        assert word in guarded
    shown = {"Cookie": f"longbox={answer.cookies['__Host-longbox'].value}"}
    planted = await client.simulate_get("/api/session", headers=shown, protocol="https")
    assert planted.json["role"] == "nobody"


async def test_who_logs_out_is_out_in_this_browser_or_in_all(client: ASGIConductor) -> None:
    await set_up(client)
    one, two, three = [cookie(await log_in(client, ADMIN)) for _ in range(3)]
    out = await client.simulate_post("/api/logout", headers=one)
    assert out.status_code == 204
    assert out.cookies["longbox"].max_age == -1
    assert [await role(client, each) for each in (one, two, three)] == ["nobody", "admin", "admin"]
    await client.simulate_post("/api/logout-everywhere", headers=two)
    assert [await role(client, each) for each in (two, three)] == ["nobody", "nobody"]
    assert (await client.simulate_post("/api/logout")).status_code == 204


async def test_a_new_password_ends_all_other_sessions(client: ASGIConductor) -> None:
    other = await set_up(client)
    mine = cookie(await log_in(client, ADMIN))
    new = {"current": ADMIN["password"], "password": "wings of brass"}
    wrong = new | {"current": "wings of wood"}
    refused = await client.simulate_post("/api/password", json=wrong, headers=mine)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (400, "/current")
    answer = await client.simulate_post("/api/password", json=new, headers=mine)
    assert answer.status_code == 204
    assert [await role(client, each) for each in (mine, other)] == ["admin", "nobody"]
    assert (await log_in(client, ADMIN)).status_code == 401
    assert (await log_in(client, WRONG)).status_code == 200


async def test_a_session_lasts_while_it_is_used_and_is_seldom_written_down(
    client: ASGIConductor, conn: AsyncConnection
) -> None:
    mine = await set_up(client)

    async def left() -> tuple[float, str]:
        """Return the days that are left, and which version of the row that is."""
        asked = "SELECT extract(epoch FROM expires_at - now()) / 86400, xmin::text FROM sessions"
        days, version = (await conn.execute(text(asked))).one()
        await conn.commit()
        return round(days), version

    async def age(interval: str) -> None:
        shift = """UPDATE sessions SET seen_at = seen_at - CAST(:by AS interval),
                                       expires_at = now() + interval '1 day'"""
        await conn.execute(text(shift), {"by": interval})
        await conn.commit()

    await age("4 minutes")
    before = await left()
    assert await role(client, mine) == "admin"
    assert (await client.simulate_get("/api/settings", headers=mine)).status_code == 200
    assert await left() == before
    await age("2 minutes")
    for path in ("/api/settings", "/api/files"):
        assert (await client.simulate_get(path, headers=mine)).status_code == 200
    assert (await left())[0] == 30
    await conn.execute(text("UPDATE sessions SET expires_at = now()"))
    await conn.commit()
    assert (await client.simulate_get("/api/files", headers=mine)).status_code == 401


async def test_wrong_log_ins_are_refused_by_name_and_by_address_and_right_ones_are_not(
    client: ASGIConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up(client)
    monkeypatch.setattr(logins, "BURST", 2)
    monkeypatch.setattr(logins, "PER_MINUTE", 0.001)
    here, there, beside = ({"remote_addr": f"2001:db8:{host}"} for host in ("1::1", "2::1", "2::2"))
    for _ in range(3):
        assert (await log_in(client, ADMIN, **here)).status_code == 200
    for _ in range(2):
        assert (await log_in(client, WRONG, **here)).status_code == 401
    refused = await log_in(client, ADMIN, **there)
    assert (refused.status_code, refused.json["title"]) == (429, "Too many wrong log-ins")
    assert "Retry-After" in refused.headers
    for number in range(2):
        tried = NOT_AT_ALL | {"name": f"Marko {number}"}
        assert (await log_in(client, tried, **there)).status_code == 401
    for who, where in ((NOT_AT_ALL, beside), (NOT_AT_ALL, here)):
        assert (await log_in(client, who, **where)).status_code == 429
    assert (await log_in(client, NOT_AT_ALL, remote_addr="192.0.2.1")).status_code == 401


async def test_many_who_try_at_once_have_no_more_tries(
    client: ASGIConductor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up(client)
    monkeypatch.setattr(logins, "BURST", 3)
    monkeypatch.setattr(logins, "PER_MINUTE", 0.001)
    answers = await asyncio.gather(*(log_in(client, WRONG) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [401] * 3 + [429] * 5


async def test_a_stream_ends_with_the_session_that_it_was_opened_in(
    client: ASGIConductor, monkeypatch: pytest.MonkeyPatch, shelve: Shelve
) -> None:
    monkeypatch.setattr("functions.streams.AGAIN", 0.0)
    await shelve(1)
    mine = await set_up(client)
    other = cookie(await log_in(client, ADMIN))

    async def mark() -> None:
        wish = {"kind": "mark", "filter": {}}
        await client.simulate_post("/api/batches", json=wish, headers=other)

    async with following(client, "/api/events/stream", headers=mine) as stream:
        await mark()
        events = len(await stream.so_many(1))
        await client.simulate_post("/api/logout", headers=mine)
        await mark()
        async with asyncio.timeout(20):
            await joined(0)
        await stream.take()
        assert len(stream.events) == events


async def test_a_stranger_is_told_how_it_is_and_no_more(
    client: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(3, library="/nowhere")
    mine = await set_up(client)
    full = (await client.simulate_get("/health", headers=mine)).json
    assert (full["checks"]["watched_dir"], full["file_count"]) == (
        "error: /nowhere is not there",
        3,
    )
    told = (await client.simulate_get("/health")).json
    checks = full["checks"] | {"watched_dir": "error"}
    assert told == full | {"checks": checks, "file_count": 0}
