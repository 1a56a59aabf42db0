"""GET /api/statistics: what all comics add up to."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conftest import Shelve
from tests.functions.conftest import Ask


async def test_an_empty_library_adds_up_to_nothing(ask: Ask) -> None:
    found = await ask("/api/statistics")
    assert found.pop("database")["bytes"] > 0
    assert set(found) == {"growth", "formats", "publishers", "years", "faults"}
    assert not any(found.values())


async def test_values_are_counted_the_commonest_first_and_years_in_their_order(
    ask: Ask, shelve: Shelve
) -> None:
    await shelve(["1.cbz", "2.cbz"], publisher="Image", year=2012, format="cbz")
    await shelve(["3.cbr"], publisher="Avatar", year=1986, format="cbr", fault="It is cut short.")
    await shelve(["4.cbz"], publisher="Avatar", year=1980, format="cbz", missing=True)
    found = await ask("/api/statistics")
    assert found["publishers"] == [{"value": "Image", "files": 2}, {"value": "Avatar", "files": 1}]
    assert found["years"] == [{"value": "1986", "files": 1}, {"value": "2012", "files": 2}]
    assert found["formats"] == [{"value": "cbz", "files": 2}, {"value": "cbr", "files": 1}]
    assert found["faults"] == [{"value": "It is cut short.", "files": 1}]


async def test_growth_is_what_scans_have_added_by_month(
    ask: Ask, shelve: Shelve, conn: AsyncConnection
) -> None:
    await shelve(1)
    await conn.execute(
        text("""INSERT INTO scans (library_id, state, started_at, added) VALUES
                (1, 'done', '2026-03-31 23:59Z', 5), (1, 'done', '2026-04-01 00:00Z', 0),
                (1, 'done', '2026-03-01 00:00Z', 2), (1, 'done', '2025-12-24 18:00Z', 1)""")
    )
    await conn.commit()
    found = await ask("/api/statistics")
    assert found["growth"] == [{"value": "2025-12", "files": 1}, {"value": "2026-03", "files": 7}]
