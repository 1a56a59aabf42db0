"""Where `longbox serve` keeps what its processes log, beside saying it on standard error."""

import os
from contextlib import suppress
from pathlib import Path

from cli import environment
from db import settings
from db.engine import job
from functions import log


async def chosen_size() -> int:
    """Return how many bytes the settings let a log file have."""
    async with job() as conn:
        return (await settings.current(conn, settings.Settings)).log_max_bytes


def keep(largest: int) -> None:
    """Have this process, and those that it starts, log to a file too, of so many bytes at most.

    $LONGBOX_LOG names it; where that is empty there is none. $LOG_MAX_BYTES counts more than what
    is said here.
    """
    path = os.environ.get("LONGBOX_LOG", str(environment.home() / "logs" / "longbox.log"))
    if path:
        with suppress(OSError):  # standard error has it all the same
            Path(path).parent.mkdir(parents=True, exist_ok=True)
    os.environ["LONGBOX_LOG"] = path
    os.environ.setdefault("LOG_MAX_BYTES", str(largest))
    log.configure()
