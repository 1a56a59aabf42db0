"""gunicorn's worker for ASGI, made patient with streams and impatient with clients that dawdle.

ASGI tells an application of its end when no request is left, which streams would put off. And
gunicorn waits for ever for a first request, while an open connection is all that whoever wants to
keep others out has to hold.
"""

import sys
from asyncio import TimerHandle, Transport

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.asgi.protocol import ASGIProtocol  # type: ignore[import-untyped]
from gunicorn.workers import gasgi  # type: ignore[import-untyped]

from functions.hub import end_streams

PATIENCE = 20.0  # seconds from a connection to the end of its first request's headers


class Connection(ASGIProtocol):  # type: ignore[misc]  # gunicorn is not typed
    """A client's connection, which is closed if nothing is asked on it."""

    _hurry: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:
        """Begin to wait; once a request was answered, the limit of kept connections goes on."""
        super().connection_made(transport)
        self._hurry = self.worker.loop.call_later(PATIENCE, self._lose_patience)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the wait."""
        if self._hurry:
            self._hurry.cancel()
        super().connection_lost(exc)

    def _lose_patience(self) -> None:
        """Answer 408 and hang up, if the first request is not there yet."""
        if self.req_count <= 1 and self._current_request is None:
            self._send_error_response(408, "The request did not arrive in time")
            self._keepalive_timeout()


# The worker makes its connections of the class that it finds under this name, which no setting has.
gasgi.ASGIProtocol = Connection


class Worker(gasgi.ASGIWorker):  # type: ignore[misc]  # gunicorn is not typed
    """A process that answers requests."""

    def load_wsgi(self) -> None:
        """Make the app; what cannot be made ends all of gunicorn, or it would try for ever."""
        try:
            super().load_wsgi()
        except SystemExit as refusal:
            sys.stderr.write(f"longbox: {refusal}\n")
            raise SystemExit(Arbiter.APP_LOAD_ERROR) from None

    def handle_exit_signal(self) -> None:
        """End on SIGTERM, when what is being answered has been."""
        super().handle_exit_signal()
        end_streams()
