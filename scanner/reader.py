"""Read comics in a process of its own: `python -m scanner.reader`, told of one file a line.

A damaged archive can crash, hang or exhaust whatever reads it, so that happens here, where nothing
is lost by it. `scanner.readers` holds the other end of the pipes. Each line in is a `Wanted` and
each line out a `Result`, as JSON and in the same order, after one that says this process is ready.
"""

import os
import resource
import signal
import sys
from contextlib import suppress

import msgspec

from comics import archives, comicinfo
from comics.comicinfo import Tags
from comics.contents import Contents
from comics.paths import from_text

_MEMORY = 2**30  # bytes of address space
_NICENESS = 10  # requests come first
_WATCH = 1.0  # seconds between two looks at whether the parent lives


class Wanted(msgspec.Struct, frozen=True):
    """A file to read: `path` is relative to `root`, and both are as `comics.paths` writes them."""

    id: int
    path: str
    root: str


class Result(msgspec.Struct, frozen=True):
    """What became of one `Wanted`: see `comics.contents.Contents`; the fingerprint is in hex."""

    id: int
    format: str | None = None
    pages: int | None = None
    fault: str | None = None
    again: bool = False
    fingerprint: str | None = None
    tags: Tags | None = None


def main() -> None:
    """Answer each line until there are no more, or until the parent is gone."""
    _end_with_parent()
    _limit_memory()
    os.nice(_NICENESS)
    _write(b"")
    decode = msgspec.json.Decoder(Wanted).decode
    for line in sys.stdin.buffer:
        _write(msgspec.json.encode(read(decode(line))))


def read(wanted: Wanted) -> Result:
    """Read one comic and its tags."""
    path = os.path.join(from_text(wanted.root), from_text(wanted.path))  # noqa: PTH118 (not always valid text)
    try:
        contents = archives.read(path)
        tags, fault = _parse(contents)
    except MemoryError:
        return Result(wanted.id, fault="Reading this file takes more memory than a comic may.")
    return Result(
        id=wanted.id,
        format=contents.format,
        pages=contents.pages,
        fault=contents.fault or fault,
        again=contents.again,
        fingerprint=contents.fingerprint.hex() if contents.fingerprint else None,
        tags=tags,
    )


def _parse(contents: Contents) -> tuple[Tags | None, str | None]:
    """Return the tags, or why a ComicInfo.xml gave none."""
    if contents.comic_info is None:
        return None, None
    try:
        return comicinfo.parse(contents.comic_info), None
    except ValueError as error:
        return None, str(error)


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _end_with_parent() -> None:
    """End when the parent does, even in the middle of a file, and leave Ctrl-C to the parent."""
    parent = os.getppid()

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _WATCH, _WATCH)


def _limit_memory() -> None:
    # Some systems name the limit and refuse to set it.
    with suppress(AttributeError, ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    main()
