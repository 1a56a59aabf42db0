"""Streams that answer a POST, read to their end as ComicMaintainer's page did."""

import asyncio
import json
import time
from typing import Any, NamedTuple

from falcon.testing import (
    ASGIConductor,
    ASGIRequestEventEmitter,
    ASGIResponseEventCollector,
    create_scope,
)


def blocks(raw: bytes) -> list[dict[str, Any]]:
    """Read a stream as the predecessor's page did: blocks that begin with "data: ", and no other.

    A block that begins so holds nothing else.
    """
    found = [block for block in raw.decode().split("\n\n") if block.startswith("data: ")]
    return [json.loads(block.removeprefix("data: ")) for block in found]


class Streamed(NamedTuple):
    """A stream that was read to its end."""

    headers: dict[str, str]
    content: bytes


async def stream(client: ASGIConductor, path: str, sent: object = None) -> Streamed:
    """Ask for a stream and read it to its end; the client of Falcon's tests would hang up at once.

    What `client` lends is the app; a server would call it so.
    """
    body = b"" if sent is None else json.dumps(sent).encode()
    kind = {"content-type": "application/json"}
    scope = create_scope(path=path, method="POST", query_string="stream=True", headers=kind)
    emitter = ASGIRequestEventEmitter(body, disconnect_at=time.time() + 60)
    collector = ASGIResponseEventCollector()
    async with asyncio.timeout(20):
        await client.app(scope, emitter, collector)
    return Streamed(dict(collector.headers), b"".join(collector.body_chunks))
