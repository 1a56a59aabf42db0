"""Describe the API to programs: OpenAPI 3.1, made from the functions' own structs."""

from functools import cache

import falcon
from falcon.asgi import Request, Response

ROUTE = "GET /openapi.json"
ROLE = "anyone"


@cache
def document() -> bytes:
    """Write the document once; it only changes with the code."""
    from functions import app, openapi  # noqa: PLC0415  this function is one of those it describes

    return openapi.encode(app.FUNCTIONS)


async def handle(_req: Request, resp: Response) -> None:
    """Answer the document."""
    resp.data = document()
    resp.content_type = falcon.MEDIA_JSON
    resp.set_header("Cache-Control", "no-cache")
