"""What the paths that a user names on the command line are of the libraries."""

import os
from collections.abc import Iterable
from pathlib import Path

from comics.paths import from_text, to_text
from db.libraries import Library


class Nowhere(ValueError):
    """A path is in no library."""


def targets(
    paths: Iterable[Path], libraries: Iterable[Library]
) -> list[tuple[Library, str | None]]:
    """Return for each path its library, and what it is below that; None is all of it.

    No path is every library. A path may be gone from the disk: that is what a scan finds out.
    Raises `Nowhere`.
    """
    known = list(libraries)
    return [target(path, known) for path in paths] or [(library, None) for library in known]


def target(path: Path, libraries: list[Library]) -> tuple[Library, str | None]:
    """Return the library that a path is in; as it is written, or else where its links lead."""
    for name in (os.path.abspath(path), os.path.realpath(path)):  # noqa: PTH100  keeps links
        for library in libraries:
            root = from_text(library.root)
            for top in (root, os.path.realpath(root)):
                if name == top:
                    return library, None
                if name.startswith(f"{top.rstrip('/')}/"):
                    return library, to_text(name[len(top.rstrip("/")) + 1 :])
    raise Nowhere(f"{path} is in none of the libraries; `longbox library list` shows them.")
