"""Delete one comic, as ComicMaintainer's clients ask for it: it goes to the library's trash."""

from falcon.asgi import Request, Response

from functions import one_file, wire
from functions.one_file import FileDone

ROUTE = "DELETE /api/delete-file/{path:path}"
ROLE = "editor"
PROBLEMS = ("409", "500")
ANSWER = FileDone


async def handle(_req: Request, resp: Response, path: str) -> None:
    """Answer when it is there, or 404, 409 for what is refused, and 500 for what went wrong."""
    await one_file.do(path, "delete")
    wire.answer(resp, FileDone())
