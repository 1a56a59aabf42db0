"""The settings, one route each, as ComicMaintainer's page asks for them."""

from typing import Any

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy.ext.asyncio import AsyncConnection

from db import libraries, notices, watches
from tests.conftest import Shelve
from tests.functions.conftest import Ask

FORMAT = "/api/settings/filename-format"
PADDING = "/api/settings/issue-number-padding"
LOG = "/api/settings/log-max-bytes"
WATCHER = "/api/settings/watcher-enabled"


async def refused(client: ASGIConductor, path: str, body: dict[str, Any]) -> str:
    """Return the sentence of the 400 that this is answered."""
    answer = await client.simulate_post(path, json=body)
    assert answer.status_code == 400, answer.text
    return str(answer.json["error"])


async def test_settings_that_nobody_changed_are_the_defaults(ask: Ask) -> None:
    default = "{series} - Chapter {issue}"
    assert await ask(FORMAT) == {"format": default, "default": default}
    assert await ask(PADDING) == {"padding": 4, "default": 4}
    assert await ask(LOG) == {"maxBytes": 5 * 2**20, "maxMB": 5.0}
    assert await ask(WATCHER) == {"enabled": False}


async def test_a_template_is_kept(client: ASGIConductor, ask: Ask) -> None:
    chosen = await client.simulate_post(FORMAT, json={"format": "{series} #{issue:3}"})
    assert chosen.json == {"success": True, "format": "{series} #{issue:3}"}
    assert (await ask(FORMAT))["format"] == "{series} #{issue:3}"
    assert (await ask("/api/settings"))["filename_format"] == "{series} #{issue:3}"


async def test_a_template_that_would_fail_every_rename_is_refused(
    client: ASGIConductor, ask: Ask
) -> None:
    """It was taken, and every rename then failed in silence, with success."""
    before = await ask(FORMAT)
    assert await refused(client, FORMAT, {}) == "Format string is required"
    assert await refused(client, FORMAT, {"format": "  "}) == "Format string is required"
    assert "Did you mean {series}?" in await refused(client, FORMAT, {"format": "{serie}"})
    assert "no field" in await refused(client, FORMAT, {"format": "/"})
    assert await refused(client, FORMAT, {"format": 5})
    assert await ask(FORMAT) == before


async def test_the_padding_may_come_as_a_text(client: ASGIConductor, ask: Ask) -> None:
    for sent, kept in ((3, 3), ("2", 2), (0, 0)):
        chosen = await client.simulate_post(PADDING, json={"padding": sent})
        assert chosen.json == {"success": True, "padding": kept}
        assert await ask(PADDING) == {"padding": kept, "default": 4}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({}, "Padding value is required"),
        ({"padding": None}, "Padding value is required"),
        ({"padding": -1}, "Padding must be 0 or greater"),
        ({"padding": "x"}, "Invalid padding value"),
        ({"padding": 1000}, "Padding must be 20 or less"),
    ],
)
async def test_a_wrong_padding_is_refused_in_the_words_of_old(
    client: ASGIConductor, ask: Ask, body: dict[str, Any], why: str
) -> None:
    assert await refused(client, PADDING, body) == why
    assert (await ask(PADDING))["padding"] == 4


async def test_the_log_may_grow_larger(client: ASGIConductor, ask: Ask) -> None:
    for sent in (2.5, "2.5"):
        chosen = await client.simulate_post(LOG, json={"maxMB": sent})
        assert chosen.json == {"success": True, "maxBytes": 2_621_440, "maxMB": 2.5}
    assert await ask(LOG) == {"maxBytes": 2_621_440, "maxMB": 2.5}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({}, "maxMB value is required"),
        ({"maxMB": 0}, "maxMB must be greater than 0"),
        ({"maxMB": -1.5}, "maxMB must be greater than 0"),
        ({"maxMB": "much"}, "Invalid maxMB value"),
        ({"maxMB": "nan"}, "maxMB must be from 0.001 to 1024"),
        ({"maxMB": 0.0001}, "maxMB must be from 0.001 to 1024"),
        ({"maxMB": 1025}, "maxMB must be from 0.001 to 1024"),
    ],
)
async def test_a_wrong_size_is_refused_in_the_words_of_old(
    client: ASGIConductor, body: dict[str, Any], why: str
) -> None:
    assert await refused(client, LOG, body) == why


async def test_the_watcher_is_the_watch_of_every_library(
    client: ASGIConductor, ask: Ask, conn: AsyncConnection
) -> None:
    for root in ("/comics", "/manga"):
        await libraries.ensure(conn, root, root)
    await conn.commit()
    for wanted in (True, False):
        chosen = await client.simulate_post(WATCHER, json={"enabled": wanted})
        assert chosen.json == {"success": True, "enabled": wanted}
        assert await ask(WATCHER) == {"enabled": wanted}
        watched = {library["watch"] for library in (await ask("/api/libraries"))["libraries"]}
        assert watched == {wanted}
    assert await refused(client, WATCHER, {}) == "Enabled value is required"


async def test_whoever_watches_is_told_of_the_watch(
    client: ASGIConductor, conn: AsyncConnection
) -> None:
    await libraries.ensure(conn, "/comics", "comics")
    await notices.listen(conn, "libraries")
    await client.simulate_post(WATCHER, json={"enabled": True})
    driver = (await conn.get_raw_connection()).driver_connection
    assert driver is not None
    told = [notice.channel async for notice in driver.notifies(timeout=5, stop_after=1)]
    assert told == ["libraries"]


async def test_the_watcher_runs_while_somebody_watches(
    client: ASGIConductor, ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    """Any process whose command line had `watcher.py` in it counted as one."""
    await shelve(1)
    status = "/api/watcher/status"
    assert await ask(status) == {"running": False, "enabled": False}
    await client.simulate_post(WATCHER, json={"enabled": True})
    assert await ask(status) == {"running": False, "enabled": True}
    await watches.begin(conn, 1)
    assert await ask(status) == {"running": True, "enabled": True}
    health = await client.simulate_get("/api/health")
    assert health.json["checks"]["watcher"] == "running"
    await watches.end(conn, 1)
    assert await ask(status) == {"running": False, "enabled": True}
