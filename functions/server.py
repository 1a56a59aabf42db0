"""gunicorn's worker for ASGI, whose streams end as soon as it is told to end.

ASGI tells an application of its end when no request is left, which streams would put off.
"""

from gunicorn.workers.gasgi import ASGIWorker  # type: ignore[import-untyped]

from functions.hub import end_streams


class Worker(ASGIWorker):  # type: ignore[misc]  # gunicorn is not typed
    """A process that answers requests."""

    def handle_exit_signal(self) -> None:
        """End on SIGTERM, when what is being answered has been."""
        super().handle_exit_signal()
        end_streams()
