"""Log in: a name and a password for a cookie that lasts a month after it was last used."""

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct

from db.engine import writing
from db.users import User
from functions import logins, wire
from functions.accounts import Name
from functions.show_session import Session

ROUTE = "POST /api/login"
ROLE = "anyone"


class Login(Struct, forbid_unknown_fields=True):
    """Who, and what only they know."""

    name: Name
    password: str


BODY, ANSWER, PROBLEMS = Login, Session, ("401", "429")


async def handle(req: Request, resp: Response) -> None:
    """Answer who that is, 401 for who is not, or 429 after too many of those."""
    given = await wire.body(req, Login)
    user = await logins.find(req, given.name, given.password)
    if user is None:
        raise falcon.HTTPUnauthorized(
            title="Not logged in", description="The name or the password is wrong."
        )
    async with writing() as conn:
        await logins.start(conn, req, resp, user)
    wire.answer(resp, session_of(user))


def session_of(user: User) -> Session:
    """Say who has just logged in."""
    return Session(
        user=user.id,
        name=user.name,
        role=user.role,
        libraries=user.libraries,
        setup_needed=False,
        login_needed=False,
    )
