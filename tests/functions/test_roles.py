"""Who may call what: every route there is, asked by everybody, answers as its ROLE says."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, get_args

import psycopg
import pytest
import pytest_asyncio
from falcon.testing import ASGIConductor
from sqlalchemy import URL

from db import engine
from db.callers import RANKS
from db.tables import UserRole
from functions import roles
from functions.app import FUNCTIONS, create_app
from functions.callers import hashed
from functions.edge import SAFE
from functions.hub import end_streams
from tests.conftest import empty
from tests.functions.asking import Target, targets

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT: Final = Path(__file__).parents[2]

PEOPLE: Final = """
    INSERT INTO libraries (root, name) VALUES ('/comics', 'comics'), ('/others', 'others');
    INSERT INTO files (library_id, path, sort_key, size, mtime_ns, inode, fragment)
    VALUES (1, 'Saga/1.cbz', '', 1, 1, 1, '"}');
    INSERT INTO users (name, name_key, role, libraries, disabled_at) VALUES
        ('viewer', 'viewer', 'viewer', NULL, NULL), ('editor', 'editor', 'editor', NULL, NULL),
        ('admin', 'admin', 'admin', NULL, NULL), ('stranger', 'stranger', 'editor', '{2}', NULL),
        ('disabled', 'disabled', 'admin', NULL, now()), ('spare', 'spare', 'viewer', NULL, NULL),
        ('visitor', 'visitor', 'admin', NULL, NULL);
    INSERT INTO batches (kind, title, orders, state, user_id)
    VALUES ('rename', '', '{}', 'done', 3);
    INSERT INTO scans (library_id, state) VALUES (1, 'done');
"""
HOLDER: Final = """
    INSERT INTO tokens (key, user_id, name, role, expires_at)
    SELECT %s, id, '', role, CASE WHEN %s THEN now() - interval '1 second' END
      FROM users WHERE name = %s
"""
VISIT: Final = """
    INSERT INTO sessions (key, user_id, expires_at, agent)
    SELECT %s, id, now() + interval '1 hour', '' FROM users WHERE name = %s
"""

UNKNOWN: Final[dict[str, object]] = {
    **dict.fromkeys(("file_id", "batch_id", "library_id", "scan_id", "user_id", "token_id"), 999),
    "key": "00000000-0000-4000-8000-000000000000",
    "number": 1,
    "path": "Saga/9.cbz",
}


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def cookie(secret: str) -> dict[str, str]:
    return {"Cookie": f"longbox={secret}"}


ASKING: Final[dict[str, dict[str, str]]] = {
    "nobody": {},
    "expired": bearer("expired"),
    "disabled": cookie("disabled"),
    **{name: bearer(name) for name in ("viewer", "editor", "admin", "stranger")},
    "visitor": cookie("visitor"),
}


@pytest.fixture(scope="module")
def known(migrated: URL) -> Any:  # noqa: ANN401  an iterator
    """Have a library, everybody who may ask, and what a path may name; return the latter."""
    with psycopg.connect(engine.conninfo(migrated), autocommit=True) as conn:
        conn.execute(PEOPLE)
        for name in ("viewer", "editor", "admin", "stranger", "spare"):
            conn.execute(HOLDER, (hashed(name), False, name))
        conn.execute(HOLDER, (hashed("expired"), True, "admin"))
        for name in ("visitor", "disabled"):
            conn.execute(VISIT, (hashed(name), name))
        found = conn.execute("SELECT b.key, t.id FROM batches AS b, tokens AS t ORDER BY t.id")
        key, token = list(found)[4]
        ids = dict.fromkeys(("file_id", "batch_id", "library_id", "scan_id"), 1)
        yield {**UNKNOWN, **ids, "user_id": 6, "token_id": token, "key": key, "path": "Saga/1.cbz"}
    empty(migrated)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(migrated: URL) -> AsyncIterator[ASGIConductor]:
    """Ask the whole app; streams end at once."""
    async with ASGIConductor(create_app(migrated)) as client:
        end_streams()
        yield client


async def ask(app: ASGIConductor, target: Target, headers: dict[str, str]) -> Any:  # noqa: ANN401
    """Ask for this with a body that says nothing."""
    body: dict[str, Any] | None = None if target.method == "GET" else {}
    return await app.simulate_request(target.method, target.path, headers=headers, json=body)


def refused(answer: Any) -> int | None:  # noqa: ANN401  Falcon's
    """Return the status by which the guard or the edge has refused; None if a function answers."""
    said = answer.text if answer.status_code in {401, 403} else ""
    by_us = ("Log in first", "That takes the role", "A page of another site")
    return answer.status_code if any(words in said for words in by_us) else None


def due(role: str, needed: str) -> int | None:
    """Return the status by which somebody of this role is to be refused."""
    if needed == "anyone":
        return None
    if role == "nobody":
        return 401
    return None if RANKS[role] >= RANKS[needed] else 403


async def test_every_function_says_who_may_call_it() -> None:
    told = {name: getattr(function, "ROLE", None) for name, function in FUNCTIONS.items()}
    assert set(told.values()) <= {"anyone", *get_args(UserRole)}, told


async def test_the_table_in_docs_is_of_these_functions() -> None:
    """`make roles` writes it anew."""
    assert (ROOT / "docs" / "roles.md").read_text() == roles.describe(FUNCTIONS)


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("nobody", "nobody"),
        ("expired", "nobody"),
        ("disabled", "nobody"),
        ("viewer", "viewer"),
        ("editor", "editor"),
        ("stranger", "editor"),
        ("admin", "admin"),
    ],
)
async def test_each_route_lets_in_who_has_its_role_and_nobody_else(
    app: ASGIConductor, known: dict[str, object], who: str, role: str
) -> None:
    for target in targets(known):
        answer = await ask(app, target, ASKING[who])
        assert refused(answer) == due(role, target.function.ROLE), (target, answer.text)
        if refused(answer) == 401:
            assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_what_is_in_another_library_is_answered_like_what_is_not_there(
    app: ASGIConductor, known: dict[str, object]
) -> None:
    for there, nowhere in zip(targets(known), targets(UNKNOWN), strict=True):
        if there.names_something:
            asked = await ask(app, there, ASKING["stranger"])
            unknown = await ask(app, nowhere, ASKING["stranger"])
            assert asked.status_code == unknown.status_code, (there, asked.text)
            assert asked.status_code in {400, 403, 404, 409}, (there, asked.text)


async def test_a_page_of_another_site_changes_nothing_though_the_browser_sends_the_cookie(
    app: ASGIConductor, known: dict[str, object]
) -> None:
    foreign = ASKING["visitor"] | {"Sec-Fetch-Site": "cross-site"}
    for target in targets(known):
        expected = None if target.method in SAFE else 403
        assert refused(await ask(app, target, foreign)) == expected, target
