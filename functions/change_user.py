"""Change a user's name, role, libraries or password, or whether they may log in."""

import falcon
from falcon.asgi import Request, Response

from db import users
from db.engine import writing
from db.users import User
from functions import accounts, wire
from functions.accounts import UserChange

ROUTE = "PATCH /api/users/{user_id:id}"
ROLE = "admin"
BODY, ANSWER, PROBLEMS = UserChange, User, ("409",)


async def handle(req: Request, resp: Response, user_id: int) -> None:
    """Answer the user as they are then, 404, 400, or 409 where no admin would be left."""
    wanted = await wire.body(req, UserChange)
    async with writing() as conn:
        known = await users.one(conn, user_id)
        if known is None:
            raise falcon.HTTPNotFound(description=f"There is no user {user_id}.")
        await accounts.change(conn, known, wanted)
        wire.answer(resp, await users.one(conn, user_id))
