"""Show a page of a comic, as it is in its archive."""

from collections.abc import AsyncIterator
from typing import BinaryIO, Final

from falcon.asgi import Request, Response

from comics.pictures.questions import Showing
from functions import pictures, wire
from functions.desks import Picture
from functions.pictures import Versioned

ROUTE = "GET /api/files/{file_id:id}/pages/{number:id}"
ROLE = "viewer"
QUERY = Versioned
MEDIA = "image/*"
PROBLEMS = ("422", "429")

CHUNK: Final = 2**16  # bytes


async def handle(req: Request, resp: Response, file_id: int, number: int) -> None:
    """Send the page, whose bytes have been checked, or say why not."""
    query, what = wire.query(req, Versioned), f"page-{number}"
    comic = await pictures.find(file_id)
    if pictures.is_known(req, resp, comic, query, what):
        return
    question = Showing(comic.path, page=number, library=pictures.library_of(comic))
    page = await pictures.ask(req, question, Picture)
    pictures.stamp(resp, comic, query, what, page.shown.version)
    resp.set_headers(pictures.HEADERS)
    resp.content_type = page.shown.media_type
    if req.method == "HEAD":
        page.file.close()
        resp.content_length = page.shown.size
    else:
        resp.set_stream(send(page.file), page.shown.size)


async def send(file: BinaryIO) -> AsyncIterator[bytes]:
    """Yield a file bit by bit, so that no page is in memory as a whole, however slow the client.

    The system has it at hand, for it was just written, so that nothing waits for a disk.
    """
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
