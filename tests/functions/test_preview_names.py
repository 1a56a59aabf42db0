"""GET /api/settings/preview: what comics would be called under other settings."""

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conftest import Shelve
from tests.functions.conftest import Ask


@pytest.fixture(autouse=True)
async def shelved(shelve: Shelve) -> None:
    """Have a comic whose tags tell its series, and two that are of no use to look at."""
    await shelve(["Saga/Saga 7.cbz"], series="Saga", number="7", format="cbz")
    await shelve(["Lost/Lost 1.cbz"], series="Lost", missing=True)
    await shelve(["Cut/Cut 1.cbz"], series="Cut", fault="It is cut short.")


async def test_the_present_settings_are_what_is_not_said(ask: Ask) -> None:
    (file,) = (await ask("/api/settings/preview"))["files"]
    assert file["path"] == "Saga/Saga 7.cbz"
    assert (file["future"], file["refusal"]) == ("Saga/Saga - Chapter 0007.cbz", None)


async def test_settings_are_tried_and_not_kept(ask: Ask) -> None:
    before = await ask("/api/settings")
    query = "filename_format={series}%20{issue}&issue_number_padding=2"
    (file,) = (await ask(f"/api/settings/preview?{query}"))["files"]
    assert file["future"] == "Saga/Saga 07.cbz"
    assert await ask("/api/settings") == before


async def test_what_a_template_lacks_is_said_of_the_comic(ask: Ask) -> None:
    (file,) = (await ask("/api/settings/preview?filename_format={writer}"))["files"]
    assert file["future"] is None
    assert "writer" in file["refusal"]


async def test_a_template_of_one_format_is_tried_on_comics_of_it_alone(
    ask: Ask, client: ASGIConductor, conn: AsyncConnection
) -> None:
    await client.simulate_patch("/api/settings", json={"filename_formats": {"TPB": "{title}"}})
    query = "/api/settings/preview?filename_format={series}%20TPB&format=tpb"
    assert (await ask(query))["files"] == []
    await conn.execute(text("""UPDATE file_tags SET tags = tags || '{"format": "TPB"}'"""))
    await conn.commit()
    (file,) = (await ask(query))["files"]
    assert file["future"] == "Saga/Saga TPB.cbz"


async def test_a_template_that_is_none_is_400(client: ASGIConductor) -> None:
    answer = await client.simulate_get("/api/settings/preview?filename_format={serie}")
    assert answer.status_code == 400
    assert "there is no field serie" in answer.json["detail"]


async def test_defaults_are_what_nobody_has_changed(client: ASGIConductor, ask: Ask) -> None:
    defaults = await ask("/api/settings")
    await client.simulate_patch("/api/settings", json={"issue_number_padding": 1})
    assert await ask("/api/settings/defaults") == defaults
