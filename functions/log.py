"""One JSON line a request, to stderr."""

import logging
import os
import sys
from time import perf_counter

import msgspec
import structlog
from falcon.asgi import Request, Response


def encode(event: object, **_kwargs: object) -> bytes:
    """Write a log line; what JSON has no word for is written as Python shows it."""
    return msgspec.json.encode(event, enc_hook=repr)


def configure() -> None:
    """Have this process log JSON lines, from $LOG_LEVEL up (info by default)."""
    level = logging.getLevelNamesMapping().get(
        os.environ.get("LOG_LEVEL", "").upper(), logging.INFO
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(serializer=encode),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(file=sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


class Log:
    """Tell of each request: route, status and milliseconds."""

    def __init__(self) -> None:
        configure()
        self.log = structlog.get_logger().bind()  # made now, not anew for each line

    async def process_request(self, req: Request, _resp: Response) -> None:
        """Start the clock."""
        req.context.started = perf_counter()

    async def process_response(
        self,
        req: Request,
        resp: Response,
        _resource: object,
        _succeeded: bool,  # noqa: FBT001  Falcon calls it
    ) -> None:
        """Write the line; health checks are only worth a debug line."""
        say = self.log.debug if req.path.startswith("/health") else self.log.info
        say(
            "request",
            method=req.method,
            route=req.uri_template or req.path,
            status=resp.status_code,
            ms=round((perf_counter() - req.context.started) * 1000, 2),
        )
