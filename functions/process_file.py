"""Process, rename or normalize one comic, and answer when that is done, as ComicMaintainer did."""

from falcon.asgi import Request, Response

from functions import old_runs, one_file, wire
from functions.one_file import FileDone

ROUTE = (
    "POST /api/process-file/{path:path}"
    " /api/rename-file/{path:path}"
    " /api/normalize-file/{path:path}"
)
ROLE = "editor"
PROBLEMS = ("409", "500")
ANSWER = FileDone


async def handle(req: Request, resp: Response, path: str) -> None:
    """Answer, or 404, 409 for what is refused, and 500 for what went wrong."""
    kind, _ = old_runs.asked_by(req)
    await one_file.do(path, kind)
    wire.answer(resp, FileDone())
