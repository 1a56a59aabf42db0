"""GET /metrics: what all processes have counted, and what the index tells of itself."""

import importlib
from collections.abc import AsyncIterator

import pytest
from falcon.testing import ASGIConductor
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import alive, engine, meters, metrics
from db.meters import BOUNDS, Series
from functions import show_metrics
from functions.app import create_app
from tests.conftest import Shelve

REQUESTS = "longbox_request_seconds"


@pytest.fixture(autouse=True)
def _nothing_counted_before() -> None:
    """Forget what other tests have counted."""
    meters.take()


async def families(client: ASGIConductor) -> dict[str, Metric]:
    """Save what was counted, and read the figures as Prometheus does."""
    await metrics.save()
    answer = await client.simulate_get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def value(family: Metric, name: str, **labels: str) -> float | None:
    """Return a figure, or None if it is not there."""
    found = [one for one in family.samples if one.name == name and one.labels == labels]
    return found[0].value if found else None


def requests(family: Metric) -> dict[tuple[str, ...], float]:
    """Return how many requests there were, by route, method and status."""
    return {
        (one.labels["route"], one.labels["method"], one.labels["status"]): one.value
        for one in family.samples
        if one.name == f"{REQUESTS}_count"
    }


async def test_requests_are_counted_by_route_and_never_by_what_was_asked_for(
    client: ASGIConductor, shelve: Shelve
) -> None:
    """A label with a path in it would tell titles, and grow without end."""
    await shelve(1)
    await client.simulate_get("/api/files", query_string="search=secret")
    await client.simulate_get("/api/files/1")
    await client.simulate_get("/api/files/99")
    await client.simulate_get("/api/file/secret%2Fsecret.cbz/tags")
    await client.simulate_get("/secret")
    await client.simulate_request(method="SECRET", path="/api/files")
    found = await families(client)
    assert requests(found[REQUESTS]) == {
        ("/api/files", "GET", "200"): 1,
        ("/api/files/{file_id:id}", "GET", "200"): 1,
        ("/api/files/{file_id:id}", "GET", "404"): 1,
        ("/api/file/{path:tags}", "GET", "404"): 1,
        ("none", "any", "404"): 1,
        ("none", "any", "400"): 1,
    }
    assert "secret" not in (await client.simulate_get("/metrics")).text.lower()


@pytest.fixture
async def other(url: URL) -> AsyncIterator[ASGIConductor]:
    """Ask another process's app over the same database."""
    async with ASGIConductor(create_app(url)) as client:
        yield client


async def test_whoever_is_asked_tells_of_all_processes(
    client: ASGIConductor, other: ASGIConductor
) -> None:
    await client.simulate_get("/health/live")
    await metrics.save()
    await other.simulate_get("/health/live")
    found = await families(client)
    assert requests(found[REQUESTS])["/health/live", "GET", "200"] == 2


async def test_buckets_add_up(client: ASGIConductor) -> None:
    took = (0.0001, 0.001, 0.02, 99.0)
    for seconds in took:
        meters.observe(Series("longbox_sql_seconds", ("testing",)), seconds)
        await metrics.save()
    found = (await families(client))["longbox_sql_seconds"]
    buckets = [
        value(found, "longbox_sql_seconds_bucket", door="testing", le=str(b)) for b in BOUNDS
    ]
    assert buckets == [2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3]
    assert value(found, "longbox_sql_seconds_bucket", door="testing", le="+Inf") == 4
    assert value(found, "longbox_sql_seconds_sum", door="testing") == pytest.approx(sum(took))


async def test_what_cannot_be_saved_is_kept(
    client: ASGIConductor, conn: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.simulate_get("/health/live")
    with monkeypatch.context() as broken:
        broken.setattr(metrics, "ADD", text("SELECT 1 / 0"))
        with pytest.raises(Exception, match="division by zero"):
            await metrics.save()
    assert not (await metrics.counted(conn))
    assert requests((await families(client))[REQUESTS])["/health/live", "GET", "200"] == 1


async def test_counts_of_a_version_with_other_buckets_begin_anew(
    client: ASGIConductor, conn: AsyncConnection
) -> None:
    await conn.execute(
        text("INSERT INTO figures VALUES ('longbox_sql_seconds', '{testing}', '{7,7}', 9)")
    )
    await conn.commit()
    meters.observe(Series("longbox_sql_seconds", ("testing",)), 1)
    found = (await families(client))["longbox_sql_seconds"]
    assert value(found, "longbox_sql_seconds_count", door="testing") == 1


async def test_statements_and_waits_are_counted_by_door(client: ASGIConductor) -> None:
    await client.simulate_get("/api/files")
    await client.simulate_get("/api/libraries")
    found = await families(client)
    for name in ("longbox_sql_seconds", "longbox_pool_wait_seconds"):
        for door in ("reading", "listing"):
            assert (value(found[name], f"{name}_count", door=door) or 0) >= 1, (name, door)


async def test_the_index_tells_of_itself(
    client: ASGIConductor, shelve: Shelve, conn: AsyncConnection, url: URL
) -> None:
    await shelve(3)
    await shelve(["Saga/gone.cbz"], missing=True)
    await shelve(["Saga/broken.cbz"], fault="It is no archive.", marked=True)
    body = {"kind": "mark", "files": [1, 2]}
    assert (await client.simulate_post("/api/batches", json=body)).status_code == 201
    body = {"kind": "rename", "files": [1, 2, 3]}
    assert (await client.simulate_post("/api/batches", json=body)).status_code == 201
    await conn.execute(text("UPDATE batches SET created_at = now() - interval '2 h' WHERE id = 2"))
    await conn.execute(
        text("INSERT INTO scans (library_id, requested_at) VALUES (1, now() - interval '3 h')")
    )
    await conn.commit()
    async with engine.working(url, known_as=alive.known_as("worker")):
        found = await families(client)

    def told(name: str, **labels: str) -> float | None:
        return value(found[f"longbox_{name}"], f"longbox_{name}", **labels)

    shelf = {name: told(name, library="1") for name in ("files", "files_marked", "files_faulty")}
    assert shelf == {"files": 4, "files_marked": 3, "files_faulty": 1}
    assert told("files_missing", library="1") == 1
    assert (told("batches", state="done"), told("batches", state="running")) == (1, 1)
    assert (told("batch_items", outcome="done"), told("batch_items", outcome="waiting")) == (2, 3)
    assert told("queue_age_seconds", queue="batches") == pytest.approx(7200, abs=60)
    assert told("queue_age_seconds", queue="scans") == pytest.approx(10800, abs=60)
    assert told("scans", state="queued") == 1
    assert (told("processes", kind="functions"), told("processes", kind="worker")) == (1, 1)
    assert (told("database_bytes") or 0) > 10**6


def test_metrics_are_open_to_all_if_the_environment_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert show_metrics.ROLE == "admin"
    for said, role in (("open", "anyone"), ("admin", "admin"), ("", "admin")):
        monkeypatch.setenv("LONGBOX_METRICS", said)
        assert role == importlib.reload(show_metrics).ROLE
