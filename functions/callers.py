"""What a request says about who asks: a token, a proxy's word, a session's cookie, or nothing."""

import os
from hashlib import sha256
from ipaddress import ip_address
from typing import Final

from falcon.asgi import Request

from db.callers import Credentials
from db.users import name_key
from functions.proxies import peer_of, told_user

USUAL: Final = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})  # every request is looked at
FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def hashed(secret: str) -> bytes:
    """Return what the database knows of a session's or a token's secret, which has 256 bits."""
    return sha256(secret.encode(errors="surrogateescape")).digest()


def cookie_name(req: Request) -> str:
    """Return the name of a session's cookie, which browsers guard under https."""
    return "__Host-longbox" if req.scheme == "https" else "longbox"


def token_of(req: Request) -> str | None:
    """Return the token that a request shows, be it empty, or None if it shows none."""
    if (key := req.get_header("X-API-Key")) is not None:
        return key
    scheme, _, token = (req.get_header("Authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def credentials(req: Request) -> Credentials:
    """Return what a request says about who asks.

    One that shows a token is nobody else's, nor is one for which a trusted proxy vouches.
    """
    if (token := token_of(req)) is not None:
        return Credentials(token=hashed(token))
    if name := told_user(req):
        return Credentials(name_key=name_key(name), anonymous=may_be_anonymous(req))
    if session := req.get_cookie_values(cookie_name(req)):
        return Credentials(session=hashed(session[0]), anonymous=may_be_anonymous(req))
    return Credentials(anonymous=may_be_anonymous(req))


def may_be_anonymous(req: Request) -> bool:
    """Tell whether this may be anybody, as long as there is no user."""
    return is_open() or is_here(req)


def is_open() -> bool:
    """Tell whether all who reach this deployment are trusted, as long as there is no user."""
    return os.environ.get("LONGBOX_ALLOW_ANONYMOUS") == "1"


def is_here(req: Request) -> bool:
    """Tell whether a request was made on this very machine, and to it by its own name.

    Else a page of any site could ask, once its name leads to 127.0.0.1, and anybody behind a proxy.
    """
    return (
        is_loopback(peer_of(req))
        and is_loopback(req.host)
        and not any(req.get_header(name) for name in FORWARDED)
    )


def is_loopback(host: str) -> bool:
    """Tell whether this is an address of this machine that only itself can reach, or its name."""
    if host in USUAL:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
