"""What a caller of some libraries sees and changes: their own, and nothing of the others."""

from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from falcon.asgi import Response
from falcon.testing import ASGIConductor, create_asgi_req
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, rights
from db.callers import Caller
from db.tables import metadata
from functions import hub as hubs
from functions import streams
from functions.guard import Guard
from functions.hub import end_streams
from tests.conftest import Shelve
from tests.functions.asking import Asker, Target, add_user, targets
from tests.functions.following import following, work

# What tells of no comic. `fences` are only looked at by a list that has the very same signature.
SHARED = {"fences", "settings", "preferences", "users", "sessions", "tokens", "tries"}
FOR_ADMINS = {"audit", "figures"}

# Who works at the others' library; all that is found there says "secret", and nothing else does.
DONE = {"before": {"path": "Secret/0.cbz"}, "after": {"path": "Secret/0.cbz", "title": "Secret"}}
SECRET: dict[str, Any] = {"library": "/secret", "series": "Secret", "publisher": "Secret"}


class World:
    """Two libraries, an editor of the first, and an admin who has worked in the second."""

    def __init__(self, client: ASGIConductor, conn: AsyncConnection, shelve: Shelve) -> None:
        self.client = client
        self.conn = conn
        self.shelve = shelve

    async def furnish(self) -> None:
        """Put comics on the shelves, and have the admin do something of each kind."""
        self.mine = await self.shelve(["Saga/1.cbz", "Saga/2.cbz"], library="/mine", series="Saga")
        self.others = await self.shelve([f"Secret/{n}.cbz" for n in range(4)], **SECRET)
        self.others += await self.shelve(["Secret/bad.cbz"], fault="Secret.", **SECRET)
        self.others += await self.shelve(["Secret/gone.cbz"], missing=True, **SECRET)
        await self.conn.execute(text("INSERT INTO twins SELECT 'pages', 'a', id FROM files"))
        await self.conn.commit()
        self.editor = Asker(self.client, await add_user(self.conn, "editor", "editor", [1]))
        self.admin = Asker(self.client, await add_user(self.conn, "admin", "admin"))
        self.batch = await self.make(self.admin, files=self.others)
        await work(self.conn, **DONE)
        waiting = await self.make(self.admin, files=self.others)
        await self.admin.ask("POST", "/api/active-job", json={"job_id": waiting["key"]})
        await self.admin.ask("POST", "/api/scans", json={"library": 2})

    async def make(self, asker: Asker, kind: str = "rename", **more: object) -> Any:  # noqa: ANN401
        """Have somebody make a batch, and return it."""
        answer = await asker.ask("POST", "/api/batches", json={"kind": kind, **more})
        assert answer.status_code == 201, answer.text
        return answer.json

    def targets(self, *roles: str) -> list[Target]:
        """Return the routes for these roles, filled with what is not the editor's."""
        known = {
            "file_id": self.others[0],
            "batch_id": self.batch["id"],
            "library_id": 2,
            "scan_id": 1,
            "key": self.batch["key"],
            "number": 1,
            "path": "Secret/0.cbz",
            "user_id": 2,
            "token_id": 2,
        }
        return [one for one in targets(known) if one.function.ROLE in roles]


@pytest.fixture
async def world(client: ASGIConductor, conn: AsyncConnection, shelve: Shelve) -> World:
    """Have the two libraries."""
    world = World(client, conn, shelve)
    await world.furnish()
    return world


COLUMNS = """
    SELECT relname::text, array_agg(attname::text)
      FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
     WHERE relnamespace = 'narrowed'::regnamespace AND attnum > 0 GROUP BY relname
"""


def test_every_table_has_a_view_of_all_its_columns_or_is_known_to_tell_of_no_comic(
    url: URL,
) -> None:
    with psycopg.connect(engine.conninfo(url)) as conn:
        views = {name: set(columns) for name, columns in conn.execute(COLUMNS)}
    tables = {name: set(table.columns.keys()) for name, table in metadata.tables.items()}
    assert views == {name: tables[name] for name in set(tables) - SHARED - FOR_ADMINS}


async def test_no_answer_tells_of_another_library_or_of_what_others_do(world: World) -> None:
    end_streams()
    for target in world.targets("viewer", "editor"):
        if target.method != "GET":
            continue
        answer = await world.editor.ask("GET", target.path)
        assert answer.status_code < 500, target
        assert "secret" not in answer.text.replace(target.path, "").lower(), target
        if target.names_something:
            assert answer.status_code == 404, target
            assert (await world.admin.ask("GET", target.path)).status_code != 404, target


# All of it that is not the editor's, in one number.
OTHERS = text("""
    SELECT md5(string_agg(part, ';' ORDER BY part)) FROM (
        SELECT f::text AS part FROM files AS f WHERE library_id = 2
        UNION ALL SELECT l::text FROM libraries AS l
        UNION ALL SELECT s::text FROM scans AS s WHERE library_id = 2
        UNION ALL SELECT b::text FROM batches AS b WHERE user_id = 2
        UNION ALL SELECT i::text FROM batch_items AS i JOIN batches AS b ON b.id = batch_id
                   WHERE user_id = 2
        UNION ALL SELECT s::text FROM batch_slices AS s JOIN batches AS b ON b.id = batch_id
                   WHERE user_id = 2
        UNION ALL SELECT a::text FROM active_job AS a
        UNION ALL SELECT c::text FROM counts AS c WHERE library_id = 2) AS parts
""")


async def test_nothing_of_others_is_changed_whatever_is_asked_for(world: World) -> None:
    """What is not theirs is not there: what is named by its id or path is answered with 404."""
    end_streams()
    before = await world.conn.scalar(OTHERS)
    bodies: dict[str, Any] = {
        "create_batch": {"kind": "delete", "files": world.others},
        "change_active_job": {"job_id": world.batch["key"]},
        "change_tags_of_file": {"title": "Mine"},
        "change_tags_of_files": {"files": ["Secret/1.cbz"], "tags": {"title": "Mine"}},
        "process_selected": {"files": ["Secret/1.cbz", "/secret/Secret/2.cbz"]},
        "start_job_of_selected": {"files": ["Secret/1.cbz"]},
        "start_scan": {"library": 2},
    }
    for target in world.targets("editor"):
        body = bodies.get(target.name, {})
        answer = await world.editor.ask(target.method, target.path, json=body)
        if target.names_something:
            assert answer.status_code in {400, 404, 409}, (target, answer.text)
            assert "secret" not in answer.text.replace(target.path, "").lower(), target
        assert await world.conn.scalar(OTHERS) == before, target
    await world.make(world.editor, kind="mark", filter={})
    assert await world.conn.scalar(OTHERS) == before


async def test_what_is_added_up_is_of_their_libraries(world: World) -> None:
    page = await world.editor.json("/api/files")
    assert [file["id"] for file in page["files"]] == world.mine
    assert (page["total_files"], page["unmarked_count"]) == (2, 2)
    facets = await world.editor.json("/api/facets")
    assert facets["series"] == [{"value": "Saga", "files": 2}]
    assert facets["total_files"] == 2
    assert (await world.editor.json("/api/folders"))["files"] == 2
    assert (await world.editor.json("/api/scan-unmarked"))["total_count"] == 2
    assert [one["id"] for one in (await world.editor.json("/api/libraries"))["libraries"]] == [1]
    assert (await world.admin.json("/api/files"))["total_files"] == 7


async def test_they_do_in_theirs_whatever_an_editor_may(world: World) -> None:
    await world.make(world.editor, kind="mark", filter={})
    page = await world.editor.json("/api/files", filter="marked")
    assert (page["total_files"], page["unmarked_count"]) == (2, 0)
    made = await world.make(world.editor, files=[*world.mine, *world.others])
    assert made["total"] == 2
    await work(world.conn, before={"path": "Saga/1.cbz"}, after={"path": "Saga/One.cbz"})
    shown = await world.editor.json("/api/batches")
    assert [one["kind"] for one in shown["batches"]] == ["rename", "mark"]
    items = await world.editor.json(f"/api/batches/{made['id']}/items", state="all")
    assert [one["file"] for one in items["items"]] == world.mine
    undone = await world.editor.ask("POST", f"/api/files/{world.mine[0]}/undo", json={})
    assert undone.json["total"] == 1, undone.text
    scan = await world.editor.ask("POST", "/api/scans", json={})
    assert [one["library"] for one in scan.json["scans"]] == [1]


async def test_a_job_of_another_stays_the_active_one_until_it_ends(world: World) -> None:
    made = await world.make(world.editor, files=world.mine)
    chosen = {"job_id": made["key"]}
    assert (await world.editor.ask("POST", "/api/active-job", json=chosen)).status_code == 404
    await work(world.conn)
    made = await world.make(world.editor, files=world.mine)
    chosen = {"job_id": made["key"]}
    assert (await world.editor.ask("POST", "/api/active-job", json=chosen)).status_code == 200
    assert (await world.editor.json("/api/active-job"))["job_id"] == made["key"]


async def test_a_batch_of_a_library_that_is_taken_away_tells_no_more_of_it(world: World) -> None:
    moved = Asker(world.client, await add_user(world.conn, "moved", "editor", [1, 2]))
    made = await world.make(moved, files=[world.mine[0], world.others[0]])
    await work(world.conn, **DONE)
    await world.conn.execute(text("UPDATE users SET libraries = '{1}' WHERE name = 'moved'"))
    await world.conn.commit()
    items = await moved.json(f"/api/batches/{made['id']}/items", state="all")
    assert [one["file"] for one in items["items"]] == [world.mine[0]]
    history = await moved.json("/api/processing-history")
    assert [one["file"] for one in history["history"]] == [world.mine[0]]


async def test_lists_of_some_libraries_are_the_whole_list_without_the_others(world: World) -> None:
    """By number and by cursor, sorted, searched and narrowed down."""
    await world.shelve([f"Saga/{n}.cbz" for n in range(10, 30)], library="/third", series="Saga")
    every = (await world.admin.json("/api/files", per_page=500))["files"]
    theirs = [file["id"] for file in every if file["series"] == "Saga"]
    libraries = {file["library"] for file in every if file["series"] == "Saga"}
    headers = await add_user(world.conn, "reader", "viewer", sorted(libraries))
    reader = Asker(world.client, headers)
    questions: list[dict[str, Any]] = [{}, {"search": "aga"}, {"series": "Saga"}, {"fault": False}]
    for asked in questions:
        for page in (1, 2, 3):
            found = await reader.json("/api/files", per_page=10, page=page, **asked)
            ids = [file["id"] for file in found["files"]]
            assert ids == theirs[page * 10 - 10 : page * 10], (asked, page)
            assert found["total_files"] == len(theirs) == 22
        by_cursor = await reader.json("/api/files", per_page=10, **asked)
        behind = await reader.json("/api/files", per_page=10, after=by_cursor["next"], **asked)
        assert [file["id"] for file in behind["files"]] == theirs[10:20], asked
    whole = await reader.json("/api/files", per_page=-1)
    assert [file["id"] for file in whole["files"]] == theirs
    assert (await reader.json("/api/files", library=2))["files"] == []


async def test_who_has_no_library_sees_none(world: World) -> None:
    nothing = Asker(world.client, await add_user(world.conn, "new", "viewer", []))
    assert (await nothing.json("/api/files"))["total_files"] == 0
    assert (await nothing.json("/api/libraries"))["libraries"] == []


async def test_a_list_that_they_have_is_still_good(world: World) -> None:
    first = await world.editor.ask("GET", "/api/files")
    known = {**world.editor.headers, "If-None-Match": first.headers["ETag"]}
    again = Asker(world.client, known)
    assert (await again.ask("GET", "/api/files")).status_code == 304
    await world.make(world.editor, kind="mark", files=world.mine)
    assert (await again.ask("GET", "/api/files")).status_code == 200


async def test_a_request_sees_nothing_by_the_rights_of_the_one_before() -> None:
    """A connection to a client is one task, in which requests follow one another."""
    rights.narrow(Caller(user=1, role="viewer", libraries=(1,)))
    req = create_asgi_req()
    req.context.client = "127.0.0.1"
    await Guard().process_resource(req, Response(), SimpleNamespace(functions={}), {})
    assert rights.narrowed() is None


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notice soon that a client has gone."""
    monkeypatch.setattr(streams, "QUIET", 0.1)
    monkeypatch.setattr(hubs, "LOOK", 60)


@pytest.mark.usefixtures("hasty")
async def test_a_stream_tells_them_of_their_batches_and_others_of_all(world: World) -> None:
    """The stream of the narrowed caller is the first, and sets off what listens for all."""
    stream = "/api/events/stream"
    async with (
        following(world.client, stream, headers=world.editor.headers) as theirs,
        following(world.client, stream, headers=world.admin.headers) as all_of_them,
    ):
        first = await world.make(world.admin, kind="mark", files=world.others[:1])
        second = await world.make(world.editor, kind="mark", files=world.mine)
        told = await theirs.until(lambda events: events)
        assert {event.data["data"]["batch"] for event in told} == {second["id"]}
        wanted = {first["id"], second["id"]}
        await all_of_them.until(
            lambda events: wanted <= {event.data["data"]["batch"] for event in events}
        )


async def test_without_the_views_nothing_is_shown_at_all(world: World) -> None:
    await world.conn.execute(text("ALTER SCHEMA narrowed RENAME TO gone"))
    await world.conn.commit()
    try:
        answers = [await world.editor.ask("GET", path) for path in ("/api/files", "/api/libraries")]
        assert [answer.status_code for answer in answers] == [503, 503]
    finally:
        await world.conn.execute(text("ALTER SCHEMA gone RENAME TO narrowed"))
        await world.conn.commit()
