"""Empty the trash of a comic that was put there."""

from collections.abc import Iterator

from comics.names.naming import Refusal
from comics.orders import READ_ONLY
from comics.paths import locate, to_text
from comics.writing import trash
from db.batch_items import Claimed
from db.rows import bounded
from worker import looking
from worker.journal import Journal
from worker.planning import Intention
from worker.steps import Discard

PRESENT = "The comic is in its library: only what is in the trash is purged."


def intend(claimed: Claimed) -> Intention | Refusal | None:
    """Plan to delete a comic from the trash, if it is there."""
    if not claimed.missing:
        return Refusal(PRESENT)
    if claimed.read_only:
        return Refusal(READ_ONLY)
    for path in trashed(claimed):
        here = looking.take(claimed.root, path)
        if (here.size, bounded(here.mtime_ns)) == (claimed.size, claimed.mtime_ns):
            return Intention(claimed, Journal([Discard(path, here)], before={"trashed": path}))
    return None


def trashed(claimed: Claimed) -> Iterator[str]:
    """Yield the paths of the files in the trash that had this comic's path."""
    root = locate(claimed.root, "")
    for place in trash.places(locate(claimed.root, claimed.path), root / trash.FOLDER):
        path = to_text(str(place.relative_to(root)))
        if not looking.find(claimed.root, path):
            return
        yield path
