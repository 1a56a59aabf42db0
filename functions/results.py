"""What has become of each file of a batch, written a page at a time, however many there are."""

from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from db import batch_pages
from db.batch_pages import Place
from db.engine import reading
from db.happenings import Item

AT_ONCE: Final = 1_000  # files that are read, and written, at a time
WELL: Final = frozenset({"done", "unchanged"})
OPEN: Final = frozenset({"todo", "running"})


def error_of(item: Item) -> str | None:
    """Say why a file is as it was, or None if all is well with it."""
    return None if item.state in WELL else item.error or "An unexpected error occurred"


def name_before(item: Item) -> str:
    """Return what a file was called when its turn came."""
    return item.path.rpartition("/")[2]


def name_after(item: Item) -> str:
    """Return what a file is called since."""
    return path_after(item).rpartition("/")[2]


def path_after(item: Item) -> str:
    """Return where a file is since its turn, below its library's root."""
    return str((item.after or {}).get("path", item.path))


async def ended(batch: int, after: int = -1) -> AsyncGenerator[list[Item], None]:
    """Yield the files whose turn has ended, in the batch's order, behind the one of this number.

    No connection is held while a client reads.
    """
    items: list[Item] | None = None
    while items is None or len(items) == AT_ONCE:
        async with reading() as conn:
            items = await batch_pages.page(conn, batch, after=Place("todo", after), limit=AT_ONCE)
        if items:
            after = items[-1].seq
            yield [item for item in items if item.state not in OPEN]


async def written(
    head: Struct, results: AsyncIterable[Sequence[Struct]]
) -> AsyncGenerator[bytes, None]:
    """Write a struct as JSON, with `results` as its last field."""
    yield msgspec.json.encode(head).removesuffix(b"}") + b',"results":['
    comma = b""
    async for some in results:
        if some:
            yield comma + msgspec.json.encode(some)[1:-1]
            comma = b","
    yield b"]}"
