"""GET /api/places: the folders of this machine."""

from pathlib import Path

from falcon.testing import ASGIConductor

from tests.functions.conftest import Ask


async def test_a_folder_is_listed_as_the_page_shows_it(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "Saga").mkdir()
    (tmp_path / "Saga" / "1.cbz").touch()
    assert await ask("/api/places", path=str(tmp_path)) == {
        "path": str(tmp_path),
        "parent": str(tmp_path.parent),
        "comics": 0,
        "places": [
            {
                "name": "Saga",
                "path": f"{tmp_path}/Saga",
                "leads_to": None,
                "comics": 1,
                "fault": None,
            }
        ],
        "is_all": True,
    }


async def test_it_begins_at_the_root(ask: Ask) -> None:
    assert (await ask("/api/places"))["path"] == "/"


async def test_what_is_no_folder_is_400_and_says_why(client: ASGIConductor) -> None:
    for path, why in (("/no/such", "No such file"), ("..", "whole path"), ("/a/..", "has a ..")):
        answer = await client.simulate_get("/api/places", params={"path": path})
        assert answer.status_code == 400
        assert why in answer.json["detail"]
