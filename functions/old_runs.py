"""Batches as ComicMaintainer's clients run them: by one request, answered when all is done.

The batch is made before anything is answered, and goes on whatever becomes of the request.
"""

import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Final, Literal

import falcon
import msgspec
from falcon.asgi import Request, Response
from msgspec import Struct

from comics import rules
from db import places
from db.batches import Batch
from db.engine import reading, writing
from db.happenings import Happening, Item
from functions import batching, results, streams, wire
from functions.batching import NewBatch
from functions.hub import hub
from functions.streams import Block, Blocks

LOST: Final = "File not found"
CANCELLED: Final = "The batch was cancelled."
CUT_OFF: Final = "Longbox is being restarted; the job goes on."


class RunQuery(Struct):
    """How to be answered: at the end, or with a stream of events."""

    stream: Literal["true", "false"] = "false"


class Selected(Struct):
    """The paths of files, relative to a library, or whole."""

    files: list[str] = []

    def named(self) -> list[str]:
        """Return them, or raise 400 if there are none."""
        if not self.files:
            raise wire.Invalid("body", "/files", "No files specified")
        return self.files


class RunResult(Struct, omit_defaults=True):
    """What has become of one file; `error` says why it is as it was."""

    file: str
    success: bool
    error: str | None = None


class RunStep(Struct):
    """An event of a stream: a file's turn has ended."""

    current: int
    total: int
    file: str
    success: bool
    error: str | None


class RunEnd(Struct, omit_defaults=True):
    """The last event, before its results; `error` says why not every file had its turn."""

    done: bool
    job_id: str
    error: str | None = None
    ignored: dict[str, str] = {}


class RunLast(RunEnd, kw_only=True):
    """The last event."""

    results: list[RunResult]


EVENTS: Final = (RunStep, RunLast)


class RunHead(Struct, omit_defaults=True):
    """An answer, before its results: the batch's key, and what was left out, by field."""

    job_id: str
    ignored: dict[str, str] = {}


class RunAnswer(RunHead, kw_only=True):
    """What has become of every file."""

    results: list[RunResult]


class Run(Struct):
    """A batch, and how results call its files: by name, or by what the client has called each.

    `lost` is what was asked for and is no file.
    """

    batch: Batch
    lost: Sequence[str] = ()
    called: Mapping[int, str] | None = None
    ignored: dict[str, str] = {}

    def name(self, item: Item) -> str:
        """Return what a file was called when its turn came."""
        return self.called[item.file] if self.called else results.name_before(item)

    def name_since(self, item: Item) -> str:
        """Return what a file is called since."""
        return self.called[item.file] if self.called else results.name_after(item)

    def write(self, happening: Happening) -> bytes:
        """Write the event of a file whose turn has ended.

        Its number comes behind it, in a block of its own: the predecessor's clients take a block
        that does not begin with "data:" for none.
        """
        if not isinstance(happening, Item) or happening.ordinal is None:
            return b""
        error = results.error_of(happening)
        step = self.step(happening.ordinal + len(self.lost), self.name(happening), error)
        return step + b"id: %d\n\n" % happening.event

    def step(self, current: int, file: str, error: str | None) -> bytes:
        """Write an event."""
        total = self.batch.total + len(self.lost)
        return streams.event(RunStep(current, total, file, error is None, error))


async def make(wanted: NewBatch) -> Batch:
    """Make a batch; whatever becomes of the request, it is done."""
    async with writing() as conn:
        return await batching.make(conn, wanted)


async def select(paths: Sequence[str]) -> tuple[dict[int, str], list[str]]:
    """Return by id what a client has called files, and what it has called so that is none."""
    async with reading() as conn:
        found = await places.find(conn, paths)
    lost = [path for path in dict.fromkeys(paths) if path not in found]
    return {number: path for path, number in found.items()}, lost


ROUTED: Final = re.compile(r"/(?P<kind>process|rename|normalize)-(?P<which>\w+)")


def asked_by(req: Request) -> tuple[rules.Kind, str]:
    """Return what a route is to do, and to which files, as its path says."""
    found = ROUTED.search(req.uri_template or "")
    if found is None:
        raise LookupError(f"{req.uri_template} says nothing of what is to be done")
    return msgspec.convert(found["kind"], rules.Kind), found["which"]


async def answer(req: Request, resp: Response, run: Run) -> None:
    """Answer as the request wants it: with a stream, or once all is done."""
    resp.set_header("Content-Location", f"{req.root_path}/api/batches/{run.batch.id}")
    if (req.get_param("stream") or "").lower() == "true":
        streams.send(req, resp, stream(run))
        return
    await hub().until_ended(run.batch.id)
    head = RunHead(str(run.batch.key), run.ignored)
    resp.stream = results.written(head, tell(run, run.name_since))
    resp.content_type = falcon.MEDIA_JSON


async def tell(run: Run, name: Callable[[Item], str]) -> AsyncGenerator[list[RunResult], None]:
    """Yield all results, some at a time."""
    yield [told(file, LOST) for file in run.lost]
    async for items in results.ended(run.batch.id):
        yield [told(name(item), results.error_of(item)) for item in items]


def told(file: str, error: str | None) -> RunResult:
    """Return a result; all is well where there is no error."""
    return RunResult(file, error is None, error)


async def stream(run: Run) -> Blocks:
    """Yield an event for each file whose turn has ended, then one with all results."""
    lost = b"".join(run.step(place, file, LOST) for place, file in enumerate(run.lost, 1))
    steps = streams.follow(run.write, since=0, batch=run.batch.id, first=lost)
    async with aclosing(steps):
        async for block in steps:
            yield block
    async with reading() as conn:
        batch = await batching.one(conn, run.batch.id)
    yield Block(b"data: ")
    async for piece in results.written(ending(batch, run), tell(run, run.name)):
        yield Block(piece)
    yield Block(b"\n\n")


def ending(batch: Batch, run: Run) -> RunEnd:
    """Return the head of the last event: not all is done if somebody has cancelled it."""
    error = CANCELLED if batch.state == "cancelled" else None if batch.has_ended else CUT_OFF
    return RunEnd(done=True, job_id=str(batch.key), error=error, ignored=run.ignored)
