"""Say what a walk and a reading have told of a file in the rows of the index."""

from msgspec import to_builtins

from comics.folding import fold, natural_key
from db.differences import Unread
from db.files import Entry, Found, Reading, cut
from db.moves import Moved, Placed
from scanner.reader import Result


def describe(file: Unread) -> Found:
    """Tell what a path alone says of a comic."""
    folder, _, name = file.path.rpartition("/")
    return Found(
        entry=Entry(
            id=file.id,
            path=file.path,
            size=file.size,
            mtime_ns=file.mtime_ns,
            format=name[-3:].lower(),
        ),
        inode=file.inode,
        sort_key=natural_key(name, folder),
        search_key=fold(file.path),
    )


def combine(file: Unread, result: Result) -> Reading:
    """Put together what the walk and the reading have told of a file."""
    tags = result.tags
    return Reading(
        entry=Entry(
            id=file.id,
            path=file.path,
            size=file.size,
            mtime_ns=file.mtime_ns,
            format=result.format or file.path[-3:].lower(),
            page_count=result.pages,
            series=cut(tags.series),
            number=cut(tags.number),
            title=cut(tags.title),
            publisher=cut(tags.publisher),
            year=tags.year,
            fault=result.fault,
        ),
        inode=file.inode,
        search_key="\n".join(map(fold, (file.path, tags.series, tags.title))),
        tags=to_builtins(tags),
        provenance=result.provenance,
        notes=result.notes,
        fingerprint=result.fingerprint,
        final=not result.again,
    )


def place(moved: Moved) -> Placed:
    """Tell what the new path alone says of a comic."""
    folder, _, name = moved.entry.path.rpartition("/")
    return Placed(
        entry=moved.entry,
        sort_key=natural_key(name, folder),
        folded=fold(moved.entry.path),
        stale=len(fold(moved.old_path)),
    )
