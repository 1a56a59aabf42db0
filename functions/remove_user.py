"""Remove a user, with sessions and tokens; what they have done stays, under their name."""

import falcon
from falcon.asgi import Request, Response

from db import users
from db.engine import writing

ROUTE = "DELETE /api/users/{user_id:id}"
ROLE = "admin"
STATUS = falcon.HTTP_204
PROBLEMS = ("409",)


async def handle(_req: Request, resp: Response, user_id: int) -> None:
    """Answer 204, 404, or 409 where no admin would be left."""
    async with writing() as conn:
        if not await users.remove(conn, user_id):
            raise falcon.HTTPNotFound(description=f"There is no user {user_id}.")
    resp.status = STATUS
