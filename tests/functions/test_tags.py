"""GET /api/file/<path>/tags, and what paths find."""

from urllib.parse import quote

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conftest import Shelve
from tests.functions.conftest import Ask

FIELDS = (
    *("title", "series", "issue", "volume", "publisher", "year", "month", "writer", "penciller"),
    *("inker", "colorist", "letterer", "cover_artist", "editor", "summary", "notes", "genre"),
    *("tags", "web"),
)
EMPTY = dict.fromkeys(FIELDS, "") | {"page_count": 0}


def tags_of(path: str) -> str:
    """Return the address, written as browsers write it."""
    return f"/api/file/{quote(path, safe='')}/tags"


async def know(conn: AsyncConnection, tags: str, provenance: str) -> None:
    """Have every comic say this."""
    told = {"tags": tags, "provenance": provenance}
    await conn.execute(
        text("""UPDATE file_tags SET tags = CAST(:tags AS jsonb),
                       provenance = CAST(:provenance AS jsonb)"""),
        told,
    )
    await conn.commit()


async def test_every_tag_is_a_text_but_the_pages(
    ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["Saga/Saga 1.cbz"])
    await know(
        conn,
        """{"series": "Saga", "number": "1", "volume": 2, "year": 2012, "month": 3,
            "writer": "Brian K. Vaughan, Fiona Staples", "page_count": 44, "count": 60}""",
        """{"series": "ComicInfo", "number": "ComicInfo", "volume": "ComicBookInfo"}""",
    )
    assert await ask(tags_of("Saga/Saga 1.cbz")) == EMPTY | {
        "series": "Saga",
        "issue": "1",
        "volume": "2",
        "year": "2012",
        "month": "3",
        "writer": "Brian K. Vaughan, Fiona Staples",
        "page_count": 44,
    }


async def test_what_only_a_name_tells_is_no_tag(
    ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["Saga/Saga 1.cbz"])
    await know(
        conn,
        '{"series": "Saga", "number": "1", "title": "One"}',
        '{"series": "folder", "number": "file name", "title": "CoMet"}',
    )
    assert await ask(tags_of("Saga/Saga 1.cbz")) == EMPTY | {"title": "One"}


async def test_a_comic_that_is_not_read_yet_has_none(
    ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(["1.cbz"])
    await conn.execute(text("DELETE FROM file_tags"))
    await conn.commit()
    assert await ask(tags_of("1.cbz")) == EMPTY


NAMES = ["a b.cbz", "50% of it.cbz", "%2F.cbz", "été/ÉTOILE #1 & ?.cbz", "tags/tags", "a+b.cbz"]


@pytest.mark.parametrize("name", NAMES)
async def test_any_name_is_found_by_its_path_relative_or_whole(
    ask: Ask, shelve: Shelve, conn: AsyncConnection, name: str
) -> None:
    await shelve([name])
    await know(conn, '{"title": "This one"}', '{"title": "ComicInfo"}')
    for path in (name, f"/comics/{name}"):
        assert (await ask(tags_of(path)))["title"] == "This one"


@pytest.mark.parametrize(
    "path",
    [
        *("../comics/1.cbz", "/etc/passwd", "/comics/../etc/passwd", "Saga/../1.cbz", "./1.cbz"),
        *("/comics", "/comics/", "", "1.cbz/", "1.CBZ", "1.cbz\0", "2.cbz", "/comicsbook/1.cbz"),
    ],
)
async def test_what_is_not_in_the_index_is_not_found_wherever_it_may_be(
    client: ASGIConductor, shelve: Shelve, path: str
) -> None:
    """Any file of the disk could be read, changed and deleted by such a path."""
    await shelve(["1.cbz"])
    await shelve(["2.cbz"], missing=True)
    answer = await client.simulate_get(tags_of(path))
    assert answer.status_code == 404
    assert answer.json["error"] in {"File not found", "Not Found"}


async def test_other_addresses_below_a_file_are_not_there(
    client: ASGIConductor, shelve: Shelve
) -> None:
    await shelve(["1.cbz"])
    for path in ("/api/file/1.cbz", "/api/file/1.cbz/", "/api/file/1.cbz/pages", "/api/file"):
        assert (await client.simulate_get(path)).status_code == 404
