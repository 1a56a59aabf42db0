"""Make the first user, an admin, and log them in; from then on everybody has to log in."""

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct

from db import users
from db.engine import reading, writing
from functions import logins, passwords, wire
from functions.accounts import Name
from functions.callers import may_be_anonymous
from functions.log_in import session_of
from functions.passwords import Password
from functions.show_session import Session

ROUTE = "POST /api/setup"
ROLE = "anyone"
STATUS = falcon.HTTP_201


class FirstUser(Struct, forbid_unknown_fields=True):
    """Who is to be the admin."""

    name: Name
    password: Password


BODY, ANSWER, PROBLEMS = FirstUser, Session, ("403", "409")


async def handle(req: Request, resp: Response) -> None:
    """Answer who that is, 409 where there are users, or 403 to who might be a stranger."""
    given = await wire.body(req, FirstUser)
    async with reading() as conn:
        if await users.are_there(conn):
            raise falcon.HTTPConflict(description="There is a user already: log in.")
    if not may_be_anonymous(req):
        raise falcon.HTTPForbidden(
            description="From elsewhere nobody can be the first: set LONGBOX_ADMIN_PASSWORD and "
            "start Longbox again, or run `longbox user add` where it runs."
        )
    known = await passwords.make_hash(given.password)
    async with writing() as conn:
        number = await users.make_first(conn, given.name, known)
        user = number and await users.one(conn, number)
        if not user:
            raise falcon.HTTPConflict(description="Somebody else was first: log in.")
        await logins.start(conn, req, resp, user)
    wire.answer(resp, session_of(user))
    resp.status = STATUS
