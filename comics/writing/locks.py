"""Hold a file or a folder while it is in use; the system lets go of it whenever the holder dies."""

import fcntl
import os
from pathlib import Path


def lock(file: int) -> bool:
    """Lock an open file or folder until it is closed, or return False as another holds it.

    Raises an OSError where the file system has no locks.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_if_possible(file: int) -> bool:
    """Lock as `lock` does, and count a file system without locks as one where nobody holds any."""
    try:
        return lock(file)
    except OSError:
        return True


def is_at(file: int, path: Path) -> bool:
    """Tell whether a path still leads to an open file or folder."""
    try:
        return os.path.samestat(os.fstat(file), path.lstat())
    except FileNotFoundError:
        return False
