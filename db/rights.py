"""What a caller of some libraries sees: the database through the views of the schema `narrowed`.

Each has the name of a table, and shows nothing of other libraries, nor of batches that others have
made. On a connection whose search path begins with them every statement means the views. So what
somebody may see is decided where a connection is lent, in `db.engine`, and no query and no function
can forget it: what is not theirs is not there. Tables that have no view there are everybody's.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.callers import Caller

VIEWS_FIRST: Final = "-c search_path=narrowed,public"

_narrowed: ContextVar[Caller | None] = ContextVar("narrowed", default=None)


def narrow(caller: Caller) -> None:
    """Have this task see what this caller may see, until another caller is named.

    A connection to a client is one task, so each of its requests has to name its own.
    """
    _narrowed.set(None if caller.libraries is None else caller)


def narrowed() -> Caller | None:
    """Return the caller to whose libraries all is narrowed, or None."""
    return _narrowed.get()


def only_library() -> int | None:
    """Return the one library that there is for the caller, if it is one: an index has its lists."""
    caller = narrowed()
    only = caller.libraries if caller else None
    return only[0] if only and len(only) == 1 else None


@contextmanager
def widened() -> Iterator[None]:
    """Have this task see everything, for what a process does for all, whoever sets it off."""
    token = _narrowed.set(None)
    try:
        yield
    finally:
        _narrowed.reset(token)


# It fails where the schema is not there, before anything is asked of the tables themselves.
ENTER: Final = text("SELECT narrowed.enter(CAST(:libraries AS int[]), CAST(:caller AS int))")


@asynccontextmanager
async def entered(
    lending: AbstractAsyncContextManager[AsyncConnection], caller: Caller
) -> AsyncIterator[AsyncConnection]:
    """Lend a connection on which the views show what this caller may see."""
    async with lending as conn:
        libraries = list(caller.libraries or ())
        await conn.execute(ENTER, {"libraries": libraries, "caller": caller.user})
        yield conn
