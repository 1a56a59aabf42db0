"""GET and PATCH /api/settings."""

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.functions.conftest import Ask

DEFAULTS = {"scan_every_minutes": 60, "forget_missing_after_days": 0}


async def test_settings_that_nobody_changed_are_the_defaults(ask: Ask) -> None:
    assert await ask("/api/settings") == DEFAULTS


async def test_a_change_is_answered_and_stays(client: ASGIConductor, ask: Ask) -> None:
    for minutes in (5, 0, 10_080):
        changed = await client.simulate_patch("/api/settings", json={"scan_every_minutes": minutes})
        assert changed.json == DEFAULTS | {"scan_every_minutes": minutes}
        assert await ask("/api/settings") == changed.json


async def test_a_change_of_nothing_changes_nothing(client: ASGIConductor, ask: Ask) -> None:
    await client.simulate_patch("/api/settings", json={"scan_every_minutes": 5})
    assert (await client.simulate_patch("/api/settings", json={})).json["scan_every_minutes"] == 5
    assert await ask("/api/settings") == DEFAULTS | {"scan_every_minutes": 5}


@pytest.mark.parametrize("value", [-1, 10_081, 1.5, "5", None, True])
async def test_a_wrong_value_is_refused_and_changes_nothing(
    client: ASGIConductor, ask: Ask, value: object
) -> None:
    answer = await client.simulate_patch("/api/settings", json={"scan_every_minutes": value})
    assert answer.status_code == 400
    assert answer.json["errors"][0]["pointer"] == "/scan_every_minutes"
    assert await ask("/api/settings") == DEFAULTS


async def test_an_unknown_setting_is_refused(client: ASGIConductor) -> None:
    answer = await client.simulate_patch("/api/settings", json={"colour": "red"})
    assert answer.status_code == 400


async def test_rows_of_other_versions_are_left_alone(conn: AsyncConnection, ask: Ask) -> None:
    """A downgrade must not make every request fail."""
    later = """INSERT INTO settings VALUES ('colour', '"red"'), ('scan_every_minutes', '"soon"')"""
    await conn.execute(text(later))
    await conn.commit()
    assert await ask("/api/settings") == DEFAULTS
