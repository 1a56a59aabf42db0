"""GET and PATCH /api/settings."""

from pathlib import Path

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.functions.conftest import Ask

DEFAULTS: dict[str, object] = {
    "scan_every_minutes": 60,
    "forget_missing_after_days": 0,
    "duplicates_root": None,
    "log_max_bytes": 5 * 2**20,
    "filename_format": "{series} - Chapter {issue}",
    "filename_formats": {},
    "issue_number_padding": 4,
    "extension_by_content": False,
    "convert": False,
}


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


async def test_how_comics_are_named_is_chosen(
    client: ASGIConductor, ask: Ask, tmp_path: Path
) -> None:
    chosen = {
        "filename_format": "{series}< ({year})>/{series} {issue}",
        "filename_formats": {"TPB": "{series} {volume}"},
        "issue_number_padding": 3,
        "extension_by_content": True,
        "convert": True,
        "duplicates_root": str(tmp_path),
    }
    changed = await client.simulate_patch("/api/settings", json=chosen)
    assert changed.json == DEFAULTS | chosen
    assert await ask("/api/settings") == DEFAULTS | chosen


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"filename_format": "{serie} {issue}"}, "Did you mean {series}?"),
        ({"filename_format": "4"}, "The name of the file holds no field"),
        ({"filename_formats": {"TPB": "{series"}}, "starts a field that has no end"),
        ({"issue_number_padding": 21}, "<= 20"),
        ({"duplicates_root": "/no/where"}, "/no/where is not a folder that can be read"),
        ({"duplicates_root": "duplicates"}, "from / on"),
    ],
)
async def test_a_setting_by_which_nothing_could_be_done_is_refused_with_what_is_wrong(
    client: ASGIConductor, ask: Ask, change: dict[str, object], why: str
) -> None:
    """A template that was none used to make every rename fail in silence."""
    answer = await client.simulate_patch("/api/settings", json=change)
    assert answer.status_code == 400
    (error,) = answer.json["errors"]
    assert error["pointer"] == "/" + next(iter(change))
    assert why in error["detail"]
    assert await ask("/api/settings") == DEFAULTS


async def test_a_folder_of_duplicates_can_be_taken_back(
    client: ASGIConductor, ask: Ask, tmp_path: Path
) -> None:
    await client.simulate_patch("/api/settings", json={"duplicates_root": str(tmp_path)})
    await client.simulate_patch("/api/settings", json={"duplicates_root": None})
    assert await ask("/api/settings") == DEFAULTS


async def test_an_unknown_setting_is_refused(client: ASGIConductor) -> None:
    answer = await client.simulate_patch("/api/settings", json={"colour": "red"})
    assert answer.status_code == 400


async def test_rows_of_other_versions_are_left_alone(conn: AsyncConnection, ask: Ask) -> None:
    """A downgrade must not make every request fail."""
    later = """INSERT INTO settings VALUES ('colour', '"red"'), ('scan_every_minutes', '"soon"'),
               ('filename_format', '"{later_field}"')"""
    await conn.execute(text(later))
    await conn.commit()
    assert await ask("/api/settings") == DEFAULTS
