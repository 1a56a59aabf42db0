"""No path leads out of a library, however it is written and wherever it is asked for."""

from pathlib import Path

from falcon.testing import ASGIConductor

from tests import attacks
from tests.comics import hostile
from tests.comics.archives.packing import pack_zip
from tests.conftest import Shelve
from tests.disk import swapping
from tests.functions.running import Run, run

__all__ = ["run"]


async def test_ten_thousand_paths_lead_nowhere(shelve: Shelve, run: Run, tmp_path: Path) -> None:
    place = attacks.furnish(tmp_path)
    await shelve(["Saga/Saga 1.cbz"], library=str(place.library))
    told = attacks.attack(run().port, place, 10_000)
    assert told.total() == 10_000


async def test_no_race_leads_a_page_or_a_cover_out(
    client: ASGIConductor, shelve: Shelve, tmp_path: Path
) -> None:
    """Somebody sets a link in the place of a folder, to one that has a comic of the same name."""
    place = attacks.furnish(tmp_path, is_linked=False)
    known = write_zip(place.library / "Saga" / "Saga 1.cbz", b"ours").stat()
    write_zip(place.outside / "Saga 1.cbz", attacks.SECRET.encode())
    before = attacks.looks(place)
    times = {"size": known.st_size, "mtime_ns": known.st_mtime_ns}
    await shelve(["Saga/Saga 1.cbz"], library=str(place.library), **times)
    statuses = set[int]()
    with swapping(place.library / "Saga", place.outside):
        for number in range(60):
            what = ("pages/1", "pages", "cover")[number % 3]
            answer = await client.simulate_get(f"/api/files/1/{what}")
            assert attacks.SECRET.encode() not in answer.content
            statuses.add(answer.status_code)
    assert 200 in statuses
    assert statuses <= {200, 422, 503}
    assert attacks.looks(place) == before


def write_zip(path: Path, content: bytes) -> Path:
    """Write a comic whose page is a picture with these bytes behind it."""
    path.write_bytes(pack_zip({"1.png": hostile.page() + content}))
    return path
