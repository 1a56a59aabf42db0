"""Start a job that processes the comics of some paths, as ComicMaintainer's clients ask for it."""

from falcon.asgi import Request, Response

from functions import jobs, old_runs, wire
from functions.batching import NewBatch
from functions.jobs import JobStarted
from functions.old_runs import Selected

ROUTE = "POST /api/jobs/process-selected"
ROLE = "editor"
BODY, ANSWER = Selected, JobStarted


async def handle(req: Request, resp: Response) -> None:
    """Answer the job, which is then on its way, or 400 where there is nothing to do."""
    selected = await wire.body(req, Selected)
    called, _ = await old_runs.select(selected.named())
    wanted = NewBatch(kind="process", files=list(called))
    started = await jobs.start(wanted, "Processing Selected Files...", "No valid files to process")
    wire.answer(resp, started)
