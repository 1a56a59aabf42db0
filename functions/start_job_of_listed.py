"""Start a job that processes all comics, or those that are not marked, or renames or normalizes.

Those are ComicMaintainer's routes; the job is a batch like any other.
"""

from typing import Final

from falcon.asgi import Request, Response

from comics.rules import Kind
from functions import jobs, old_runs, wire
from functions.batching import Listed, NewBatch
from functions.jobs import JobStarted

ROUTE = (
    "POST /api/jobs/process-all /api/jobs/process-unmarked /api/jobs/rename-unmarked"
    " /api/jobs/normalize-unmarked"
)
ROLE = "editor"
PROBLEMS = ("400",)
ANSWER = JobStarted

DOING: Final[dict[Kind, str]] = {
    "process": "Processing",
    "rename": "Renaming",
    "normalize": "Normalizing",
}


async def handle(req: Request, resp: Response) -> None:
    """Answer the job, which is then on its way, or 400 where there is nothing to do."""
    kind, which = old_runs.asked_by(req)
    if which == "all":
        wanted = NewBatch(kind=kind, filter=Listed())
        started = await jobs.start(wanted, "Processing Files...", "No files to process")
    else:
        wanted = NewBatch(kind=kind, filter=Listed(filter="unmarked"))
        title = f"{DOING[kind]} Unmarked Files..."
        started = await jobs.start(wanted, title, f"No unmarked files to {kind}")
    wire.answer(resp, started)
