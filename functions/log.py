"""One JSON line a request, to stderr, and to the file that $LONGBOX_LOG names."""

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import structlog
from falcon.asgi import Request, Response

from functions.log_file import LARGEST, LogFile


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
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
        )


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
