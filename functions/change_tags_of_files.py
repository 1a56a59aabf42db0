"""Change the tags of the comics of some paths, as ComicMaintainer's clients ask for it.

With `stream=true` each is told as it ends. The batch goes on though the client goes away.
"""

from falcon.asgi import Request, Response
from msgspec import Struct

from comics.tag_edits import Given
from functions import old_runs, old_tags, wire
from functions.batching import NewBatch
from functions.old_runs import Run, RunAnswer

ROUTE = "POST /api/files/tags"
ROLE = "editor"


class TagsOfFiles(Struct):
    """The paths, and what each field is to be; a blank takes it away."""

    files: list[str] = []
    tags: dict[str, Given] = {}


QUERY, BODY, ANSWER = old_runs.RunQuery, TagsOfFiles, RunAnswer
EVENTS = old_runs.EVENTS


async def handle(req: Request, resp: Response) -> None:
    """Answer what has become of each, those that are not there first."""
    asked = await wire.body(req, TagsOfFiles)
    if not asked.files or not asked.tags:
        raise wire.Invalid("body", "", "Files and tags are required")
    understood = old_tags.understand(asked.tags)
    called, lost = await old_runs.select(asked.files)
    wanted = NewBatch(kind="tags", files=list(called), edits=understood.edits)
    run = Run(await old_runs.make(wanted), lost, called, understood.ignored)
    await old_runs.answer(req, resp, run)
