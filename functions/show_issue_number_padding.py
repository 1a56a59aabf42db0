"""Tell ComicMaintainer's clients how many digits an issue's number has in names."""

from falcon.asgi import Request, Response
from msgspec import Struct

from comics.names.naming import PADDING
from comics.rules import Settings
from db import settings
from db.engine import reading
from functions import wire

ROUTE = "GET /api/settings/issue-number-padding"
ROLE = "viewer"


class IssueNumberPadding(Struct):
    """The digits, and how many they are if nobody has chosen."""

    padding: int
    default: int


ANSWER = IssueNumberPadding


async def handle(_req: Request, resp: Response) -> None:
    """Answer the digits."""
    async with reading() as conn:
        known = await settings.current(conn, Settings)
    wire.answer(resp, IssueNumberPadding(known.issue_number_padding, PADDING))
