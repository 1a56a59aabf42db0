"""Log in by OpenID Connect: send the browser to the provider of identities."""

from typing import Annotated

import falcon
from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from functions import logins, openid, wire

ROUTE = "GET /api/oidc/login"
ROLE = "anyone"
STATUS = falcon.HTTP_302


class LoginQuery(Struct):
    """Where to go in the end."""

    back: Annotated[
        str,
        Meta(
            pattern=r"^\?[^\\\x00-\x20\x7f]*$|^$",
            max_length=1000,
            description="The query of the page that was open.",
        ),
    ] = ""


QUERY, PROBLEMS = LoginQuery, ("404", "503")


async def handle(req: Request, resp: Response) -> None:
    """Redirect there, and have the browser keep what this log-in begins with."""
    query = wire.query(req, LoginQuery)
    asked = openid.known_provider()
    started = openid.start(query.back)
    resp.location = await openid.address_to_ask(asked, started, openid.returns_to(req))
    resp.status = STATUS
    logins.set_cookie(req, resp, openid.cookie_name(req), openid.pack(started), openid.LASTS)
