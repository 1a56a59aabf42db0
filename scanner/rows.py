"""Say what the path of a file alone tells, in the rows of the index."""

from comics.folding import file_key, fold
from db.differences import Unread
from db.files import Entry, Found
from db.moves import Moved, Placed


def describe(file: Unread) -> Found:
    """Tell what a path alone says of a comic."""
    return Found(
        entry=Entry(
            id=file.id,
            path=file.path,
            size=file.size,
            mtime_ns=file.mtime_ns,
            format=file.path[-3:].lower(),
        ),
        inode=file.inode,
        sort_key=file_key(file.path),
        search_key=fold(file.path),
    )


def place(moved: Moved) -> Placed:
    """Tell what the new path alone says of a comic."""
    return Placed(
        entry=moved.entry,
        sort_key=file_key(moved.entry.path),
        folded=fold(moved.entry.path),
        stale=len(fold(moved.old_path)),
    )
