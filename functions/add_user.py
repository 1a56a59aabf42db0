"""Add a user; the first one has to be an admin."""

import falcon
from falcon.asgi import Request, Response

from db import users
from db.engine import writing
from db.users import User
from functions import accounts, wire
from functions.accounts import NewUser

ROUTE = "POST /api/users"
ROLE = "admin"
STATUS = falcon.HTTP_201
BODY, ANSWER, PROBLEMS = NewUser, User, ("409",)


async def handle(req: Request, resp: Response) -> None:
    """Answer the new user, 400 for what cannot be one, or 409 for a name that another has."""
    wanted = await wire.body(req, NewUser)
    async with writing() as conn:
        number = await accounts.add(conn, wanted)
        user = await users.one(conn, number)
    wire.answer(resp, user)
    resp.status = STATUS
    resp.location = f"users/{number}"
