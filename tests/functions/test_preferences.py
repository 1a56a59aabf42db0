"""GET and POST /api/preferences."""

import pytest
from falcon.testing import ASGIConductor

from tests.functions.conftest import Ask

PREFERENCES = "/api/preferences"
DEFAULTS = {"theme": None, "perPage": 100}


async def test_preferences_that_nobody_changed_are_the_defaults(ask: Ask) -> None:
    assert await ask(PREFERENCES) == DEFAULTS


async def test_what_is_sent_is_kept_beside_what_was(client: ASGIConductor, ask: Ask) -> None:
    kept = await client.simulate_post(PREFERENCES, json={"theme": "dark", "filterMode": "all"})
    assert kept.json == {"success": True, "message": "Preferences updated"}
    await client.simulate_post(PREFERENCES, json={"perPage": 25, "theme": "light"})
    assert await ask(PREFERENCES) == {"theme": "light", "perPage": 25, "filterMode": "all"}


@pytest.mark.parametrize(
    "value",
    [None, True, "25", '{"a": 1}', "\0", "é\u2028", [1, {"a": None}], 1.5, -(2**70), ""],
)
async def test_a_value_comes_back_as_it_was(client: ASGIConductor, ask: Ask, value: object) -> None:
    await client.simulate_post(PREFERENCES, json={"any": value})
    assert (await ask(PREFERENCES))["any"] == value


async def test_nothing_to_keep_is_refused(client: ASGIConductor) -> None:
    answer = await client.simulate_post(PREFERENCES, json={})
    assert (answer.status_code, answer.json["error"]) == (400, "No data provided")


@pytest.mark.parametrize("body", [{"a\0b": 1}, {"": 1}, {"a" * 201: 1}, [1], "dark", None])
async def test_what_has_no_names_is_refused(client: ASGIConductor, ask: Ask, body: object) -> None:
    assert (await client.simulate_post(PREFERENCES, json=body)).status_code == 400
    assert await ask(PREFERENCES) == DEFAULTS


async def test_documents_are_no_preferences(client: ASGIConductor) -> None:
    answer = await client.simulate_post(PREFERENCES, json={"theme": "dark" * 20_000})
    assert answer.status_code == 413
