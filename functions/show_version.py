"""Tell which version this is."""

from falcon.asgi import Request, Response
from msgspec import Struct

from functions import __version__, wire

ROUTE = "GET /api/version"
ROLE = "anyone"


class Version(Struct):
    """The version of Longbox."""

    version: str


ANSWER = Version


async def handle(_req: Request, resp: Response) -> None:
    """Answer without asking anyone."""
    wire.answer(resp, Version(__version__))
