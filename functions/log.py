"""One JSON line a request, to stderr, and to the file that $LONGBOX_LOG names."""

import logging
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from random import getrandbits
from time import perf_counter
from typing import Any, Final

import falcon
import msgspec
import structlog
from falcon.asgi import Request, Response
from structlog.typing import EventDict

from db import timing
from db.meters import Series, observe
from functions import proxies
from functions.log_file import LARGEST, LogFile

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:/+=-]{1,64}")
METHODS: Final = frozenset(falcon.HTTP_METHODS)


def encode(event: object, **_kwargs: object) -> bytes:
    """Write a log line; what JSON has no word for is written as Python shows it."""
    return msgspec.json.encode(event, enc_hook=repr)


class Copy:
    """Write each line to a file, too."""

    def __init__(self, file: LogFile) -> None:
        self._file = file

    def __call__(self, _logger: object, _method: str, line: Any) -> Any:  # noqa: ANN401  bytes
        """Write a line, and hand it on."""
        self._file.append(line + b"\n")
        return line


class Others(logging.Handler):
    """Write what libraries have to say as lines like our own."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, with the traceback if there is one."""
        structlog.get_logger().log(
            record.levelno,
            record.getMessage(),
            logger=record.name,
            exc_info=record.exc_info,
            **({"request_id": known} if (known := timing.request_id.get()) else {}),
        )


# What PostgreSQL adds to a broken constraint: all columns, be they a password's hash.
ROW: Final = re.compile(r"Failing row contains \(.*?\)\.$", re.DOTALL | re.MULTILINE)


def without_rows(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Leave out of an error the row that it is about."""
    if "exception" in event:
        event["exception"] = ROW.sub("Failing row contains what is not shown.", event["exception"])
    return event


def file_named() -> Path | None:
    """Return the file that lines go to, if there is one."""
    named = os.environ.get("LONGBOX_LOG")
    return Path(named) if named else None


def largest() -> int:
    """Return the bytes that it may have."""
    text = os.environ.get("LOG_MAX_BYTES", "")
    return int(text) if text.isdecimal() else LARGEST


def copies() -> list[Copy]:
    """Return who writes to the file, if there is one; a disk that is away is no reason to stop."""
    path = file_named()
    with suppress(OSError):
        return [Copy(LogFile(path, largest()))] if path else []
    return []


def configure() -> None:
    """Have this process log JSON lines, from $LOG_LEVEL up (info by default)."""
    level = logging.getLevelNamesMapping().get(
        os.environ.get("LOG_LEVEL", "").upper(), logging.INFO
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            without_rows,
            structlog.processors.JSONRenderer(serializer=encode),
            *copies(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(file=sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    if not any(isinstance(handler, Others) for handler in root.handlers):
        root.addHandler(Others())


def request_id(req: Request) -> str:
    """Return what a trusted proxy calls this request, or a name for it that no other has."""
    told = req.get_header("X-Request-ID")
    if told and REQUEST_ID.fullmatch(told) and proxies.is_trusted(proxies.peer_of(req)):
        return told
    return f"{getrandbits(64):016x}"


def series(req: Request, status: int) -> Series:
    """Name the figure of this answer: by its route, never by what was written in its place."""
    route = req.uri_template
    if route is None or req.method not in METHODS:
        return Series("longbox_request_seconds", ("none", "any", str(status)))
    if route.startswith("/assets/"):  # there are others in each version
        route = "/assets/"
    return Series("longbox_request_seconds", (route, req.method, str(status)))


class Log:
    """Tell of each request: its id, route, status and milliseconds; count it, too."""

    def __init__(self) -> None:
        configure()
        self.log = structlog.get_logger().bind()  # made now, not anew for each line

    async def process_request(self, req: Request, resp: Response) -> None:
        """Start the clock, and give the request its id."""
        req.context.started = perf_counter()
        req.context.request_id = known = request_id(req)
        timing.request_id.set(known)
        resp.set_header("X-Request-ID", known)

    async def process_response(
        self,
        req: Request,
        resp: Response,
        _resource: object,
        _succeeded: bool,  # noqa: FBT001  Falcon calls it
    ) -> None:
        """Write the line; health checks are only worth a debug line."""
        seconds = perf_counter() - req.context.started
        observe(series(req, resp.status_code), seconds)
        say = self.log.debug if req.path.startswith("/health") else self.log.info
        say(
            "request",
            method=req.method,
            route=req.uri_template or req.path,
            status=resp.status_code,
            ms=round(seconds * 1000, 2),
            request_id=req.context.request_id,
        )
