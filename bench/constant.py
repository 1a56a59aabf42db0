"""The limit of the web side: a body that never changes, from Falcon under the same command.

`python -m bench.constant` runs what `longbox functions` runs, but for the app.
"""

import os
from pathlib import Path
from typing import Final

import falcon
from falcon.asgi import App, Request, Response

from bench.plan import ROOT
from cli import web

PRODUCT: Final = "functions.app:create_app()"
BODY: Final = "BENCH_BODY"  # the variable that names the file with the body


class Constant:
    """Answers with one body, whatever is asked."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def on_get(self, _req: Request, resp: Response) -> None:
        """Answer."""
        resp.data = self.body
        resp.content_type = falcon.MEDIA_JSON


def create_app() -> App[Request, Response]:
    """Make the app."""
    app = App()
    app.add_route("/health/live", Constant(b"{}"))
    app.add_route("/api/files", Constant(Path(os.environ[BODY]).read_bytes()))
    return app


def main() -> None:
    """Become gunicorn."""
    command = [
        "bench.constant:create_app()" if part == PRODUCT else part for part in web.gunicorn()
    ]
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606  no shell is what we want


if __name__ == "__main__":
    main()
