"""Tell who asks, and what they may; and whether somebody has to log in, or to be set up, first."""

from falcon.asgi import Request, Response
from msgspec import Struct, field

from db import callers, users
from db.callers import Caller, Role
from db.engine import listing, reading
from functions import openid, wire
from functions.callers import credentials

ROUTE = "GET /api/session"
ROLE = "anyone"


class Session(Struct):
    """Who asks; while there is no user, an admin without a name, or nobody."""

    user: int | None
    name: str
    role: Role
    libraries: list[int] | None  # that are theirs; null for all
    setup_needed: bool  # there is no user yet
    login_needed: bool
    # That `/api/oidc/login` leads to a provider of identities.
    oidc: bool = field(default_factory=openid.is_configured)


ANSWER = Session


async def handle(req: Request, resp: Response) -> None:
    """Answer also to nobody."""
    async with listing() as conn:
        caller = await callers.find(conn, credentials(req))
    async with reading() as conn:
        are_users = caller.user is not None or await users.are_there(conn)
    wire.answer(resp, describe(caller, are_users=are_users))


def describe(caller: Caller, *, are_users: bool = True) -> Session:
    """Say who that is."""
    return Session(
        user=caller.user,
        name=caller.name,
        role=caller.role,
        libraries=None if caller.libraries is None else list(caller.libraries),
        setup_needed=not are_users,
        login_needed=are_users and caller.role == "nobody",
    )
