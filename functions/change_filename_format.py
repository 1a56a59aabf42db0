"""Name comics otherwise from now on, as ComicMaintainer's clients ask for it."""

from falcon.asgi import Request, Response
from msgspec import Struct

from comics.names import naming
from comics.names.templates import TemplateError
from db import settings
from db.engine import writing
from functions import wire

ROUTE = "POST /api/settings/filename-format"
ROLE = "admin"


class FilenameFormatChange(Struct):
    """The template, see docs/naming.md."""

    format: str = ""


class FilenameFormatChanged(Struct):
    """The template that holds."""

    format: str
    success: bool = True


BODY, ANSWER = FilenameFormatChange, FilenameFormatChanged


async def handle(req: Request, resp: Response) -> None:
    """Keep the template, or answer 400 that says what is wrong with it."""
    asked = await wire.body(req, FilenameFormatChange)
    if not asked.format.strip():
        raise wire.Invalid("body", "/format", "Format string is required")
    try:
        naming.compile(asked.format)
    except TemplateError as error:
        raise wire.Invalid("body", "/format", str(error)) from None
    async with writing() as conn:
        await settings.change(conn, {"filename_format": asked.format})
    wire.answer(resp, FilenameFormatChanged(asked.format))
