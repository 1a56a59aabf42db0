"""List the users, by name."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import users
from db.engine import writing
from db.users import User
from functions import wire

ROUTE = "GET /api/users"
ROLE = "admin"


class UserList(Struct):
    """Every user."""

    users: list[User]


ANSWER = UserList


async def handle(_req: Request, resp: Response) -> None:
    """Answer all of them."""
    async with writing() as conn:  # the other door does not even see whether there is a password
        wire.answer(resp, UserList(await users.every(conn)))
