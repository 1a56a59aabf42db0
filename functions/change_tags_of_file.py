"""Change the tags of one comic, by the names that ComicMaintainer's clients have for them."""

from falcon.asgi import Request, Response
from msgspec import field

from comics.tag_edits import Given
from functions import old_tags, one_file, wire
from functions.one_file import FileDone

ROUTE = "POST /api/file/{path:tags}"
ROLE = "editor"
PROBLEMS = ("409", "500")


class TagsChanged(FileDone):
    """That it is done, and why some fields were left out."""

    ignored: dict[str, str] = field(default_factory=dict)


BODY, ANSWER = dict[str, Given], TagsChanged


async def handle(req: Request, resp: Response, path: str) -> None:
    """Answer when the tags are written, or 404, 409 for what is refused, 500 for what failed."""
    sent = await wire.body(req, BODY)
    if not sent:
        raise wire.Invalid("body", "", "No tag updates provided")
    understood = old_tags.understand(sent)
    await one_file.do(path, "tags", understood.edits)
    wire.answer(resp, TagsChanged(ignored=understood.ignored))
