"""Tell ComicMaintainer's clients that its cache is warm: there is none, and nothing to do."""

from falcon.asgi import Request, Response
from msgspec import Struct

from functions import wire

ROUTE = "POST /api/cache/prewarm"
ROLE = "editor"


class Prewarmed(Struct):
    """That it is, in the predecessor's words."""

    success: bool = True
    message: str = "Metadata cache prewarmed successfully"


ANSWER = Prewarmed


async def handle(_req: Request, resp: Response) -> None:
    """Answer at once."""
    wire.answer(resp, Prewarmed())
