"""Write OpenAPI 3.1 from the functions: their routes, docstrings and structs.

A function module may name QUERY, BODY and ANSWER, each a struct, or EVENTS, those that it streams,
or MEDIA, the media type of any other answer; STATUS if it is not 200; and PROBLEMS, the codes of
errors that the rest does not tell of.
"""

import re
from collections.abc import Mapping
from inspect import cleandoc
from typing import Any, Final

import falcon
import msgspec

from functions import __version__
from functions.wire import LARGEST_ID, Problem

PARAMETER: Final = re.compile(r"{(?P<name>\w+)(?::(?P<kind>\w+))?}")
KINDS: Final = {
    "id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "path": {"type": "string"},
    "tags": {"type": "string"},
    None: {"type": "string"},
}
BEHIND: Final = {"tags": "/tags"}  # what a parameter's kind matches after it
WRITES: Final = ("POST ", "PUT ", "PATCH ", "DELETE ")
REFERENCE: Final = "#/components/schemas/{name}"

REFUSALS: Final = {  # by the role that a function takes
    "anyone": (),
    "viewer": ("401",),
    "editor": ("401", "403"),
    "admin": ("401", "403"),
}
# How a request says who asks; the cookie has another name over https.
SCHEMES: Final = {
    "token": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "session": {"type": "apiKey", "in": "cookie", "name": "longbox"},
}


def written(route: str) -> str:
    """Write the path of a route as OpenAPI and its readers do."""
    return PARAMETER.sub(lambda found: f"{{{found['name']}}}{BEHIND.get(found['kind'], '')}", route)


def struct_of(function: Any, role: str) -> type | None:  # noqa: ANN401  a module
    """Return the struct that a function names for its query, body or answer."""
    found: type | None = getattr(function, role, None)
    return found


def operation_id(function: Any, path: str) -> str:  # noqa: ANN401  a module
    """Name an operation as `ls functions` does; a second path of the same function adds itself."""
    name = str(function.__name__).rpartition(".")[2]
    first = function.ROUTE.split()[1]
    return name if path == first else name + re.sub(r"\W+", "_", path)


def parameters(path: str, query: type | None) -> list[dict[str, Any]]:
    """Describe the parameters of a path and of its query string."""
    described = [
        {"name": found["name"], "in": "path", "required": True, "schema": KINDS[found["kind"]]}
        for found in PARAMETER.finditer(path)
    ]
    if query is None:
        return described
    (reference,), components = msgspec.json.schema_components([query], ref_template="{name}")
    fields = components[reference["$ref"]]
    for name, schema in fields["properties"].items():
        told = {key: value for key, value in schema.items() if key != "description"}
        described.append(
            {
                "name": name,
                "in": "query",
                "required": name in fields.get("required", ()),
                "schema": told,
                **({"description": schema["description"]} if "description" in schema else {}),
            }
        )
    return described


def content(kind: type, media: str = "application/json") -> dict[str, Any]:
    """Describe a body of this struct, by reference, or of another type."""
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=REFERENCE)
    return {media: {"schema": schema}}


def answered(function: Any) -> dict[str, Any]:  # noqa: ANN401  a module
    """Describe what a function answers when all is well: a struct, EVENTS, both, or other MEDIA."""
    answer = struct_of(function, "ANSWER")
    described = content(answer) if answer else {}
    if events := getattr(function, "EVENTS", ()):
        (schemas, _) = msgspec.json.schema_components(events, ref_template=REFERENCE)
        described["text/event-stream"] = {"schema": {"anyOf": list(schemas)}}
    return described or {getattr(function, "MEDIA", "application/json"): {}}


def problems(function: Any, path: str) -> dict[str, Any]:  # noqa: ANN401  a module
    """Describe the errors that a function may answer."""
    codes = ["503", *REFUSALS[function.ROLE], *getattr(function, "PROBLEMS", ())]
    if function.ROLE != "anyone":
        codes += ["401", "403"]
    if function.ROUTE.startswith(WRITES):
        codes += ["403", "413"]  # of `functions.edge`
    if struct_of(function, "BODY"):
        codes += ["408", "415"]
    if struct_of(function, "QUERY") or struct_of(function, "BODY"):
        codes.append("400")
    if "{" in path or struct_of(function, "BODY"):
        codes.append("404")
    return {
        code: {
            "description": falcon.code_to_http_status(int(code))[4:],
            "content": content(Problem, "application/problem+json"),
        }
        for code in sorted(set(codes))
    }


def summary(function: Any) -> str:  # noqa: ANN401  a module
    """Return what a function does, in a line."""
    return str(function.__doc__ or "").strip().partition("\n")[0]


def operation(function: Any, path: str) -> dict[str, Any]:  # noqa: ANN401  a module
    """Describe what a function does at one of its paths."""
    body = struct_of(function, "BODY")
    status = str(getattr(function, "STATUS", falcon.HTTP_200))
    described: dict[str, Any] = {
        "operationId": operation_id(function, path),
        "summary": summary(function),
        "parameters": parameters(path, struct_of(function, "QUERY")),
        "responses": {
            status[:3]: {
                "description": status[4:],
                **({"content": answered(function)} if status != falcon.HTTP_204 else {}),
            },
            **problems(function, path),
        },
    }
    if function.ROLE == "anyone":
        described["security"] = []
    if body:
        described["requestBody"] = {"content": content(body)}
    return described


def without_margin(schema: dict[str, Any]) -> dict[str, Any]:
    """Take the margin off a description: a docstring has one, and Markdown takes it for code."""
    if "description" not in schema:
        return schema
    return schema | {"description": cleandoc(schema["description"])}


def describe(functions: Mapping[str, Any]) -> dict[str, Any]:
    """Describe these functions as an OpenAPI document."""
    roles = ("BODY", "ANSWER")
    kinds = {found for f in functions.values() for role in roles if (found := struct_of(f, role))}
    kinds |= {kind for f in functions.values() for kind in getattr(f, "EVENTS", ())}
    _, components = msgspec.json.schema_components(
        sorted(kinds | {Problem}, key=str), ref_template=REFERENCE
    )
    paths: dict[str, Any] = {}
    for function in functions.values():
        method, *routes = function.ROUTE.split()
        for route in routes:
            path = written(route)
            paths.setdefault(path, {})[method.lower()] = operation(function, route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Longbox",
            "version": __version__,
            "summary": "A comic library's index in PostgreSQL.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "."}],
        "security": [{name: []} for name in SCHEMES],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {
                name: without_margin(schema) for name, schema in sorted(components.items())
            },
            "securitySchemes": SCHEMES,
        },
    }


def encode(functions: Mapping[str, Any]) -> bytes:
    """Write the document, indented, so that a change of it can be read in a diff."""
    return msgspec.json.format(msgspec.json.encode(describe(functions)), indent=2) + b"\n"
