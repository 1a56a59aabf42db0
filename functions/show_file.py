"""Show one comic: its place, its marks, and all that was read in it."""

from datetime import datetime
from typing import Any

import falcon
from falcon.asgi import Request, Response

from db import files
from db.engine import reading
from functions import wire
from functions.list_files import FileEntry

ROUTE = "GET /api/files/{file_id:id}"
ROLE = "viewer"


class FileDetails(FileEntry):
    """A comic with all that is known of it.

    `tags` are ComicInfo's, whatever told them; `provenance` says of each what did: "ComicInfo",
    "MetronInfo", "ComicBookInfo", "CoMet", "file name" or "folder". Both are null until the file is
    read. `notes` is what is odd about it but hinders nothing.
    """

    inode: int
    read: bool
    found_at: datetime
    read_at: datetime | None
    missing_since: datetime | None
    tags: dict[str, Any] | None
    provenance: dict[str, str] | None
    notes: list[str] | None


ANSWER = FileDetails


def describe(file: files.File) -> FileDetails:
    """Say it in the words of the API."""
    return FileDetails(
        path=f"{file.root.rstrip('/')}/{file.path}",
        relative_path=file.path,
        name=file.path.rpartition("/")[2],
        modified=file.mtime_ns / 1e9,
        processed=file.marked,
        missing=file.missing_since is not None,
        **{
            name: getattr(file, name)
            for name in FileDetails.__struct_fields__
            if name not in {"path", "modified"} and hasattr(file, name)
        },
    )


async def handle(_req: Request, resp: Response, file_id: int) -> None:
    """Answer the file, or 404."""
    async with reading() as conn:
        file = await files.one(conn, file_id)
    if file is None:
        raise falcon.HTTPNotFound(description=f"There is no file {file_id}.")
    wire.answer(resp, describe(file))
