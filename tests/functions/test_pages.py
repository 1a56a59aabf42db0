"""GET /api/files/{file_id}/pages, and one of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from falcon.testing import ASGIConductor

from functions import show_page
from tests.comics.archives.packing import pack_7z, pack_tar, pack_zip
from tests.comics.pictures.drawing import BLUE, RED, draw
from tests.conftest import Shelve
from tests.functions.conftest import Put

TAGS = b"""<ComicInfo><Pages>
    <Page Image="0" Type="FrontCover" ImageWidth="400" ImageHeight="600"/>
</Pages></ComicInfo>"""
MEMBERS = {
    "ComicInfo.xml": TAGS,
    "b/10.jpg": draw(BLUE, form="JPEG"),
    "b/2.png": draw(RED),
    "b/9.png": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
}
PAGES = "/api/files/1/pages"

Pack = Callable[[dict[str, bytes]], bytes]


@pytest.fixture
async def comic(put: Put) -> Path:
    """Have a comic of three pages, one of which is none."""
    return await put(pack_zip(MEMBERS))


@pytest.mark.usefixtures("comic")
async def test_pages_are_listed_in_the_order_of_reading(client: ASGIConductor) -> None:
    answer = await client.simulate_get(PAGES)
    first, *others = answer.json["pages"]
    assert answer.json["cover"] == 1
    assert first == {
        "number": 1,
        "name": "b/2.png",
        "size": len(MEMBERS["b/2.png"]),
        "kind": "FrontCover",
        "width": 400,
        "height": 600,
    }
    assert [(page["number"], page["name"], page["kind"]) for page in others] == [
        (2, "b/9.png", None),
        (3, "b/10.jpg", None),
    ]
    known = await client.simulate_get(PAGES, headers={"If-None-Match": answer.headers["etag"]})
    assert known.status_code == 304


@pytest.mark.parametrize("pack", [pack_zip, pack_7z, pack_tar])
async def test_a_page_is_sent_as_it_is_in_the_archive(
    client: ASGIConductor, put: Put, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show_page, "CHUNK", 1000)
    await put(pack(MEMBERS))
    for number, name, kind in ((1, "b/2.png", "image/png"), (3, "b/10.jpg", "image/jpeg")):
        page = await client.simulate_get(f"{PAGES}/{number}")
        assert page.content == MEMBERS[name]
        assert page.headers["content-type"] == kind
        assert page.headers["content-length"] == str(len(MEMBERS[name]))
        assert page.headers["x-content-type-options"] == "nosniff"
        told = await client.simulate_head(f"{PAGES}/{number}")
        assert (told.content, told.headers["content-length"]) == (b"", str(len(MEMBERS[name])))


@pytest.mark.usefixtures("comic")
async def test_what_a_browser_would_run_is_not_sent(client: ASGIConductor) -> None:
    answer = await client.simulate_get(f"{PAGES}/2")
    assert answer.status_code == 422
    assert answer.json["detail"] == "b/9.png is no image of a kind that comics have."
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("comic")
async def test_a_page_that_the_comic_does_not_have_is_not_found(client: ASGIConductor) -> None:
    for number in ("0", "4", "99999", "-1", "x", "2147483648"):
        assert (await client.simulate_get(f"{PAGES}/{number}")).status_code == 404


@pytest.mark.usefixtures("comic")
async def test_a_page_is_cached_for_ever_under_its_version(client: ASGIConductor) -> None:
    (file,) = (await client.simulate_get("/api/files")).json["files"]
    versioned = {"v": f"{file['modified']}-{file['size']}"}
    for path in (PAGES, f"{PAGES}/1"):
        answer = await client.simulate_get(path, params=versioned)
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        known = {"If-None-Match": answer.headers["etag"]}
        again = await client.simulate_get(path, params=versioned, headers=known)
        assert again.status_code == 304
        assert again.headers["cache-control"] == "private, max-age=31536000, immutable"


async def test_no_name_in_an_archive_leads_out_of_it(
    client: ASGIConductor, shelve: Shelve, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(draw(BLUE))
    path = tmp_path / "1.cbz"
    path.write_bytes(pack_zip({"../secret.png": draw(RED), str(secret): draw(RED)}))
    await shelve(["1.cbz"], library=str(tmp_path))
    for number in (1, 2):
        assert (await client.simulate_get(f"{PAGES}/{number}")).content == draw(RED)
    assert secret.read_bytes() == draw(BLUE)


async def test_an_archive_that_cannot_be_read_says_why(
    client: ASGIConductor, shelve: Shelve, tmp_path: Path
) -> None:
    (tmp_path / "1.cbz").write_bytes(pack_zip(MEMBERS)[:-30])
    await shelve(["1.cbz"], library=str(tmp_path))
    for path in (PAGES, f"{PAGES}/1"):
        answer = await client.simulate_get(path)
        assert answer.status_code == 422
        assert answer.json["detail"].startswith("The end of the archive is missing")
