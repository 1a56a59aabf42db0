"""What GET /api/files says of itself: the version of the list, and where its other pages are."""

from collections.abc import Awaitable, Callable

from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import scans
from tests.conftest import Shelve


async def tag(client: ASGIConductor) -> str:
    """Return the list's version."""
    return (await client.simulate_get("/api/files")).headers["etag"]


async def test_a_list_that_the_client_has_is_not_sent_again(
    client: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(3)
    first = await client.simulate_get("/api/files")
    assert first.headers["cache-control"] == "private, no-cache"
    again = await client.simulate_get(
        "/api/files", headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


async def test_an_unknown_version_is_answered_in_full(
    client: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(3)
    for known in ('W/"1"', 'W/"ffffffffffffffff"', 'W/"7fffffffffffffff"', '"x"', "*", ""):
        answer = await client.simulate_get("/api/files", headers={"If-None-Match": known})
        assert len(answer.json["files"]) == 3, known


async def test_everything_on_one_page_is_always_sent(client: ASGIConductor, shelve: Shelve) -> None:
    await shelve(3)
    known = {"If-None-Match": await tag(client)}
    answer = await client.simulate_get("/api/files", query_string="per_page=0", headers=known)
    assert len(answer.json["files"]) == 3


async def test_every_change_of_files_is_another_version(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    async def run(statement: str) -> None:
        await conn.execute(text(statement))
        await conn.commit()

    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: shelve(["new.cbz"]),
        lambda: shelve(["other.cbz"], library="/other"),
        lambda: run("UPDATE files SET marked = true WHERE id = 1"),
        lambda: run("UPDATE files SET marked = false WHERE id = 1"),
        lambda: run("UPDATE files SET duplicate = true WHERE id = 1"),
        lambda: run("UPDATE files SET missing_since = now() WHERE id = 1"),
        lambda: run("UPDATE files SET title = 'Another' WHERE id = 1"),
        lambda: run("UPDATE files SET fragment = fragment WHERE id = 1"),
        lambda: run("DELETE FROM files WHERE id = 2"),
        lambda: run("UPDATE libraries SET root = '/moved' WHERE root = '/other'"),
        lambda: run("DELETE FROM libraries WHERE root = '/moved'"),
    ]
    await shelve(2)
    versions = [await tag(client)]
    for change in changes:
        await change()
        versions.append(await tag(client))
    assert len(set(versions)) == len(changes) + 1


async def test_a_version_never_comes_back_after_a_library_is_removed(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    """The counts of a library go with it, so their sum alone would fall and rise to it again."""
    await shelve(2, library="/a")
    await shelve(2, library="/b")
    versions = {await tag(client)}
    await conn.execute(text("DELETE FROM libraries WHERE root = '/b'"))
    await conn.commit()
    for _ in range(5):
        versions.add(await tag(client))
        await conn.execute(text("UPDATE files SET marked = NOT marked"))
        await conn.commit()
    assert len(versions) == 6


async def test_the_start_and_end_of_a_first_scan_are_other_versions(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(2)
    before = await tag(client)
    scan = await scans.begin(conn, 1)
    assert scan
    during = await tag(client)
    await scans.finish(conn, scan, "done")
    assert before != during
    assert await tag(client) == before, "nothing else has changed"


async def links(client: ASGIConductor, query: str) -> dict[str, str]:
    """Return what the Link header says, by relation."""
    header = (await client.simulate_get("/api/files", query_string=query)).headers["link"]
    pairs = [link.split("; rel=") for link in header.split(", ")]
    return {relation.strip('"'): target.strip("<>") for target, relation in pairs}


async def test_numbered_pages_link_to_those_around(client: ASGIConductor, shelve: Shelve) -> None:
    await shelve(30)
    found = await links(client, "search=S%26a&page=1")
    assert found == {"first": "?search=S%26a&page=1", "last": "?search=S%26a&page=1"}
    found = await links(client, "per_page=10&page=2")
    assert found == {
        "first": "?per_page=10&page=1",
        "prev": "?per_page=10&page=1",
        "next": "?per_page=10&page=3",
        "last": "?per_page=10&page=3",
    }
    assert "next" not in await links(client, "per_page=10&page=99")


async def test_a_page_by_cursor_links_to_the_one_behind_it(
    client: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(30)
    first = (await client.simulate_get("/api/files", query_string="per_page=10")).json
    second = await links(client, f"per_page=10&after={first['next']}")
    assert set(second) == {"first", "next"}
    third = (await client.simulate_get("/api/files", query_string=second["next"][1:])).json
    assert [file["id"] for file in third["files"]] == list(range(21, 31))
    assert set(await links(client, f"per_page=500&after={first['next']}")) == {"first"}
