"""Which folder may be the root of a library.

A root stays as it was written, links and all, so that a link which is set anew leads the library
there; only what it leads to is looked at.
"""

import os
from typing import Final

from comics.paths import from_text

LONGEST: Final = 2_000  # bytes: an index row has no room for more


class BadRoot(ValueError):
    """A folder cannot be a library's root; the sentence says why."""


def check(root: str) -> str:
    """Return the root, as `comics.paths` writes it, without needless slashes; or raise `BadRoot`.

    It has to be written from / on, without .., and be a folder that can be listed now: what is not
    there today may be misspelt, or a share that is not mounted.
    """
    if not root.startswith("/") or "\0" in root:
        raise BadRoot(f"{root!r} is not a folder's whole path, from / on.")
    names = [name for name in root.split("/") if name not in {"", "."}]
    if ".." in names:
        raise BadRoot(f"{root} has a .. in it: write where that leads.")
    path = "/" + "/".join(names)
    if len(path.encode()) > LONGEST:
        raise BadRoot(f"A root may have {LONGEST} bytes.")
    try:
        os.scandir(from_text(path)).close()
    except OSError as error:
        raise BadRoot(f"{path} is not a folder that can be read ({error.strerror}).") from error
    return path


def holds_anything(folder: str) -> bool:
    """Tell whether anything is in a folder; one that is not there holds nothing."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def overlap(one: str, other: str) -> bool:
    """Tell whether a root is in another or is it, by whatever links they lead there."""
    real, past = (f"{os.path.realpath(from_text(root)).rstrip('/')}/" for root in (one, other))
    return real.startswith(past) or past.startswith(real)
