"""The edge: what no function has to think of, for it is so with every request and every answer.

A browser sends the cookies that it has for us with requests that another site's page makes. It also
says where such a request comes from (`Sec-Fetch-Site`, or at least `Origin`), which no page can
change. What carries a token of its own, a browser never sends by itself.
https://developer.mozilla.org/docs/Web/Security/Practical_implementation_guides/CSRF_prevention
"""

from typing import Final

import falcon
from falcon.asgi import Request, Response

from functions import proxies, wire
from functions.callers import token_of

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OURS: Final = frozenset({"same-origin", "none"})  # the page's own, or typed into the address bar
PORTS: Final = {"http": ":80", "https": ":443"}

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# A browser takes these only from where nobody can have changed them on the way.
SECURE: Final = {
    "Strict-Transport-Security": "max-age=31536000",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Of answers that say nothing of it themselves: they are data, and may be of one user alone.
POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
KEPT: Final = "no-store"


class Edge:
    """Refuse what no function should see, and say with every answer how it may be used."""

    def __init__(self) -> None:
        proxies.trusted()  # or only the first request would tell that they are named wrongly

    async def process_request(self, req: Request, _resp: Response) -> None:
        """Believe the proxies, and refuse bodies that are too large and writes of other sites."""
        proxies.believe(req)
        if (req.content_length or 0) > wire.LARGEST_BODY:
            raise wire.TooLarge
        if req.method not in SAFE and is_foreign(req):
            raise falcon.HTTPForbidden(
                title="A page of another site asked for this",
                description="A browser may change something only from Longbox's own page.",
            )

    async def process_response(
        self,
        req: Request,
        resp: Response,
        _resource: object,
        _succeeded: bool,  # noqa: FBT001  Falcon calls it
    ) -> None:
        """Set the headers that every answer has."""
        resp.set_headers(HEADERS)
        if req.scheme == "https":
            resp.set_headers(SECURE)
        if resp.get_header("Content-Security-Policy") is None:
            resp.set_header("Content-Security-Policy", POLICY)
        if resp.get_header("Cache-Control") is None:
            resp.set_header("Cache-Control", KEPT)


def is_foreign(req: Request) -> bool:
    """Tell whether a browser sends this on behalf of a page that is not ours.

    Browsers tell the site only to https and to this very machine; to others, just the origin.
    """
    if token_of(req) is not None:  # which no browser adds by itself, as it does a cookie
        return False
    if site := req.get_header("Sec-Fetch-Site"):
        return site not in OURS
    origin = req.get_header("Origin")
    return origin is not None and not is_same(origin, req.context.host)


def is_same(origin: str, host: str) -> bool:
    """Tell whether an origin is this host, whichever of the two writes the usual port."""
    scheme, _, place = origin.lower().partition("://")
    usual = PORTS.get(scheme, "")
    return place.removesuffix(usual) == host.lower().removesuffix(usual) != ""
