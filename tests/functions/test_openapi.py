"""The description of the API: valid, complete, and true of what the functions answer."""

import asyncio
from collections.abc import Iterator
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
from tests.conftest import Shelve

DOCUMENT = openapi.describe(FUNCTIONS)

# What to ask a function for, where its route alone does not say.
PATHS = {
    "change_library": "/api/libraries/1",
    "forget_missing": "/api/missing?confirm=true",
    "show_file": "/api/files/1",
    "show_library": "/api/libraries/1",
    "show_scan": "/api/scans/1",
}
ANSWERING = [name for name, function in FUNCTIONS.items() if hasattr(function, "ANSWER")]


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_the_document_has_every_route() -> None:
    routes = {
        (method.lower(), path.replace(":id}", "}"))
        for method, *paths in (function.ROUTE.split() for function in FUNCTIONS.values())
        for path in paths
    }
    assert {(method, path) for path in DOCUMENT["paths"] for method in DOCUMENT["paths"][path]} == (
        routes
    )


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [of["operationId"] for path in DOCUMENT["paths"].values() for of in path.values()]
    assert len(set(names)) == len(names)
    assert set(FUNCTIONS) <= set(names)


async def test_the_document_is_served(client: ASGIConductor) -> None:
    assert (await client.simulate_get("/openapi.json")).json == DOCUMENT


@pytest.mark.parametrize("name", ANSWERING)
async def test_an_answer_is_its_struct_no_more_and_no_less(
    client: ASGIConductor, shelve: Shelve, tmp_path: Path, name: str
) -> None:
    """A field that the struct has not would be lost on the way through it."""
    await shelve(2, library="/comics", series="Saga", year=2012, format="cbz")
    await client.simulate_post("/api/scans")
    method, path = FUNCTIONS[name].ROUTE.split()[:2]
    bodies = {"add_library": {"root": str(tmp_path)}}
    answer = await client.simulate_request(method, PATHS.get(name, path), json=bodies.get(name))
    kind: Any = vars(FUNCTIONS[name])["ANSWER"]
    found = msgspec.json.decode(answer.content, type=kind)
    assert msgspec.json.decode(msgspec.json.encode(found)) == answer.json


@pytest.fixture
def runner(url: URL) -> Iterator[tuple[asyncio.Runner, ASGIConductor]]:
    """Have a loop in which the app answers to code that is not asynchronous."""
    with asyncio.Runner() as runner:
        conductor = ASGIConductor(create_app(url))
        runner.run(conductor.__aenter__())
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
    modes = schemathesis.GenerationMode
    cases = operation.as_strategy(modes.POSITIVE) | operation.as_strategy(modes.NEGATIVE)

    @settings(
        max_examples=50,
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
        assert answer.status_code in {200, 201, 202, 400, 404, 409}

    ask()
