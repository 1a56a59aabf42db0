"""What a file has beside its bytes: mode, owner, times, access lists and other extended attributes.

All is kept as far as the system and the account allow; none of it is worth losing a change for.
"""

import os
from contextlib import suppress


def copy_attributes(source: int, target: int) -> None:
    """Give one open file the owner, the mode and the extended attributes of another."""
    status = os.fstat(source)
    _copy_owner(status, target)
    with suppress(PermissionError):
        os.fchmod(target, status.st_mode & 0o7777)
    _copy_extended(source, target)


def copy_times(status: os.stat_result, target: int, *, keep_mtime: bool) -> None:
    """Set when a file was last read, and if so wished when it was last changed, as it was."""
    changed = status.st_mtime_ns if keep_mtime else os.fstat(target).st_mtime_ns
    os.utime(target, ns=(status.st_atime_ns, changed))


def _copy_owner(status: os.stat_result, target: int) -> None:
    """Keep owner and group, or the group alone: only root may give a file away."""
    try:
        os.fchown(target, status.st_uid, status.st_gid)
    except OSError:
        with suppress(OSError):
            os.fchown(target, -1, status.st_gid)


def _copy_extended(source: int, target: int) -> None:
    if not hasattr(os, "listxattr"):  # only Linux has them in Python
        return
    with suppress(OSError):  # some disks have none
        for name in os.listxattr(source):
            with suppress(OSError):  # and some names are the system's own
                os.setxattr(target, name, os.getxattr(source, name))
