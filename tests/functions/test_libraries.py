"""Libraries over HTTP: adding, showing, changing and removing them, and every refusal."""

import asyncio
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from falcon.testing import ASGIConductor, Result
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import libraries, scans
from tests.conftest import Shelve


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    """Have a folder that could be a library."""
    (tmp_path / "comics").mkdir()
    return tmp_path / "comics"


async def add(client: ASGIConductor, root: Path | str, **known: object) -> Any:  # noqa: ANN401  JSON
    answer = await client.simulate_post("/api/libraries", json={"root": str(root), **known})
    assert answer.status_code == 201, answer.text
    return answer.json


async def change(client: ASGIConductor, library: int, **known: object) -> Any:  # noqa: ANN401  JSON
    answer = await client.simulate_patch(f"/api/libraries/{library}", json=known)
    assert answer.status_code == 200, answer.text
    return answer.json


def told(answer: Result) -> tuple[int, str, list[str]]:
    """Return the status, the sentence and the fields of a problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    fields = [error["pointer"] for error in answer.json.get("errors", [])]
    return answer.status_code, answer.json["detail"], fields


async def test_a_library_is_added_shown_and_listed_alike(
    client: ASGIConductor, comics: Path
) -> None:
    answer = await client.simulate_post("/api/libraries", json={"root": f"{comics}/"})
    assert answer.status_code == 201
    library = answer.json
    assert answer.headers["location"].endswith(f"libraries/{library['id']}")
    assert (library["name"], library["root"]) == ("comics", str(comics))
    assert library["files"] == library["missing"] == 0
    assert not library["read_only"]
    assert library["schedule"] is library["begun_at"] is None
    assert (library["watch"], library["watching"], library["excludes"]) == (False, "off", [])
    shown = await client.simulate_get(f"/api/libraries/{library['id']}")
    listed = await client.simulate_get("/api/libraries")
    assert [shown.json] == listed.json["libraries"] == [library]


async def test_a_library_is_kept_as_it_is_asked_for(client: ASGIConductor, comics: Path) -> None:
    known = {
        "name": "Mine & yours",
        "read_only": True,
        "schedule": "0 3 * * 1-5",
        "watch": True,
        "excludes": ["Extras/", "*.tmp.cbz"],
    }
    library = await add(client, comics, **known)
    assert {name: library[name] for name in known} == known


async def test_a_new_library_waits_for_its_first_scan(
    client: ASGIConductor, conn: AsyncConnection, comics: Path
) -> None:
    library = await add(client, comics, schedule="never")
    (waiting,) = await scans.queued(conn)
    assert (waiting.library, waiting.folder) == (library["id"], None)


async def test_whoever_scans_or_watches_is_told_at_once(
    client: ASGIConductor, conn: AsyncConnection, comics: Path
) -> None:
    await conn.execute(text("LISTEN scans"))
    await conn.execute(text("LISTEN libraries"))
    await conn.commit()
    library = await add(client, comics)
    await change(client, library["id"], watch=True)
    await client.simulate_delete(f"/api/libraries/{library['id']}?confirm=comics")
    driver: Any = (await conn.get_raw_connection()).driver_connection
    async with asyncio.timeout(5):
        heard = [one.channel async for one in driver.notifies(stop_after=6)]
    assert heard.count("libraries") == 3


@pytest.mark.parametrize(
    ("known", "field", "why"),
    [
        ({"root": "comics"}, "/root", "whole path"),
        ({"root": "/no/such/folder"}, "/root", "not a folder that can be read (No such file"),
        ({"root": __file__}, "/root", "not a folder that can be read (Not a directory"),
        ({"root": "/tmp/../tmp"}, "/root", "has a .. in it"),  # noqa: S108  nothing is written
        ({"root": "/a\0b"}, "/root", "whole path"),
        ({"root": 7}, "/root", "Expected `str`"),
        ({}, "", "missing required field `root`"),
        ({"name": ""}, "/name", "length >= 1"),
        ({"name": "a\0b"}, "/name", "NUL"),
        ({"read_only": "yes"}, "/read_only", "Expected `bool`"),
        ({"schedule": "daily"}, "/schedule", "write five fields"),
        ({"schedule": "61 * * * *"}, "/schedule", "Bad minute"),
        ({"schedule": ""}, "/schedule", "write five fields"),
        ({"excludes": ["!a"]}, "/excludes", "no glob brings back"),
        ({"excludes": ["a[b"]}, "/excludes", "stands alone"),
        ({"excludes": ["x"] * 201}, "/excludes", "length <= 200"),
        ({"colour": "red"}, "", "unknown field `colour`"),
    ],
)
async def test_what_cannot_be_a_library_is_refused_with_the_field_and_a_sentence(
    client: ASGIConductor, comics: Path, known: dict[str, Any], field: str, why: str
) -> None:
    body = known if "root" in known or not known else {"root": str(comics), **known}
    status, detail, fields = told(await client.simulate_post("/api/libraries", json=body))
    assert (status, fields) == (400, [field])
    assert why in detail
    assert (await client.simulate_get("/api/libraries")).json == {"libraries": []}


@pytest.mark.parametrize("other", ["comics", "comics/Image", "."])
async def test_a_folder_that_overlaps_with_another_library_is_refused(
    client: ASGIConductor, comics: Path, other: str
) -> None:
    (comics / "Image").mkdir()
    library = await add(client, comics)
    root = str(comics.parent / other)
    answer = await client.simulate_post("/api/libraries", json={"root": root})
    status, detail, _ = told(answer)
    assert status == 409
    assert f"the folder of library {library['id']}, overlap" in detail


async def test_a_folder_whose_name_only_begins_alike_is_not(
    client: ASGIConductor, tmp_path: Path
) -> None:
    """`Batman Beyond` is not in `Batman`: ajslater/codex#829 took it for that."""
    for name in ("Batman", "Batman Beyond"):
        (tmp_path / name).mkdir()
        await add(client, tmp_path / name)


async def test_of_two_requests_for_one_folder_the_second_is_refused(
    client: ASGIConductor, comics: Path
) -> None:
    (comics / "Image").mkdir()
    answers = await asyncio.gather(
        *(
            client.simulate_post("/api/libraries", json={"root": str(root)})
            for root in (comics, comics, comics / "Image")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_a_change_changes_what_it_names_and_nothing_else(
    client: ASGIConductor, comics: Path
) -> None:
    before = await add(client, comics, schedule="0 3 * * *", excludes=["a"])
    after = await change(client, before["id"], name="Other", watch=True)
    assert after == {**before, "name": "Other", "watch": True}
    assert await change(client, before["id"]) == after


async def test_a_new_schedule_holds_from_now_on(client: ASGIConductor, comics: Path) -> None:
    before = await add(client, comics)
    renamed = await change(client, before["id"], name="Other")
    assert renamed["scheduled_at"] == before["scheduled_at"]
    after = await change(client, before["id"], schedule="0 3 * * *")
    assert after["scheduled_at"] > before["scheduled_at"]
    assert (await change(client, before["id"], schedule=None))["schedule"] is None


@pytest.mark.parametrize(
    ("schedule", "has_next"), [("0 3 * * *", True), ("never", False), (None, True)]
)
async def test_the_next_scan_is_told(
    client: ASGIConductor, comics: Path, schedule: str | None, *, has_next: bool
) -> None:
    library = await add(client, comics, schedule=schedule)
    assert (library["next_scan_at"] is not None) == has_next
    if schedule:
        await client.simulate_patch("/api/settings", json={"scan_every_minutes": 0})
        shown = await client.simulate_get(f"/api/libraries/{library['id']}")
        assert shown.json["next_scan_at"] == library["next_scan_at"]


async def test_the_next_scan_is_told_from_the_last_of_the_whole_library(
    client: ASGIConductor, conn: AsyncConnection, comics: Path
) -> None:
    library = await add(client, comics)
    await conn.execute(
        text("""
            INSERT INTO scans (library_id, folder, state, started_at) VALUES
                (:library, NULL, 'done', '2026-05-01T12:00Z'),
                (:library, 'Image', 'done', '2026-05-02T12:00Z')
        """),
        {"library": library["id"]},
    )
    await conn.commit()
    shown = (await client.simulate_get(f"/api/libraries/{library['id']}")).json
    due = datetime.fromisoformat("2026-05-01T13:00Z")
    assert datetime.fromisoformat(shown["next_scan_at"]) == due


async def test_a_library_that_is_pointed_elsewhere_keeps_its_rows_and_is_scanned(
    client: ASGIConductor, conn: AsyncConnection, shelve: Shelve, comics: Path
) -> None:
    """gotson/komga#405: a root moves, and no mark is lost."""
    await shelve(3, library="/old/disk", marked=True)
    (library,) = await libraries.every(conn)
    await conn.commit()
    after = await change(client, library.id, root=str(comics))
    assert (after["root"], after["marked"]) == (str(comics), 3)
    assert [one.library for one in await scans.queued(conn)] == [library.id]


@pytest.mark.parametrize(
    ("known", "is_scanned"),
    [({"excludes": ["a"]}, True), ({"name": "Other", "read_only": True, "watch": True}, False)],
)
async def test_a_change_that_only_a_scan_shows_asks_for_one(
    client: ASGIConductor,
    conn: AsyncConnection,
    comics: Path,
    known: dict[str, Any],
    *,
    is_scanned: bool,
) -> None:
    library = await add(client, comics)
    await conn.execute(text("DELETE FROM scans"))
    await conn.commit()
    await change(client, library["id"], **known)
    assert bool(await scans.queued(conn)) == is_scanned


async def test_what_is_as_it_was_is_no_change_though_the_disk_is_away(
    client: ASGIConductor, conn: AsyncConnection, comics: Path
) -> None:
    before = await add(client, comics, excludes=["a"])
    await conn.execute(text("DELETE FROM scans"))
    await conn.commit()
    shutil.rmtree(comics)
    known = {"root": str(comics), "excludes": ["a"], "schedule": None}
    after = await change(client, before["id"], name="Other", **known)
    assert after == {**before, "name": "Other"}
    assert await scans.queued(conn) == []


async def test_a_library_cannot_be_pointed_at_what_is_not_there_or_is_anothers(
    client: ASGIConductor, comics: Path
) -> None:
    (comics / "a").mkdir()
    (comics / "b").mkdir()
    first = await add(client, comics / "a")
    second = await add(client, comics / "b")
    path = f"/api/libraries/{second['id']}"
    for root, expected in ((comics / "c", 400), (comics / "a", 409), (comics, 409)):
        answer = await client.simulate_patch(path, json={"root": str(root)})
        assert answer.status_code == expected, root
    assert (await client.simulate_get(path)).json == second
    (comics / "a" / "deeper").mkdir()
    moved = await change(client, first["id"], root=str(comics / "a" / "deeper"))
    assert moved["root"] == str(comics / "a" / "deeper")


async def test_a_library_is_only_removed_by_its_name_and_no_file_is(
    client: ASGIConductor, conn: AsyncConnection, comics: Path
) -> None:
    (comics / "1.cbz").write_bytes(b"PK")
    library = await add(client, comics, name="Mine & yours")
    path = f"/api/libraries/{library['id']}"
    for confirm in ("", "?confirm=mine", "?confirm=Mine"):
        status, detail, fields = told(await client.simulate_delete(path + confirm))
        assert (status, fields) == (400, ["/confirm"])
        assert "marks and history" in detail
    answer = await client.simulate_delete(path, params={"confirm": "Mine & yours"})
    assert (answer.status_code, answer.content) == (202, b"")
    assert (await client.simulate_get(path)).status_code == 404
    assert (await client.simulate_get("/api/libraries")).json == {"libraries": []}
    assert (comics / "1.cbz").exists()
    assert await libraries.leaving(conn) == [library["id"]]


async def test_a_folder_comes_back_as_a_new_library_while_the_old_one_still_leaves(
    client: ASGIConductor, comics: Path
) -> None:
    old = await add(client, comics)
    await client.simulate_delete(f"/api/libraries/{old['id']}?confirm=comics")
    new = await add(client, comics)
    assert new["id"] != old["id"]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_library_that_is_not_there_is_not_found(client: ASGIConductor, method: str) -> None:
    answer = await client.simulate_request(method, "/api/libraries/9", json={})
    assert told(answer)[:2] == (404, "There is no library 9.")
