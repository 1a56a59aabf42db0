"""How long statements take, and connections are waited for; what is slow is told in the log.

A note has the beginning of a statement, never its parameters.
"""

import os
from contextvars import ContextVar
from time import perf_counter
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import Connection, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from db.meters import Series, observe

Door = Literal["reading", "writing", "listing"]

SLOW: Final = 500  # milliseconds, unless $LONGBOX_SLOW_MS says otherwise
LONGEST: Final = 100  # letters of a statement in a note

STATEMENTS: Final[dict[Door, Series]] = {
    "reading": Series("longbox_sql_seconds", ("reading",)),
    "writing": Series("longbox_sql_seconds", ("writing",)),
    "listing": Series("longbox_sql_seconds", ("listing",)),
}
WAITS: Final[dict[Door, Series]] = {
    "reading": Series("longbox_pool_wait_seconds", ("reading",)),
    "writing": Series("longbox_pool_wait_seconds", ("writing",)),
    "listing": Series("longbox_pool_wait_seconds", ("listing",)),
}

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request that is being answered, if one is."""

log = structlog.get_logger()


def limit() -> float:
    """Return the seconds from which on a statement is slow."""
    text = os.environ.get("LONGBOX_SLOW_MS", "")
    return (int(text) if text.isdecimal() else SLOW) / 1000


slow: float = limit()


def waited(door: Door, began: float) -> None:
    """Count how long somebody has waited for a connection since then, by `perf_counter`."""
    observe(WAITS[door], perf_counter() - began)


def ran(door: Door, statement: str, began: float) -> None:
    """Count how long a statement has run since then, and say so if that is long."""
    seconds = perf_counter() - began
    observe(STATEMENTS[door], seconds)
    if seconds >= slow:
        log.warning(
            "slow statement",
            door=door,
            statement=beginning(statement),
            ms=round(seconds * 1000, 2),
            request_id=request_id.get(),
        )


def beginning(statement: str) -> str:
    """Return the first words of a statement, on one line."""
    words = " ".join(statement.split())
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"


def watch(engine: AsyncEngine, door: Door) -> None:
    """Count every statement that goes through an engine, and those that fail, too.

    What SQLAlchemy itself asks a server that it meets for the first time, it tells of only if it
    fails; its connection is none that could keep anything.
    """
    began: WeakKeyDictionary[ExecutionContext, float] = WeakKeyDictionary()

    def begin(*told: Any) -> None:  # noqa: ANN401  as SQLAlchemy calls it
        *_, context, _many = told
        began[context] = perf_counter()

    def end(_conn: Connection, _cursor: object, statement: str, *told: Any) -> None:  # noqa: ANN401
        _, context, _ = told
        ran(door, statement, began.pop(context))

    def fail(failure: ExceptionContext) -> None:
        context = failure.execution_context
        if context and failure.statement and context in began:
            ran(door, failure.statement, began.pop(context))

    event.listen(engine.sync_engine, "before_cursor_execute", begin)
    event.listen(engine.sync_engine, "after_cursor_execute", end)
    event.listen(engine.sync_engine, "handle_error", fail)
