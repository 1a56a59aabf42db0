"""How somebody logs in: tries, sessions and cookies.

A name that nobody has, a wrong password, a user without one and one who is disabled are answered
alike, after the same time. Tries are counted by name and by address, and those that were right are
given back; an IPv6 address counts with all of its /64, which one household has.
"""

import secrets
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

import falcon
from falcon.asgi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit, sessions, tries, users
from db.audit import Asker
from db.engine import writing
from db.users import User
from functions import passwords
from functions.callers import cookie_name, hashed

BURST: Final = 10  # tries in a row
PER_MINUTE: Final = 5  # after that
LONGEST: Final = sessions.LONGEST * 24 * 60 * 60  # seconds; when it ends is for PostgreSQL to say
LONGEST_AGENT: Final = 200  # letters


async def find(req: Request, name: str, password: str) -> User | None:
    """Return the user who has this name and password, and may log in; raise 429."""
    # Some type their password where their name belongs, so names are not kept as they are.
    keys = (
        f"log-in from {network(req.context.client)}",
        f"log-in as {hashed(users.name_key(name)).hex()}",
    )
    await take(keys)
    async with writing() as conn:  # the other door is not shown passwords
        user = await users.named(conn, name)
        known = await users.password(conn, user.id if user else 0)  # asked for nobody, too
    if not await passwords.is_right(password, known) or user is None or user.disabled_at:
        async with writing() as conn:
            await audit.write(conn, "log-in refused", user.name if user else "")
        return None
    async with writing() as conn:
        for key in keys:
            await tries.give_back(conn, key)
    return user


async def take(keys: tuple[str, ...]) -> None:
    """Count a try for each of these, always in this order; raise 429 where one has none left."""
    async with writing() as conn:
        for key in keys:
            if not await tries.take(conn, key, burst=BURST, per_minute=PER_MINUTE):
                raise falcon.HTTPTooManyRequests(
                    title="Too many wrong log-ins",
                    description="Try again in a minute.",
                    retry_after=60 // PER_MINUTE,
                )


def network(address: str) -> str:
    """Return an address, or the network that an IPv6 address is in."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False) if isinstance(found, IPv6Address) else found)


async def start(
    conn: AsyncConnection, req: Request, resp: Response, user: User, days: int = sessions.LONGEST
) -> None:
    """Log a user in with the browser that asks, for so many days at most."""
    secret, agent = secrets.token_urlsafe(32), (req.user_agent or "")[:LONGEST_AGENT]
    await sessions.start(conn, hashed(secret), user.id, agent, days)
    await tries.forget(conn)
    await audit.write(conn, "logged in", by=Asker(user.id, user.name, req.context.client))
    set_cookie(req, resp, cookie_name(req), secret, LONGEST)


def set_cookie(req: Request, resp: Response, name: str, value: str, seconds: int) -> None:
    """Have the browser keep this for so long; what is over already, it forgets."""
    resp.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=req.scheme == "https",
        http_only=True,
        same_site="Lax",
    )


def drop_cookie(req: Request, resp: Response) -> None:
    """Have the browser forget the session."""
    set_cookie(req, resp, cookie_name(req), "", -1)
