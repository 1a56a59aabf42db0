"""Read comics in a process of its own: `python -m scanner.reader`, told of one file a line.

A damaged archive can crash, hang or exhaust whatever reads it, so that happens here, where nothing
is lost by it. `scanner.readers` holds the other end of the pipes. Each line in is a `Wanted` and
each line out a `Result`, as JSON and in the same order, after one that says this process is ready.
"""

import os

import msgspec
from msgspec import structs

from comics import confinement, telling
from comics.paths import from_text
from comics.telling import Told


class Wanted(msgspec.Struct, frozen=True):
    """A file to read: `path` is relative to `root`, and both are as `comics.paths` writes them."""

    id: int
    path: str
    root: str


class Result(Told, frozen=True, kw_only=True):
    """What became of one `Wanted`."""

    id: int


def main() -> None:
    """Answer each line until there are no more, or until the parent is gone."""
    decode = msgspec.json.Decoder(Wanted).decode
    confinement.answer_lines(lambda line: msgspec.json.encode(read(decode(line))))


def read(wanted: Wanted) -> Result:
    """Read one comic, and what its documents, its name and its folders tell."""
    file = os.path.join(from_text(wanted.root), from_text(wanted.path))  # noqa: PTH118 (not always valid text)
    return _answer(wanted, telling.read(file, wanted.path))


def fail(wanted: Wanted, fault: str, *, again: bool) -> Result:
    """Tell of a file that could not be read what its name and its folders do."""
    return _answer(wanted, telling.fail(wanted.path, fault, again=again))


def _answer(wanted: Wanted, told: Told) -> Result:
    return Result(id=wanted.id, **structs.asdict(told))


if __name__ == "__main__":
    main()
