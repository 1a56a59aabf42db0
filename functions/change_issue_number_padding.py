"""Give issues' numbers another number of digits in names, as ComicMaintainer's clients ask."""

from falcon.asgi import Request, Response
from msgspec import Struct

from comics.names.templates import MOST_DIGITS
from db import settings
from db.engine import writing
from functions import wire

ROUTE = "POST /api/settings/issue-number-padding"
ROLE = "admin"


class IssueNumberPaddingChange(Struct):
    """The digits, also as a text; 0 for a number as it is."""

    padding: int | str | None = None


class IssueNumberPaddingChanged(Struct):
    """The digits that hold."""

    padding: int
    success: bool = True


BODY, ANSWER = IssueNumberPaddingChange, IssueNumberPaddingChanged


def check(padding: int | str | None) -> int:
    """Return the digits, or raise 400 in the predecessor's words."""
    if padding is None:
        raise wire.Invalid("body", "/padding", "Padding value is required")
    try:
        digits = int(padding)
    except ValueError:
        raise wire.Invalid("body", "/padding", "Invalid padding value") from None
    if digits < 0:
        raise wire.Invalid("body", "/padding", "Padding must be 0 or greater")
    if digits > MOST_DIGITS:
        raise wire.Invalid("body", "/padding", f"Padding must be {MOST_DIGITS} or less")
    return digits


async def handle(req: Request, resp: Response) -> None:
    """Keep the digits."""
    digits = check((await wire.body(req, IssueNumberPaddingChange)).padding)
    async with writing() as conn:
        await settings.change(conn, {"issue_number_padding": digits})
    wire.answer(resp, IssueNumberPaddingChanged(digits))
