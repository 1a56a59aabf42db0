"""GET /api/files, over HTTP against the whole app."""

from falcon.testing import ASGIConductor
from tests.conftest import Shelve


async def test_an_empty_library_is_one_empty_page(client: ASGIConductor) -> None:
    answer = (await client.simulate_get("/api/files")).json
    assert answer == {
        "files": [],
        "page": 1,
        "per_page": 100,
        "total_files": 0,
        "total_pages": 1,
        "unmarked_count": 0,
        "cache_rebuilding": False,
        "next": None,
    }


async def test_names_are_in_natural_order(client: ASGIConductor, shelve: Shelve) -> None:
    await shelve(["Saga 10.cbz", "Saga 2.cbz", "saga 1.cbz"])
    answer = (await client.simulate_get("/api/files")).json
    assert [file["name"] for file in answer["files"]] == ["saga 1.cbz", "Saga 2.cbz", "Saga 10.cbz"]
