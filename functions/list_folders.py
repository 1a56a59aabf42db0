"""List the folders of a folder, and how many comics are in each."""

from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct

from db import folders
from db.engine import reading
from db.folders import Folder
from functions import wire

ROUTE = "GET /api/folders"
ROLE = "viewer"


class FoldersQuery(Struct):
    """Which folder, and how many of its folders."""

    path: Annotated[str, Meta(description="Relative to the library; empty for its root.")] = ""
    library: wire.Id | None = None
    after: Annotated[str, Meta(description="`next` of the answer before.")] = ""
    limit: Annotated[int, Meta(ge=1, le=1000, description="Folders.")] = 500


class FolderLevel(Folder):
    """A folder with a level of the tree below it, in the order of the names' bytes."""

    folders: list[Folder]
    next: Annotated[str | None, Meta(description="The name behind which more folders are.")]


QUERY, ANSWER = FoldersQuery, FolderLevel


async def handle(req: Request, resp: Response) -> None:
    """Answer from the counts that PostgreSQL keeps."""
    query = wire.query(req, FoldersQuery)
    path = query.path.strip("/")
    async with reading() as conn:
        here = await folders.one(conn, path, query.library)
        below = await folders.level(conn, path, query.library, query.after, query.limit + 1)
    shown = below[: query.limit]
    more = shown[-1].name if len(below) > len(shown) else None
    wire.answer(
        resp,
        FolderLevel(
            name=here.name,
            path=here.path,
            files=here.files,
            unmarked=here.unmarked,
            faulty=here.faulty,
            folders=shown,
            next=more,
        ),
    )
