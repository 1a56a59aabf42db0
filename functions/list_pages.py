"""List the pages of a comic, in the order of reading, as its archive has them."""

from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from comics.pictures.questions import Listed, Listing, PageEntry
from functions import pictures, wire
from functions.pictures import Versioned

ROUTE = "GET /api/files/{file_id:id}/pages"
ROLE = "viewer"


class PageList(Struct):
    """The pages of a comic."""

    pages: list[PageEntry]
    cover: Annotated[int, Meta(description="The number of the page that is the cover.")]


QUERY, ANSWER = Versioned, PageList
PROBLEMS = ("422", "429")
WHAT = "pages"


async def handle(req: Request, resp: Response, file_id: int) -> None:
    """Answer the list, or why the archive cannot be read."""
    query = wire.query(req, Versioned)
    comic = await pictures.find(file_id)
    if pictures.is_known(req, resp, comic, query, WHAT):
        return
    listed = await pictures.ask(req, Listing(comic.path, pictures.library_of(comic)), Listed)
    pictures.stamp(resp, comic, query, WHAT, listed.version)
    wire.answer(resp, PageList(listed.pages, listed.cover))
