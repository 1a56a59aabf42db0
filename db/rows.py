"""What the rows of a file hold, made of what a walk has met and of what reading has told.

`comics.telling.columns` tells it; the scanner and the worker both bring it here.
"""

from typing import Any, Final

from db.differences import Unread
from db.files import Entry, Reading, cut

CUT: Final = ("series", "number", "title", "publisher")
WHOLE: Final = ("format", "page_count", "year", "fault")

FAR: Final = 2**63


def combine(file: Unread, told: dict[str, Any]) -> Reading:
    """Put together what the walk and the reading have told of a file."""
    listed: dict[str, Any] = {name: told[name] for name in WHOLE}
    listed |= {name: cut(told[name]) for name in CUT}
    kept = {name: value for name, value in told.items() if name not in listed}
    entry = Entry(file.id, file.path, file.size, file.mtime_ns, **listed)
    return Reading(entry=entry, inode=file.inode, **kept)


def signed(inode: int) -> int:
    """Write an inode number, 64 bits without a sign, as PostgreSQL's bigint."""
    return inode - 2**64 if inode >= FAR else inode


def bounded(moment: int) -> int:
    """Bring nanoseconds into PostgreSQL's bigint, which ends in 2262: disks go further."""
    if -FAR <= moment < FAR:
        return moment
    return -FAR if moment < 0 else FAR - 1
