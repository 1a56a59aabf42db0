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

from comics.archives import covers, reading
from comics.names import filenames
from comics.paths import from_text, to_text
from comics.tags import metadata
from comics.tags.comicinfo import Tags
from comics.tags.metadata import Metadata

_MEMORY = 2**30  # bytes of address space
_NICENESS = 10  # requests come first
_WATCH = 1.0  # seconds between two looks at whether the parent lives


class Wanted(msgspec.Struct, frozen=True):
    """A file to read: `path` is relative to `root`, and both are as `comics.paths` writes them."""

    id: int
    path: str
    root: str


class Result(msgspec.Struct, frozen=True):
    """What became of one `Wanted`: see `archives.contents.Contents`, `tags.metadata.Metadata`.

    `pages` is how many there are, `cover` the name of one, and the fingerprint is in hex.
    """

    id: int
    format: str | None = None
    pages: int | None = None
    cover: str | None = None
    fault: str | None = None
    again: bool = False
    notes: tuple[str, ...] = ()
    fingerprint: str | None = None
    tags: Tags = Tags()
    provenance: dict[str, str] = {}


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
    """Read one comic, and what its documents, its name and its folders tell."""
    path = os.path.join(from_text(wanted.root), from_text(wanted.path))  # noqa: PTH118 (not always valid text)
    try:
        contents = reading.read(path)
        told, faults = metadata.read(contents.documents)
    except MemoryError:
        return fail(wanted, "Reading this file takes more memory than a comic may.", again=False)
    told = metadata.with_name(told, filenames.parse(wanted.path))
    names = [page.name for page in contents.pages or ()]
    cover = covers.choose(names, told.tags)
    return Result(
        id=wanted.id,
        format=contents.format,
        pages=None if contents.pages is None else len(names),
        cover=None if cover is None else to_text(names[cover]),
        fault=next((fault for fault in (contents.fault, *faults) if fault), None),
        again=contents.again,
        notes=contents.notes,
        fingerprint=contents.fingerprint.hex() if contents.fingerprint else None,
        tags=told.tags,
        provenance=told.provenance,
    )


def fail(wanted: Wanted, fault: str, *, again: bool) -> Result:
    """Tell of a file that could not be read what its name and its folders do."""
    told = metadata.with_name(Metadata(), filenames.parse(wanted.path))
    return Result(wanted.id, fault=fault, again=again, tags=told.tags, provenance=told.provenance)


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _end_with_parent() -> None:
    """End when the parent does, even in the middle of a file, and leave Ctrl-C to the parent.

    The programs that unpack for this process are in its group, and end with it.
    """
    os.setpgid(0, 0)
    parent = os.getppid()

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os.killpg(0, signal.SIGKILL)

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
