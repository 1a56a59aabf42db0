"""End a log-in by OpenID Connect: the provider has sent the browser back."""

from secrets import compare_digest
from typing import Final

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from db import users
from db.engine import writing
from db.users import User
from functions import logins, openid, wire
from functions.openid import Identity, NotVouchedFor, Provider

ROUTE = "GET /api/oidc/callback"
ROLE = "anyone"
STATUS = falcon.HTTP_303

VOUCHED_FOR: Final = 1  # days after which the provider is to vouch for somebody once more


class CallbackQuery(Struct):
    """What the provider tells."""

    state: str = ""
    code: str = ""
    error: str = ""
    error_description: str = ""


QUERY, PROBLEMS = CallbackQuery, ("403", "404", "503")


async def handle(req: Request, resp: Response) -> None:
    """Log in whoever the provider vouches for, and go on to the page."""
    query = wire.query(req, CallbackQuery)
    asked = openid.known_provider()
    kept = req.get_cookie_values(openid.cookie_name(req))
    started = openid.unpack(kept[0] if kept else "")
    if not compare_digest(started.state.encode(), query.state.encode()):
        raise NotVouchedFor("The log-in has begun elsewhere: begin it again.")
    if query.error or not query.code:
        raise openid.refused(query.error or "no code", query.error_description)
    identity = await openid.identify(asked, started, query.code, openid.returns_to(req))
    async with writing() as conn:
        await logins.start(conn, req, resp, await admit(conn, asked, identity), VOUCHED_FOR)
    logins.set_cookie(req, resp, openid.cookie_name(req), "", -1)
    resp.location, resp.status = f"{openid.place_of(req)}/{started.back}", STATUS


async def admit(conn: AsyncConnection, asked: Provider, identity: Identity) -> User:
    """Return the user that this is, with the role that the groups give; raise `NotVouchedFor`."""
    await users.take_turn(conn)
    user = await users.of_subject(conn, identity.subject)
    if user is None:
        user = await create(conn, asked, identity)
    if user.disabled_at:
        raise NotVouchedFor(f"{user.name} may not log in at the moment: ask whoever runs Longbox.")
    if identity.role and identity.role != user.role:
        everywhere = {"libraries": None} if identity.role == "admin" else {}
        await users.change(conn, user.id, {"role": identity.role, **everywhere})
        user = await users.one(conn, user.id) or user
    return user


async def create(conn: AsyncConnection, asked: Provider, identity: Identity) -> User:
    """Make a user of whoever has not been here before; raise `NotVouchedFor` if that is not wanted.

    A name proves nothing: whoever has a name already is not taken for whom the provider calls so.
    """
    if not asked.creates_users:
        raise NotVouchedFor(f"Longbox does not know {identity.name}: ask whoever runs it.")
    if other := await users.named(conn, identity.name):
        raise NotVouchedFor(f"Another user is called {other.name}: ask whoever runs Longbox.")
    known = {"role": identity.role or "viewer", "subject": identity.subject}
    number = await users.make(conn, identity.name, known)
    made = await users.one(conn, number)
    if made is None:
        raise LookupError("A user that was just made is not there.")
    return made
