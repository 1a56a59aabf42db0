"""What a user of the command line wishes to be done, as the API has it."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.targets import Nowhere, targets
from db import libraries, places
from functions.shelving import Refused

T = TypeVar("T")


def read(given: dict[str, Any], kind: type[T]) -> T:
    """Read what was given as the API reads a query, or raise `Refused`."""
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refused("", str(error)) from error


def pairs(given: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of each NAME=VALUE; raise `Refused` for what is none."""
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise Refused("", f"Write {text!r} as NAME=VALUE.")
        yield name.strip().lower(), value


def edits(
    put: Iterable[str], fill: Iterable[str], clear: Iterable[str], more: str | None
) -> list[Any]:
    """Return the edits of tags that the options ask for, in this order; `more` is JSON."""
    asked: list[Any] = [
        *({"do": "set", "field": field, "value": value} for field, value in pairs(put)),
        *({"do": "fill", "field": field, "value": value} for field, value in pairs(fill)),
        *({"do": "clear", "field": field.lower()} for field in clear),
    ]
    try:
        return asked + (msgspec.json.decode(more, type=list[Any]) if more else [])
    except msgspec.DecodeError as error:
        raise Refused("edits", f"The edits are no list in JSON: {error}.") from error


async def files(conn: AsyncConnection, paths: list[Path]) -> list[int]:
    """Return the comics that are at or in these paths; raise `Refused` if a path has none."""
    known = await libraries.every(conn)
    try:
        meant = [(library.id, below or "") for library, below in targets(paths, known)]
    except Nowhere as error:
        raise Refused("files", str(error)) from error
    found = await places.within(conn, meant)
    for path, ids in zip(paths, found, strict=True):
        if not ids:
            raise Refused("files", f"No comic of the index is at {path}: scan it first.")
    return list(chain.from_iterable(found))


async def one_file(conn: AsyncConnection, path: Path | None) -> int | None:
    """Return the comic at this path; None where none is meant."""
    return (await files(conn, [path]))[0] if path else None
