"""The page: the files that web/build.py made, each at a route of its own.

A file that was not there when the app was composed has no route, so no path can lead out of the
folder. Names under assets/ carry a hash of what they hold, so those never change.
"""

import mimetypes
from pathlib import Path
from typing import Final

import falcon
from falcon.asgi import App, Request, Response

STATIC: Final = Path(__file__).parent / "static"

FOREVER: Final = "public, max-age=31536000, immutable"
CHECKED: Final = "no-cache"

# Nothing but our own; the icons of the API's page are in its style sheet, as data.
POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Encoding",
}


class StaticFile:
    """One file of the page, compressed already if that is any use."""

    functions: Final[dict[str, object]] = {}  # that the guard has to guard

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if self.type.startswith("text/") or self.type.endswith(("javascript", "json")):
            self.type += "; charset=utf-8"
        self.cache = FOREVER if name.startswith("assets/") else CHECKED
        packed = path.with_name(f"{path.name}.gz")
        self.packed = packed if packed.exists() else None
        self.tag = f'"{path.stat().st_mtime_ns:x}-{path.stat().st_size:x}"'

    async def on_get(self, req: Request, resp: Response) -> None:
        """Send it, unless the client has it."""
        resp.set_headers({**HEADERS, "ETag": self.tag, "Cache-Control": self.cache})
        if req.get_header("If-None-Match") == self.tag:
            resp.status = falcon.HTTP_304
            return
        resp.content_type = self.type
        if self.packed and "gzip" in (req.get_header("Accept-Encoding") or ""):
            resp.set_header("Content-Encoding", "gzip")
            resp.data = self.packed.read_bytes()
        else:
            resp.data = self.path.read_bytes()

    on_head = on_get


def add_to(app: App[Request, Response], folder: Path = STATIC) -> None:
    """Give each file a route; an index.html has its folder's."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or path.suffix == ".gz" or path.name.startswith("."):
            continue
        file = StaticFile(path, name)
        app.add_route(f"/{name}", file)
        if path.name == "index.html":
            app.add_route(f"/{name.removesuffix('index.html').rstrip('/')}", file)
