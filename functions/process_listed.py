"""Process, rename or normalize all comics, or those that are not marked, in one request.

With `stream=true` each is told as it ends. The batch goes on though the client goes away.
"""

from falcon.asgi import Request, Response

from functions import old_runs
from functions.batching import Listed, NewBatch
from functions.old_runs import Run, RunAnswer

ROUTE = (
    "POST /api/process-all /api/process-unmarked /api/rename-all /api/rename-unmarked"
    " /api/normalize-all /api/normalize-unmarked"
)
ROLE = "editor"
QUERY, ANSWER = old_runs.RunQuery, RunAnswer
EVENTS = old_runs.EVENTS


async def handle(req: Request, resp: Response) -> None:
    """Answer what has become of each."""
    kind, which = old_runs.asked_by(req)
    listed = Listed(filter="unmarked" if which == "unmarked" else "all")
    await old_runs.answer(req, resp, Run(await old_runs.make(NewBatch(kind=kind, filter=listed))))
