"""Show a comic's cover, as a WebP of one of a few widths; it is made once, and kept."""

from typing import Annotated, Literal

from falcon.asgi import Request, Response
from msgspec import Meta

from comics.pictures.questions import Showing, Version, Withheld
from db import covers
from db.covers import Comic, Kept
from db.engine import writing
from functions import pictures, wire
from functions.desks import Picture
from functions.pictures import NotShown, Versioned

ROUTE = "GET /api/files/{file_id:id}/cover"
ROLE = "viewer"
MEDIA = "image/webp"
PROBLEMS = ("422", "429")

Width = Literal[160, 320, 640]


class CoverQuery(Versioned):
    """Which cover."""

    width: Annotated[Width, Meta(description="Pixels; a smaller page is not enlarged.")] = 320


QUERY = CoverQuery


async def handle(req: Request, resp: Response, file_id: int) -> None:
    """Send the cover, or say why there is none."""
    query = wire.query(req, CoverQuery)
    what = f"cover-{query.width}"
    comic = await pictures.find(file_id, query.width)
    if pictures.is_known(req, resp, comic, query, what):
        return
    if comic.fault:
        raise NotShown(Withheld(comic.fault))
    kept = (comic.cover, None) if comic.cover else None
    image, version = kept or await make(req, file_id, comic, query.width)
    pictures.stamp(resp, comic, query, what, version)
    resp.set_headers(pictures.HEADERS)
    resp.content_type = MEDIA
    resp.data = image


async def make(req: Request, file_id: int, comic: Comic, width: int) -> tuple[bytes, Version]:
    """Make a cover, and keep it, or why it could not be made, unless that may pass."""
    try:
        question = Showing(comic.path, width=width, library=pictures.library_of(comic))
        picture = await pictures.ask(req, question, Picture)
    except NotShown as reason:
        if not reason.withheld.again:
            version = reason.withheld.version or pictures.version_of(comic)
            await keep(file_id, width, version, fault=reason.withheld.fault)
        raise
    with picture.file as file:
        image = file.read()
    await keep(file_id, width, picture.shown.version, image=image)
    return image, picture.shown.version


async def keep(
    file_id: int, width: int, version: Version, image: bytes | None = None, fault: str | None = None
) -> None:
    """Keep it: nothing but covers depends on it, so whoever reads a comic may write it."""
    kept = Kept(file_id, width, version.mtime_ns, version.size, image, fault)
    async with writing() as conn:
        await covers.keep(conn, kept)
