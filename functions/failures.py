"""What PostgreSQL's failures and the refusals of rules mean to a client, said once for all."""

import logging
from typing import Any

import falcon
import psycopg
import sqlalchemy.exc
from falcon.asgi import App, Request, Response

from db.users import LastAdmin
from functions import wire
from functions.batching import Conflict
from functions.shelving import Refused, Taken

AWAY: tuple[type[Exception], ...] = (
    psycopg.OperationalError,  # the pool's own are of this kind
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.TimeoutError,
)
UNPREPARED = (
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
)


async def answer_away(
    _req: Request, _resp: Response, error: Exception, _params: dict[str, Any]
) -> None:
    """Answer 503: the database is away, or starting, or too busy to answer in time."""
    cause = getattr(error, "orig", error)
    if isinstance(cause, psycopg.errors.QueryCanceled):
        raise falcon.HTTPServiceUnavailable(
            title="That took too long",
            description="PostgreSQL gave up on the query. Narrow it down, or try again.",
            retry_after=5,
        )
    raise falcon.HTTPServiceUnavailable(
        title="The database does not answer",
        description="PostgreSQL is away or just starting. Try again in a moment.",
        retry_after=1,
    )


async def answer_unprepared(
    _req: Request, _resp: Response, error: Exception, _params: dict[str, Any]
) -> None:
    """Answer 503 where the tables are not there; any other wrong statement is our own mistake.

    It is logged, and answered with 500, as Falcon does with every other mistake of ours.
    """
    if not isinstance(getattr(error, "orig", error), UNPREPARED):
        logging.getLogger("falcon").error("A statement is wrong", exc_info=error)
        raise falcon.HTTPInternalServerError from error
    raise falcon.HTTPServiceUnavailable(
        title="The database is not prepared",
        description="Its tables are missing or of another version. Run `longbox migrate`.",
        retry_after=5,
    )


TAKEN = {
    "libraries_root_key": "Another library has this folder.",
    "users_name_key_key": "Another user has this name.",
}


async def answer_taken(
    _req: Request, _resp: Response, error: sqlalchemy.exc.IntegrityError, _params: dict[str, Any]
) -> None:
    """Answer 409 where another request was first; any other broken constraint is our mistake."""
    cause = error.orig
    name = cause.diag.constraint_name if isinstance(cause, psycopg.IntegrityError) else None
    if name not in TAKEN:
        logging.getLogger("falcon").error("A constraint is broken", exc_info=error)
        raise falcon.HTTPInternalServerError from error
    raise falcon.HTTPConflict(description=TAKEN[name])


async def answer_refused(
    _req: Request, _resp: Response, error: Refused, _params: dict[str, Any]
) -> None:
    """Answer 409 for what another library has, and 400 for any other field that is wrong."""
    if isinstance(error, Taken):
        raise falcon.HTTPConflict(description=str(error))
    raise wire.Invalid("body", f"/{error.field}", str(error).removesuffix("."))


async def answer_conflict(
    _req: Request, _resp: Response, error: Conflict | LastAdmin, _params: dict[str, Any]
) -> None:
    """Answer 409 where a batch is in no state for what is asked of it, or users are not."""
    raise falcon.HTTPConflict(description=str(error))


def explain(app: App[Request, Response]) -> None:
    """Have this app answer the database's failures."""
    for away in AWAY:
        app.add_error_handler(away, answer_away)
    app.add_error_handler(Refused, answer_refused)
    app.add_error_handler(Conflict, answer_conflict)
    app.add_error_handler(LastAdmin, answer_conflict)
    app.add_error_handler(sqlalchemy.exc.IntegrityError, answer_taken)
    for wrong in (psycopg.ProgrammingError, sqlalchemy.exc.ProgrammingError):
        app.add_error_handler(wrong, answer_unprepared)
