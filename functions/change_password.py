"""Change one's own password; every other browser is logged out."""

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct

from db import sessions, users
from db.engine import writing
from functions import logins, passwords, wire
from functions.callers import credentials
from functions.passwords import Password

ROUTE = "POST /api/password"
ROLE = "viewer"
STATUS = falcon.HTTP_204


class NewPassword(Struct, forbid_unknown_fields=True):
    """The one that is known, to tell that it is really them, and the one that is to be."""

    current: str
    password: Password


BODY, PROBLEMS = NewPassword, ("429",)


async def handle(req: Request, resp: Response) -> None:
    """Answer 204, or 400 unless the present password is told."""
    given = await wire.body(req, NewPassword)
    user = await logins.find(req, req.context.caller.name, given.current)
    if user is None:
        raise wire.Invalid("body", "/current", "That is not your password")
    known = await passwords.make_hash(given.password)
    async with writing() as conn:
        await users.change(conn, user.id, {"password": known})
        await sessions.end_all(conn, user.id, but=credentials(req).session)
    resp.status = STATUS
