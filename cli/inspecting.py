"""Tell what is in comics, without a database: `longbox inspect`."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing
from typing import Any

import msgspec
from msgspec import Struct

from cli.terminal import harmless
from comics.paths import to_text
from comics.tags.comicinfo import Tags
from scanner.reader import Result, Wanted
from scanner.readers import read_all
from scanner.scan import PATIENCE

Write = Callable[[str], None]


class Inspected(Struct):
    """One line of `longbox inspect --json`: every key is always there."""

    path: str
    format: str | None
    pages: int | None
    cover: str | None  # the member's name
    tags: dict[str, Any]
    provenance: dict[str, str]
    fingerprint: str | None  # hexadecimal
    notes: tuple[str, ...]
    fault: str | None


def inspect(paths: list[str], write: Write, *, as_json: bool) -> bool:
    """Write what each file holds, in their order; tell whether all were sound."""
    return asyncio.run(inspect_all([to_text(path) for path in paths], write, as_json=as_json))


async def inspect_all(paths: list[str], write: Write, *, as_json: bool) -> bool:
    """Do so as each is read, in a process of its own, as a scan does."""
    wanted = [Wanted(place, path, root="") for place, path in enumerate(paths)]
    is_sound = True
    # One child answers in the order in which it was asked.
    async with aclosing(read_all(wanted, children=1, seconds=PATIENCE)) as results:
        async for result in results:
            inspected = describe(paths[result.id], result)
            write(as_line(inspected) if as_json else "\n".join(map(harmless, tell(inspected))))
            is_sound = is_sound and not result.fault
    return is_sound


def as_line(inspected: Inspected) -> str:
    """Write it for programs."""
    return msgspec.json.encode(inspected).decode()


def describe(path: str, result: Result) -> Inspected:
    """Say what was read of this file."""
    return Inspected(
        path=path,
        format=result.format,
        pages=result.pages,
        cover=result.cover,
        tags=msgspec.to_builtins(result.tags),
        provenance=result.provenance,
        fingerprint=result.fingerprint,
        notes=result.notes,
        fault=result.fault,
    )


def tell(comic: Inspected) -> Iterator[str]:
    """Say it for people: a heading, what is wrong, then each tag and where it is from."""
    yield comic.path
    pages = "" if comic.pages is None else f", {comic.pages} page{'s' * (comic.pages != 1)}"
    cover = f", cover {comic.cover}" if comic.cover else ""
    yield f"  {(comic.format or 'unknown').upper()}{pages}{cover}"
    if comic.fault:
        yield f"  Fault: {comic.fault}"
    yield from (f"  Note: {note}" for note in comic.notes)
    for field in Tags.__struct_fields__:
        if field != "pages" and (value := comic.tags.get(field)):
            yield f"  {field:<22}{shorten(str(value))}  ({comic.provenance.get(field, '?')})"


def shorten(value: str, most: int = 90) -> str:
    """Put a text on one line of a terminal."""
    line = " ".join(value.split())
    return line if len(line) <= most else line[: most - 1] + "…"
