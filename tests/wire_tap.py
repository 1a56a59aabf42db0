"""A tap on the wire between a client and PostgreSQL, to count what a request really costs.

Both ends speak protocol 3.0, without encryption: a packet without a type opens the connection, and
every later message is a type byte, its length in four bytes (which count themselves) and its body.
https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple

from sqlalchemy import URL

ENCRYPTION_REQUESTS: Final = {80877103, 80877104}  # SSLRequest and GSSENCRequest
REFUSED: Final = b"N"
CHUNK: Final = 65_536  # bytes


class Message(NamedTuple):
    """What a client has sent: "P" parses, "B" binds, "E" executes, "S" syncs, "Q" is a query."""

    kind: str
    text: str  # of the statement, where there is one


class Tap:
    """A server on 127.0.0.1 that hands everything on to another and notes what clients send."""

    def __init__(self, upstream: URL) -> None:
        self.upstream = upstream
        self.port = 0
        self.sent: list[Message] = []
        self.talks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> URL:
        """Lead to the same database, through the tap."""
        return self.upstream.set(host="127.0.0.1", port=self.port, query={})

    @property
    def round_trips(self) -> int:
        """Count how often a client had to wait: after each Sync and each plain query."""
        return sum(message.kind in "SQ" for message in self.sent)

    @property
    def statements(self) -> list[str]:
        """Return the statements that were sent; one that is prepared already goes without text."""
        return [message.text for message in self.sent if message.kind in "PQ"]

    async def dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the real server, by its socket's folder or by its name."""
        host = str(self.upstream.query.get("host") or self.upstream.host)
        port = int(str(self.upstream.query.get("port") or self.upstream.port or 5432))
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    def greet(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        """Begin to talk with one more client."""
        self.talks.add(asyncio.create_task(self.talk(client, answers)))

    async def talk(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        """Stand between one client and the server until either hangs up."""
        server, questions = await self.dial()
        back = asyncio.create_task(pour(server, answers))
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                questions.write(await opening(client, answers))
                await self.listen(client, questions)
        finally:
            back.cancel()
            questions.close()
            answers.close()

    async def listen(self, client: asyncio.StreamReader, questions: asyncio.StreamWriter) -> None:
        """Note each message and hand it on."""
        while True:
            kind = await client.readexactly(1)
            packet = await read_packet(client)
            self.sent.append(Message(kind.decode(), statement_of(kind, packet[4:])))
            questions.write(kind + packet)
            await questions.drain()


async def read_packet(client: asyncio.StreamReader) -> bytes:
    """Read a length, and all that it counts."""
    length = await client.readexactly(4)
    return length + await client.readexactly(int.from_bytes(length, "big") - 4)


async def opening(client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> bytes:
    """Read the packet that opens a connection, and refuse to encrypt, since we want to read."""
    while True:
        packet = await read_packet(client)
        if int.from_bytes(packet[4:8], "big") not in ENCRYPTION_REQUESTS:
            return packet
        answers.write(REFUSED)


def statement_of(kind: bytes, body: bytes) -> str:
    """Find the statement in the body of a message: behind its name in Parse, all of it in Query."""
    strings = body.split(b"\0")
    return {b"P": strings[1:2], b"Q": strings[:1]}.get(kind, [b""])[0].decode()


async def pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Hand everything on until the source ends."""
    with suppress(ConnectionError):
        while chunk := await source.read(CHUNK):
            target.write(chunk)
            await target.drain()
    target.close()


class Cut(Tap):
    """A tap that hangs up as soon as a client that is logged in says anything."""

    async def listen(self, client: asyncio.StreamReader, _questions: asyncio.StreamWriter) -> None:
        """Hear of a first message."""
        await client.readexactly(1)


@asynccontextmanager
async def tap(upstream: URL, kind: type[Tap] = Tap) -> AsyncIterator[Tap]:
    """Open a tap, and at the end hang up on whoever still talks."""
    opened = kind(upstream)
    server = await asyncio.start_server(opened.greet, "127.0.0.1")
    opened.port = server.sockets[0].getsockname()[1]
    try:
        yield opened
    finally:
        server.close()
        for talk in opened.talks:
            talk.cancel()
        await asyncio.gather(*opened.talks, return_exceptions=True)
