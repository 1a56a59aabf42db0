"""Tell that this process lives, whatever its database does: restart it if this fails."""

from falcon.asgi import Request, Response
from msgspec import Struct

from functions import wire

ROUTE = "GET /health/live"
ROLE = "anyone"


class Liveness(Struct):
    """Always the same."""

    status: str


ANSWER = Liveness


async def handle(_req: Request, resp: Response) -> None:
    """Answer without asking anyone."""
    wire.answer(resp, Liveness("alive"))
