"""Comics that were made to do harm, from the scan to the last route: nothing fails, nothing leaks.

What is wrong in each is told in `tests/comics` and `tests/scanner`; here they go all the way.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from tests import attacks
from tests.attacks import Place
from tests.comics import hostile
from tests.functions.test_tags import tags_of
from tests.scanner.conftest import put_up
from tests.worker.conftest import working


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Have a library, and a folder beside it."""
    return attacks.furnish(tmp_path, is_linked=False)


async def test_comics_that_were_made_to_do_harm_do_none(
    client: ASGIConductor, url: URL, conn: AsyncConnection, place: Place
) -> None:
    hostile.write_comics(place.library, place.outside)
    before, shelf = attacks.looks(place), await put_up(place.library, url, conn)
    await shelf.scan()
    listed = (await client.simulate_get("/api/files?per_page=0&fields=id,relative_path")).json
    assert len(listed["files"]) > 30
    async with working(shelf):
        for file in listed["files"]:
            for method, path, body in asked(file["id"], file["relative_path"]):
                answer = await client.simulate_request(method, path, json=body)
                assert answer.status_code < 500 or answer.json["detail"], (file, path)
                assert attacks.SECRET.encode() not in answer.content, (file, path)
        told = await client.simulate_post("/api/process-all")
    assert [file["file"] for file in told.json["results"] if "outside" in file["file"]] == []
    assert attacks.looks(place) == before


def asked(file: int, path: str) -> Iterator[tuple[str, str, Any]]:
    """Yield all that one comic can be asked for, and a change of its tags."""
    for part in ("", "/pages", "/pages/1", "/cover"):
        yield "GET", f"/api/files/{file}{part}", None
    yield "GET", tags_of(path), None
    yield "POST", tags_of(path), {"title": "<&]]>", "year": "2012"}
