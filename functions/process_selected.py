"""Process, rename or normalize the comics of some paths, in one request.

With `stream=true` each is told as it ends. The batch goes on though the client goes away.
"""

from falcon.asgi import Request, Response

from functions import old_runs, wire
from functions.batching import NewBatch
from functions.old_runs import Run, RunAnswer, Selected

ROUTE = "POST /api/process-selected /api/rename-selected /api/normalize-selected"
ROLE = "editor"
QUERY, BODY, ANSWER = old_runs.RunQuery, Selected, RunAnswer
EVENTS = old_runs.EVENTS


async def handle(req: Request, resp: Response) -> None:
    """Answer what has become of each, those that are not there first."""
    kind, _ = old_runs.asked_by(req)
    selected = await wire.body(req, Selected)
    called, lost = await old_runs.select(selected.named())
    batch = await old_runs.make(NewBatch(kind=kind, files=list(called)))
    names = [path.rpartition("/")[2] for path in lost]
    await old_runs.answer(req, resp, Run(batch, names))
