"""GET /api/files/{file_id}/cover: made once of each version of a file, and kept."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from falcon.testing import ASGIConductor, Result
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.comics.archives.packing import pack_zip
from tests.comics.pictures.drawing import BLUE, RED, Colour, draw, look
from tests.conftest import Shelve
from tests.functions.conftest import Put
from tests.functions.test_cost import round_trips
from tests.wire_tap import Tap

COVER = "/api/files/1/cover"
FOREVER = "private, max-age=31536000, immutable"
CHECKED = "private, no-cache"


@pytest.fixture
async def comic(put: Put) -> Path:
    """Have a comic whose cover is red."""
    return await put(pack_zip({"1.png": draw(RED), "2.png": draw(BLUE)}))


def rewrite(path: Path, colour: Colour) -> dict[str, int]:
    """Have another cover in a comic, and return what the index should know of it then."""
    path.write_bytes(pack_zip({"1.png": draw(colour)}))
    return {"mtime_ns": path.stat().st_mtime_ns, "size": path.stat().st_size}


RELIST = text("UPDATE files SET mtime_ns = :mtime_ns, size = :size")  # as a scan does
RESTAMP = text("UPDATE covers SET mtime_ns = :mtime_ns, size = :size, kept_at = now() - :age")


async def kept(conn: AsyncConnection) -> list[tuple[object, ...]]:
    """Return what is kept: widths, whether there is an image, and faults."""
    rows = await conn.execute(text("SELECT width, image IS NOT NULL, fault FROM covers ORDER BY 1"))
    found = [tuple(row) for row in rows]
    await conn.commit()
    return found


async def version(client: ASGIConductor) -> str:
    """Return what the page puts into the address."""
    (file,) = (await client.simulate_get("/api/files")).json["files"]
    return f"{file['modified']}-{file['size']}"


def check_red(answer: Result) -> None:
    """Check that this is the cover."""
    assert answer.status_code == 200, answer.text
    assert look(answer.content) == ((320, 480), "red", "red")


@pytest.mark.usefixtures("comic")
async def test_a_cover_is_a_webp_that_no_browser_takes_for_anything_else(
    client: ASGIConductor,
) -> None:
    answer = await client.simulate_get(COVER)
    check_red(answer)
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_a_cover_is_made_once_of_each_width(
    client: ASGIConductor, comic: Path, conn: AsyncConnection
) -> None:
    for width in (160, 320, 640):
        answer = await client.simulate_get(COVER, params={"width": width})
        assert look(answer.content)[0][0] == min(width, 400)
    assert await kept(conn) == [(160, True, None), (320, True, None), (640, True, None)]
    os.truncate(comic, 10)  # so that it could not be made again
    check_red(await client.simulate_get(COVER))


@pytest.mark.usefixtures("comic")
async def test_another_width_is_refused(client: ASGIConductor) -> None:
    assert (await client.simulate_get(COVER, params={"width": 321})).status_code == 400


@pytest.mark.usefixtures("comic")
async def test_an_address_with_the_version_is_good_for_ever(client: ASGIConductor) -> None:
    answer = await client.simulate_get(COVER, params={"v": await version(client)})
    check_red(answer)
    assert answer.headers["cache-control"] == FOREVER
    again = await client.simulate_get(COVER, params={"v": await version(client)})
    assert again.headers["cache-control"] == FOREVER


@pytest.mark.usefixtures("comic")
async def test_an_address_with_another_version_or_none_is_asked_for_again(
    client: ASGIConductor,
) -> None:
    for v in ("", "1-2", "x", "-", "nan-5", "1e999-1", "1700000000.5"):
        answer = await client.simulate_get(COVER, params={"v": v})
        check_red(answer)
        assert answer.headers["cache-control"] == CHECKED


async def test_what_the_client_has_is_not_sent_again_until_the_file_changes(
    client: ASGIConductor, comic: Path, conn: AsyncConnection
) -> None:
    first = await client.simulate_get(COVER)
    known = {"If-None-Match": first.headers["etag"]}
    again = await client.simulate_get(COVER, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]

    await conn.execute(RELIST, rewrite(comic, BLUE))
    await conn.commit()
    changed = await client.simulate_get(COVER, headers=known)
    assert look(changed.content)[1] == "blue"
    assert changed.headers["etag"] != first.headers["etag"]
    assert await kept(conn) == [(320, True, None)]


async def test_a_file_that_is_newer_than_the_index_is_shown_but_not_kept(
    client: ASGIConductor, comic: Path, conn: AsyncConnection
) -> None:
    v = await version(client)
    rewrite(comic, BLUE)
    answer = await client.simulate_get(COVER, params={"v": v})
    assert look(answer.content)[1] == "blue"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert await kept(conn) == []


async def test_what_is_wrong_with_a_newer_file_is_not_kept_of_the_older(
    client: ASGIConductor, comic: Path, conn: AsyncConnection
) -> None:
    os.truncate(comic, 10)
    assert (await client.simulate_get(COVER)).status_code == 422
    assert await kept(conn) == []


async def test_why_there_is_no_cover_is_told_and_kept_for_a_while(
    client: ASGIConductor, put: Put, conn: AsyncConnection
) -> None:
    path = await put(pack_zip({"1.png": b"no image"}))
    sentence = "1.png is damaged, or no image that can be read here."
    answer = await client.simulate_get(COVER)
    assert (answer.status_code, answer.json["detail"]) == (422, sentence)
    assert answer.headers["cache-control"] == "no-store"
    assert await kept(conn) == [(320, False, sentence)]

    repaired = rewrite(path, RED)
    for minutes, status in ((9, 422), (11, 200)):
        await conn.execute(RELIST, repaired)
        await conn.execute(RESTAMP, {**repaired, "age": timedelta(minutes=minutes)})
        await conn.commit()
        assert (await client.simulate_get(COVER)).status_code == status
    assert await kept(conn) == [(320, True, None)]


async def test_a_disk_that_is_away_is_no_fault_of_the_comic(
    client: ASGIConductor, comic: Path, conn: AsyncConnection
) -> None:
    os.unlink(comic)  # noqa: PTH108 (pathlib's is not for async functions)
    answer = await client.simulate_get(COVER)
    assert (answer.status_code, answer.json["detail"]) == (503, "The file has gone.")
    assert answer.headers["retry-after"]
    assert await kept(conn) == []


async def test_a_comic_that_is_not_there_has_no_cover(
    client: ASGIConductor, shelve: Shelve
) -> None:
    assert (await client.simulate_get(COVER)).json["detail"] == "There is no file 1."
    await shelve(["1.cbz"], missing=True)
    answer = await client.simulate_get(COVER)
    assert (answer.status_code, answer.json["detail"]) == (404, "File 1 has gone from the disk.")


@pytest.mark.usefixtures("comic")
async def test_a_cover_goes_with_its_file(client: ASGIConductor, conn: AsyncConnection) -> None:
    await client.simulate_get(COVER)
    await conn.execute(text("DELETE FROM files"))
    await conn.commit()
    assert await kept(conn) == []


@pytest.mark.usefixtures("comic")
async def test_a_head_tells_what_a_get_would(client: ASGIConductor) -> None:
    told = await client.simulate_head(COVER)
    assert (told.status_code, told.content) == (200, b"")
    assert told.headers["content-length"] == str(len((await client.simulate_get(COVER)).content))


@pytest.mark.usefixtures("comic")
async def test_a_cover_that_is_kept_is_one_round_trip_once_it_is_known_who_asks(
    wire: Tap, tapped: ASGIConductor
) -> None:
    assert await round_trips(wire, tapped, COVER) == 2
