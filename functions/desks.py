"""Have pages and covers read at a few desks, each a process that may crash, hang or be killed.

`comics.pictures.reader` is what sits there. It is started for the first question and ends when none
has come for a while. Requests wait in one line, which is short: whoever finds it full is told to
come again, so that covers never hold up lists.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO, Final

import falcon
import msgspec
from msgspec import Struct, structs

from comics.children import Child, child
from comics.pictures.questions import Answer, Question, Showing, Shown, Withheld

DESKS: Final = 2  # a process of the functions
LINE: Final = 64  # questions that may wait
SECONDS: Final = 20.0  # for one question
IDLE: Final = 30.0  # seconds

_decode: Callable[[bytes], Answer] = msgspec.json.Decoder(Answer).decode


class Picture(Struct):
    """What was shown, and its file: open, and without a name any more."""

    shown: Shown
    file: BinaryIO


class Asked(Struct):
    """A question in the line, and where its answer goes."""

    question: Question
    answer: asyncio.Future[Answer | Picture]


_lines: list[asyncio.Queue[Asked]] = []  # the one that this process has opened


@asynccontextmanager
async def open_desks() -> AsyncIterator[None]:
    """Open this process's desks, and end whoever sits there at the end."""
    line: asyncio.Queue[Asked] = asyncio.Queue(LINE)
    desks = [asyncio.create_task(_attend(line)) for _ in range(DESKS)]
    _lines.append(line)
    try:
        yield
    finally:
        _lines.remove(line)
        for desk in desks:
            desk.cancel()
        await asyncio.gather(*desks, return_exceptions=True)


async def ask(question: Question) -> Answer | Picture:
    """Wait in the line and return the answer; raise 503 where the line is full."""
    asked = Asked(question, asyncio.get_running_loop().create_future())
    try:
        _lines[-1].put_nowait(asked)
    except asyncio.QueueFull:
        raise falcon.HTTPServiceUnavailable(
            title="Too many pages are asked for at once",
            description="Ask for this one again in a moment.",
            retry_after=2,
        ) from None
    return await asked.answer


async def _attend(line: asyncio.Queue[Asked]) -> None:
    """Answer one question after another, by a process that lives while they keep coming."""
    while True:
        asked: Asked | None = await line.get()
        try:
            async with child("comics.pictures.reader") as reader:
                while asked:
                    if not asked.answer.cancelled():
                        _deliver(asked, await _answer(reader, asked.question))
                    asked = await _next(line)
        except (OSError, EOFError) as end:  # of which TimeoutError is one
            if asked:
                _deliver(asked, Withheld(_explain(end)))


async def _next(line: asyncio.Queue[Asked]) -> Asked | None:
    try:
        async with asyncio.timeout(IDLE):
            return await line.get()
    except TimeoutError:
        return None


async def _answer(reader: Child, question: Question) -> Answer | Picture:
    """Have a question answered; what is put into a folder for it is taken from there."""
    if not isinstance(question, Showing):
        return await _hear(reader, question)
    with tempfile.TemporaryDirectory(prefix="longbox-page-") as folder:
        answer = await _hear(reader, structs.replace(question, folder=folder))
        if not isinstance(answer, Shown):
            return answer
        return Picture(answer, (Path(folder) / answer.name).open("rb"))


async def _hear(reader: Child, question: Question) -> Answer:
    reader.tell([msgspec.json.encode(question)])
    return _decode(await reader.hear(SECONDS))


def _deliver(asked: Asked, answer: Answer | Picture) -> None:
    """Give an answer, unless whoever asked has gone."""
    if not asked.answer.done():
        asked.answer.set_result(answer)
    elif isinstance(answer, Picture):
        answer.file.close()


def _explain(end: OSError | EOFError) -> str:
    if isinstance(end, TimeoutError):
        return f"It could not be read within {SECONDS:g} seconds."
    return f"The process that read it was ended by {end}."
