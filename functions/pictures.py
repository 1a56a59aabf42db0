"""What pages and covers have in common: whose they are, how long they are true, why one is not.

Which pages a comic has, in which order, and which is its cover can change with any change of its
file, and a fingerprint tells none of that. So the version of a picture is that of the file, by time
and size, which lists tell. Whoever puts it into the address gets an answer that is true for ever.
"""

from typing import Annotated, Final, TypeVar

import falcon
from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from comics.pictures.questions import Library, Question, Version, Withheld
from db import covers
from db.covers import Comic
from db.engine import reading
from functions import desks, limits

T = TypeVar("T")

FOREVER: Final = "private, max-age=31536000, immutable"
CHECKED: Final = "private, no-cache"
NEVER: Final = "no-store"
RETRY: Final = 30  # seconds that a disk may take to be there again
# An image opened by itself is a document, whose origin is ours.
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


class Versioned(Struct):
    """Of which version of the file the answer is to be."""

    v: Annotated[
        str | None,
        Meta(
            description="`modified` and `size` of the file as lists have them, with a - between; "
            "then the answer is true for ever, and is cached so."
        ),
    ] = None


async def find(file_id: int, width: int | None = None) -> Comic:
    """Return a comic whose file is there, with the cover of this width if it is kept; or 404."""
    async with reading() as conn:
        comic = await covers.comic(conn, file_id, width)
    if comic is None:
        raise falcon.HTTPNotFound(description=f"There is no file {file_id}.")
    if comic.is_missing:
        raise falcon.HTTPNotFound(description=f"File {file_id} has gone from the disk.")
    return comic


class NotShown(falcon.HTTPError):
    """Answer why there is no picture: 404, 503 if it is only for the moment, else 422."""

    def __init__(self, withheld: Withheld) -> None:
        status, title, headers = falcon.HTTP_422, "It cannot be shown", None
        if withheld.is_absent:
            status, title = falcon.HTTP_404, "There is no such page"
        elif withheld.again:
            status, headers = falcon.HTTP_503, {"Retry-After": str(RETRY)}
        super().__init__(status, title=title, description=withheld.fault, headers=headers)
        self.withheld = withheld


async def ask(req: Request, question: Question, kind: type[T]) -> T:
    """Have a question answered at a desk, or raise `NotShown`, or 429 for too many questions."""
    await limits.spend(req, limits.PICTURES)
    answer = await desks.ask(question)
    if isinstance(answer, Withheld):
        raise NotShown(answer)
    assert isinstance(answer, kind)  # noqa: S101 (for mypy: no question has two kinds of answers)
    return answer


def is_known(req: Request, resp: Response, comic: Comic, query: Versioned, what: str) -> bool:
    """Answer 304 if the client has the version that the index knows, and tell whether it has."""
    if write_tag(comic, what) not in (req.get_header("If-None-Match") or ""):
        return False
    resp.status = falcon.HTTP_304
    stamp(resp, comic, query, what)
    return True


def stamp(
    resp: Response, comic: Comic, query: Versioned, what: str, read: Version | None = None
) -> None:
    """Say how long an answer is true: not at all where what was read is newer than the index."""
    if read not in {None, version_of(comic)}:
        resp.set_header("Cache-Control", NEVER)
        return
    resp.set_header("ETag", write_tag(comic, what))
    resp.set_header("Cache-Control", FOREVER if is_of(comic, query.v) else CHECKED)


def version_of(comic: Comic) -> Version:
    """Return the version that the index knows."""
    return Version(comic.mtime_ns, comic.size)


def library_of(comic: Comic) -> Library:
    """Return what a reader of a comic may not leave."""
    return Library(comic.root, version_of(comic))


def write_tag(comic: Comic, what: str) -> str:
    """Write the entity tag of what is made of a comic."""
    return f'"{comic.mtime_ns:x}-{comic.size:x}-{what}"'


def is_of(comic: Comic, version: str | None) -> bool:
    """Tell whether an address names the version that the index knows."""
    modified, _, size = (version or "").rpartition("-")
    try:
        return (float(modified), int(size)) == (comic.mtime_ns / 1e9, comic.size)
    except ValueError:
        return False
