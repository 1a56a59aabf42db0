"""Live below a path of a host that others share, such as /longbox, which $BASE_PATH names.

A proxy may hand paths on as they come or take the prefix off: both are understood. The page's own
addresses are all relative, so that it needs no word of this.
"""

import os

import falcon
from falcon.asgi import Request, Response


def base_path() -> str:
    """Return $BASE_PATH with a slash before it and none behind; "" for the root of the host."""
    path = os.environ.get("BASE_PATH", "").strip().strip("/")
    return f"/{path}" if path else ""


class BasePath:
    """Route a request by what follows the prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    async def process_request(self, req: Request, _resp: Response) -> None:
        """Take the prefix off; without the slash behind it, relative addresses would miss it."""
        if req.path == self.prefix:
            query = f"?{req.query_string}" if req.query_string else ""
            raise falcon.HTTPPermanentRedirect(f"{self.prefix}/{query}")
        req.scope["root_path"] = self.prefix  # for addresses in headers
        if req.path.startswith(f"{self.prefix}/"):
            req.path = req.path.removeprefix(self.prefix)
