"""GET /api/audit: who changed what, told by the transaction that changes it."""

from pathlib import Path
from typing import Any

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit, batch_states, libraries
from db.engine import writing
from tests.conftest import Shelve
from tests.functions.conftest import Ask

AUDIT = "/api/audit"
PASSWORD = "correct horse battery"  # noqa: S105  of a test
ADMIN = {"name": "Ada", "password": PASSWORD}
OLDER = text("UPDATE audit SET at = at - make_interval(days => :days) WHERE subject = :subject")


async def do(client: ASGIConductor, method: str, path: str, **asked: Any) -> Any:  # noqa: ANN401  JSON
    """Ask for a change that is to be made."""
    answer = await client.simulate_request(method, path, **asked)
    assert answer.status_code < 300, answer.text
    return answer.json if answer.content else None


async def told(conn: AsyncConnection) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return all that was told, the first first."""
    found = await audit.page(conn, audit.Wanted(1_000))
    await conn.commit()
    return [(one.who, one.action, one.subject, one.details) for one in reversed(found)]


async def test_changes_of_users_and_tokens_are_told(
    client: ASGIConductor, conn: AsyncConnection
) -> None:
    await do(client, "POST", "/api/setup", json=ADMIN)
    wrong = await client.simulate_post("/api/login", json=ADMIN | {"password": "wrong"})
    strange = await client.simulate_post("/api/login", json={"name": PASSWORD, "password": "Ada"})
    assert (wrong.status_code, strange.status_code) == (401, 401)
    answer = await client.simulate_post("/api/login", json=ADMIN)
    session = {"Cookie": f"longbox={answer.cookies['longbox'].value}"}
    token = await do(client, "POST", "/api/tokens", json={"name": "reader"}, headers=session)
    user = {"name": "Bob", "role": "viewer", "password": PASSWORD}
    bob = (await do(client, "POST", "/api/users", json=user, headers=session))["id"]
    change = {"role": "editor", "password": f"{PASSWORD} staple"}
    await do(client, "PATCH", f"/api/users/{bob}", json=change, headers=session)
    await do(client, "DELETE", f"/api/users/{bob}", headers=session)
    await do(client, "DELETE", f"/api/tokens/{token['id']}", headers=session)
    for _ in range(2):  # the second time nobody is logged in
        await do(client, "POST", "/api/logout", headers=session)
    answer = await client.simulate_post("/api/login", json=ADMIN)
    session = {"Cookie": f"longbox={answer.cookies['longbox'].value}"}
    await do(client, "POST", "/api/logout-everywhere", headers=session)
    entries = await told(conn)
    assert entries == [
        ("", "user added", "Ada", {"role": "admin", "password": "changed"}),
        ("Ada", "logged in", "", {}),
        ("", "log-in refused", "Ada", {}),
        ("", "log-in refused", "", {}),
        ("Ada", "logged in", "", {}),
        ("Ada", "token added", "reader", {"token": 1, "role": "admin"}),
        ("Ada", "user added", "Bob", {"role": "viewer", "libraries": None, "password": "changed"}),
        ("Ada", "user changed", "Bob", {"role": "editor", "password": "changed"}),
        ("Ada", "user removed", "Bob", {}),
        ("Ada", "token removed", "reader", {"token": 1}),
        ("Ada", "logged out", "", {}),
        ("Ada", "logged in", "", {}),
        ("Ada", "logged out everywhere", "", {}),
    ]
    assert PASSWORD not in str(entries)
    assert token["secret"] not in str(entries)


async def test_changes_of_libraries_settings_and_comics_are_told(
    client: ASGIConductor, conn: AsyncConnection, shelve: Shelve, tmp_path: Path
) -> None:
    await shelve(2)
    await shelve(["Saga/gone.cbz"], missing=True)
    (tmp_path / "more").mkdir()
    more = {"root": str(tmp_path / "more")}
    number = (await do(client, "POST", "/api/libraries", json=more))["id"]
    await do(client, "PATCH", f"/api/libraries/{number}", json={"read_only": True})
    await do(client, "DELETE", f"/api/libraries/{number}?confirm=more")
    await do(client, "PATCH", "/api/settings", json={"scan_every_minutes": 5})
    for dry_run in (True, False):
        wanted: dict[str, Any] = {"kind": "mark", "filter": {}, "dry_run": dry_run}
        await do(client, "POST", "/api/batches", json=wanted)
    await do(client, "POST", "/api/batches/1/start")
    await do(client, "POST", "/api/batches/2/undo")
    await do(client, "POST", "/api/batches", json={"kind": "rename", "files": [1]})
    for change in ("pause", "resume", "cancel"):
        await do(client, "POST", f"/api/batches/4/{change}")
    await do(client, "DELETE", "/api/missing?confirm=true")
    entries = [entry[1:] for entry in await told(conn)]
    assert entries == [
        ("library added", "more", {"library": number, **more}),
        ("library changed", "more", {"library": number, "changes": {"read_only": True}}),
        ("library removed", "more", {"library": number}),
        ("settings changed", "scan_every_minutes", {"scan_every_minutes": 5}),
        ("batch started", "Mark as processed", {"batch": 2, "kind": "mark", "comics": 2}),
        ("batch started", "Mark as processed", {"batch": 1, "kind": "mark", "comics": 2}),
        (
            *("batch started", "Undo: Mark as processed"),
            {"batch": 3, "kind": "unmark", "comics": 2, "undoes": 2},
        ),
        ("batch started", "Rename", {"batch": 4, "kind": "rename", "comics": 1}),
        ("batch paused", "Rename", {"batch": 4}),
        ("batch resumed", "Rename", {"batch": 4}),
        ("batch cancelled", "Rename", {"batch": 4}),
        ("comics forgotten", "", {"comics": 1}),
    ]


async def test_what_is_rolled_back_is_not_told(
    client: ASGIConductor, conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(1)
    answer = await client.simulate_post("/api/batches/1/cancel")
    assert answer.status_code == 404
    async with writing() as own:
        await libraries.leave(own, 1)
        await own.rollback()
    assert not await batch_states.cancel(conn, 1)
    assert not await told(conn)


async def test_pages_go_back_by_cursor_and_by_action(ask: Ask, conn: AsyncConnection) -> None:
    for number in range(5):
        await audit.write(conn, "batch started", number)
        await audit.write(conn, "settings changed", by=audit.Asker(None, "Ada", "192.0.2.7"))
    await conn.commit()
    subjects: list[str] = []
    after: dict[str, Any] = {}
    while after.get("before", 1):
        page = await ask(AUDIT, limit=2, action="batch started", **after)
        subjects += [entry["subject"] for entry in page["entries"]]
        after = {"before": page["next"]}
    assert subjects == ["4", "3", "2", "1", "0"]
    (entry, *_) = (await ask(AUDIT, who="Ada", limit=1))["entries"]
    assert (entry["who"], entry["address"], entry["user"]) == ("Ada", "192.0.2.7", None)


async def test_what_is_older_is_forgotten_and_that_is_told(conn: AsyncConnection) -> None:
    for days in (400, 366, 364, 0):
        await audit.write(conn, "settings changed", days)
        await conn.execute(OLDER, {"days": days, "subject": str(days)})
    assert await audit.forget(conn, 365) == 2
    assert await audit.forget(conn, 365) == 0
    assert [entry[1:] for entry in await told(conn)] == [
        ("settings changed", "364", {}),
        ("settings changed", "0", {}),
        ("entries forgotten", "", {"entries": 2, "older_than_days": 365}),
    ]


async def test_who_is_removed_meanwhile_is_told_by_name(conn: AsyncConnection) -> None:
    await audit.write(conn, "settings changed", by=audit.Asker(99, "Ada"))
    (entry,) = await audit.page(conn, audit.Wanted(1))
    assert (entry.user, entry.who) == (None, "Ada")


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "before=0", "action=flew"])
async def test_a_wrong_question_is_told(client: ASGIConductor, query: str) -> None:
    assert (await client.simulate_get(AUDIT, query_string=query)).status_code == 400


async def test_the_functions_can_take_nothing_back(
    client: ASGIConductor, conn: AsyncConnection
) -> None:
    """Nobody who gets hold of the functions can hide what they did."""
    await client.simulate_get("/health/live")
    await audit.write(conn, "settings changed")
    await conn.commit()
    for statement in ("UPDATE audit SET who = 'Bob'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with writing() as own:
                await own.execute(text(statement))
