"""The description of the API: valid, complete, and true of what the functions answer."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
import schemathesis
from falcon.testing import ASGIConductor
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import URL

from functions import openapi
from functions.app import FUNCTIONS, create_app
from functions.hub import end_streams
from tests.conftest import Shelve
from tests.disk import write_comic
from tests.functions.stand_in import working

DOCUMENT = openapi.describe(FUNCTIONS)

SAGA = "Saga%2FSaga%201.cbz"

# What to ask a function for, where its route alone does not say; {key} is a job's.
PATHS = {
    "cancel_batch": "/api/batches/1/cancel",
    "list_batch_items": "/api/batches/1/items?state=all",
    "pause_batch": "/api/batches/1/pause",
    "show_batch": "/api/batches/1",
    "change_tags_of_file": f"/api/file/{SAGA}/tags",
    "delete_file": f"/api/delete-file/{SAGA}",
    "process_file": f"/api/process-file/{SAGA}",
    "show_tags": f"/api/file/{SAGA}/tags",
    "change_library": "/api/libraries/1",
    "forget_missing": "/api/missing?confirm=true",
    "show_file": "/api/files/1",
    "list_pages": "/api/files/1/pages",
    "show_library": "/api/libraries/1",
    "show_scan": "/api/scans/1",
}
BODIES = {
    "create_batch": {"kind": "mark", "filter": {}},
    "change_active_job": {"job_id": "{key}"},
    "change_filename_format": {"format": "{series}"},
    "change_issue_number_padding": {"padding": 3},
    "change_log_max_bytes": {"maxMB": 1},
    "change_preferences": {"theme": "dark"},
    "change_tags_of_file": {"title": "One"},
    "change_tags_of_files": {"files": ["Saga/Saga 1.cbz"], "tags": {"title": "One"}},
    "change_watcher_enabled": {"enabled": True},
    "add_user": {"name": "Alana", "role": "admin", "password": "wings of glass"},
    "set_up": {"name": "Alana", "password": "wings of glass"},
    "process_selected": {"files": ["Saga/Saga 1.cbz"]},
    "start_job_of_selected": {"files": ["Saga/Saga 1.cbz"]},
}
WAITING = {  # for a worker, until they answer
    *("change_tags_of_file", "change_tags_of_files", "delete_file"),
    *("process_file", "process_listed", "process_selected"),
}
IN_STATE = {  # only then they answer, as others do: see test_batches.py and test_users.py
    *("resume_batch", "retry_batch", "start_batch", "undo_batch", "undo_file"),
    *("add_token", "change_user", "log_in"),
}
ANSWERING = [
    name
    for name, function in FUNCTIONS.items()
    if hasattr(function, "ANSWER") and name not in IN_STATE
]


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_the_document_has_every_route() -> None:
    routes = {
        (method.lower(), openapi.written(path))
        for method, *paths in (function.ROUTE.split() for function in FUNCTIONS.values())
        for path in paths
    }
    assert {(method, path) for path in DOCUMENT["paths"] for method in DOCUMENT["paths"][path]} == (
        routes
    )


def test_a_path_that_holds_slashes_is_described_with_what_follows_it() -> None:
    assert {"get", "post"} == set(DOCUMENT["paths"]["/api/file/{path}/tags"])


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [of["operationId"] for path in DOCUMENT["paths"].values() for of in path.values()]
    assert len(set(names)) == len(names)
    assert set(FUNCTIONS) <= set(names)


async def test_the_document_is_served(client: ASGIConductor) -> None:
    assert (await client.simulate_get("/openapi.json")).json == DOCUMENT


@pytest.fixture
def log_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a file of log lines."""
    path = tmp_path / "longbox.log"
    path.touch()
    monkeypatch.setenv("LONGBOX_LOG", str(path))


@pytest.mark.usefixtures("log_file")
@pytest.mark.parametrize("name", ANSWERING)
async def test_an_answer_is_its_struct_no_more_and_no_less(
    client: ASGIConductor, shelve: Shelve, url: URL, tmp_path: Path, name: str
) -> None:
    """A field that the struct has not would be lost on the way through it."""
    comics, others = tmp_path / "comics", write_comic(tmp_path / "others" / "1.cbz").parent
    write_comic(comics / "Saga" / "Saga 1.cbz")
    await shelve(2, library=str(comics), series="Saga", year=2012, format="cbz")
    await client.simulate_post("/api/scans")
    key = (await client.simulate_post("/api/jobs/rename-unmarked")).json["job_id"]
    method, path = FUNCTIONS[name].ROUTE.split()[:2]
    body = json.dumps({"add_library": {"root": str(others)}, **BODIES}.get(name, {}))
    async with AsyncExitStack() as stack:
        if name in WAITING:
            await stack.enter_async_context(working(url))
        answer = await client.simulate_request(
            method,
            PATHS.get(name, path).replace("{key}", key),
            body=body.replace("{key}", key),
            headers={"content-type": "application/json"},
        )
    kind: Any = vars(FUNCTIONS[name])["ANSWER"]
    found = msgspec.json.decode(answer.content, type=kind)
    assert msgspec.json.decode(msgspec.json.encode(found)) == answer.json


@pytest.fixture
def runner(url: URL) -> Iterator[tuple[asyncio.Runner, ASGIConductor]]:
    """Have a loop in which the app answers to code that is not asynchronous."""
    with asyncio.Runner() as runner:
        conductor = ASGIConductor(create_app(url))
        runner.run(conductor.__aenter__())
        end_streams()  # at once, each
        yield runner, conductor
        runner.run(conductor.__aexit__(None, None, None))


@pytest.mark.parametrize(
    ("method", "path"), [(method, path) for path, of in DOCUMENT["paths"].items() for method in of]
)
def test_nothing_that_the_document_allows_or_forbids_is_a_mistake_of_ours(
    runner: tuple[asyncio.Runner, ASGIConductor], method: str, path: str
) -> None:
    loop, client = runner
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path][method]
    documented = DOCUMENT["paths"][path][method]["responses"]
    modes = schemathesis.GenerationMode
    cases = operation.as_strategy(modes.POSITIVE) | operation.as_strategy(modes.NEGATIVE)

    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def ask(case: schemathesis.Case[Any]) -> None:
        sent = case.as_transport_kwargs(base_url="http://longbox")
        answer = loop.run(
            client.simulate_request(
                method.upper(),
                case.formatted_path,
                params=sent.get("params"),
                json=sent.get("json"),
            )
        )
        assert str(answer.status_code) in documented

    ask()
