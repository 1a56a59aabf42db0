"""What is done to one comic by one request, which is answered when it is done."""

import falcon
from msgspec import Struct

from comics.tag_edits import TagEdits
from db import places
from db.engine import reading
from db.happenings import Item
from functions import old_runs, results
from functions.batching import Kind, NewBatch
from functions.hub import hub


class FileDone(Struct):
    """That all is well with the comic, changed or not."""

    success: bool = True


async def do(path: str, kind: Kind, edits: TagEdits | None = None) -> None:
    """Do this to the comic of a path, and wait until it is done.

    Raises 404 for no comic's path, 409 for what is refused, and 500 for what went wrong.
    """
    async with reading() as conn:
        file = await places.one(conn, path)
    if file is None:
        raise falcon.HTTPNotFound(description=old_runs.LOST)
    batch = await old_runs.make(NewBatch(kind=kind, files=[file], edits=edits))
    if (await hub().until_ended(batch.id)).state == "cancelled":
        raise falcon.HTTPConflict(description=old_runs.CANCELLED)
    async for items in results.ended(batch.id):
        for item in items:
            refuse(item)


def refuse(item: Item) -> None:
    """Raise what a client is told of a comic with which not all is well."""
    why = results.error_of(item)
    if why and item.state == "skipped":
        raise falcon.HTTPConflict(description=why)
    if why:
        raise falcon.HTTPInternalServerError(description=why)
