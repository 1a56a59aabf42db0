"""What came of a comic, in the words of the queue."""

from msgspec import to_builtins

from comics.archives.contents import Fault
from comics.writing.refusals import Gone, Passing
from db.batch_items import Claimed, Journalled
from db.outcomes import TAKEN, Outcome
from db.placements import Placed
from worker import looking
from worker.looking import Sight
from worker.planning import MARKING, Intention, clears

DIED = "Workers have died {} times while they were at this comic, so it is left as it is."
TOO_LARGE = "This takes more memory than a worker may have."
UNEXPECTED = "Longbox has failed at this comic ({}); its log says more."
RESTLESS = "This comic, or one whose name it is to get, kept changing: try again."

PAUSES = (5.0, 30.0, 120.0)  # seconds before another try
TURNS = 24  # times that a comic waits for another
LONGEST_TURN = 30.0  # seconds


def journalled(intention: Intention) -> Journalled:
    """Say what is about to be done."""
    return Journalled(
        batch=intention.claimed.batch,
        seq=intention.claimed.seq,
        plan=to_builtins(intention.journal),
        comic_info=intention.comic_info,
        had_comic_info=intention.had_comic_info,
    )


def previewed(intention: Intention) -> Outcome:
    """Say what would be done."""
    claimed, journal = intention.claimed, intention.journal
    marks = {"marked": journal.marked, "duplicate": journal.duplicate}
    changed = {name: now for name, now in marks.items() if now is not None}
    return Outcome(
        batch=claimed.batch,
        seq=claimed.seq,
        state="done",
        before=journal.before,
        after=journal.after | changed,
    )


def done(intention: Intention, placed: Placed | None) -> Outcome:
    """Say that a comic is what it was to be; `placed` is None if it is not there any more."""
    claimed, journal = intention.claimed, intention.journal
    outcome = previewed(intention)
    outcome.comic_info, outcome.had_comic_info = intention.comic_info, intention.had_comic_info
    outcome.marked, outcome.duplicate = journal.marked, journal.duplicate
    outcome.placed, outcome.gone = placed, journal.path is None
    after = {"marked": claimed.marked, "duplicate": claimed.duplicate, **(outcome.after or {})}
    if placed:
        entry = placed.reading.entry
        after |= {"size": entry.size, "mtime_ns": entry.mtime_ns}
    outcome.after = after
    return outcome


def unchanged(claimed: Claimed, sight: Sight | None = None) -> Outcome:
    """Say that all was well already, and what was news to the index."""
    outcome = Outcome(batch=claimed.batch, seq=claimed.seq, state="unchanged")
    if not claimed.preview:
        outcome.marked = True if claimed.kind in MARKING else None
        outcome.duplicate = clears(claimed)
        if sight and sight.is_news:
            outcome.placed = looking.make_row(claimed, claimed.path, sight)
    return outcome


def skipped(claimed: Claimed, reason: str) -> Outcome:
    """Say why nothing was done, which is for the user to decide on."""
    return Outcome(batch=claimed.batch, seq=claimed.seq, state="skipped", error=reason)


def taken(claimed: Claimed) -> Outcome:
    """Say that another file has the name that a comic was to get: perhaps it is a duplicate."""
    outcome = skipped(claimed, TAKEN)
    if claimed.kind in MARKING and not claimed.preview:
        outcome.duplicate = True
    return outcome


def failed(claimed: Claimed, reason: str) -> Outcome:
    """Say what went wrong."""
    return Outcome(batch=claimed.batch, seq=claimed.seq, state="failed", error=reason)


def later(claimed: Claimed, reason: str, *, keeps_plan: bool = False) -> Outcome:
    """Put a comic off for what may pass, each time for longer; in the end it has failed."""
    outcome = failed(claimed, reason)
    if claimed.tries < len(PAUSES):
        outcome.due_in, outcome.keeps_plan = PAUSES[claimed.tries], keeps_plan
    return outcome


def postponed(claimed: Claimed, pause: float = 0.0) -> Outcome:
    """Have a comic looked at anew in so many seconds, but not for ever."""
    outcome = failed(claimed, RESTLESS)
    if claimed.tries < TURNS:
        outcome.error, outcome.due_in = None, pause
    return outcome


def waiting(claimed: Claimed) -> Outcome:
    """Have a comic wait for one that has yet to leave the name which it is to get.

    Each time twice as long, and no two that wait for one another equally long.
    """
    pause = min(LONGEST_TURN, 2**claimed.tries / 10) * (1 + claimed.seq % 7 / 7)
    return postponed(claimed, pause)


def say(error: Exception) -> str:
    """Say what went wrong in words for whoever reads the history."""
    if isinstance(error, MemoryError):
        return TOO_LARGE
    return str(error) if isinstance(error, Fault) else UNEXPECTED.format(type(error).__name__)


def refused(claimed: Claimed, fault: Fault) -> Outcome:
    """Say why a comic was left as it is: for now, for good, or because it is not there."""
    if isinstance(fault, Gone):
        return skipped(claimed, str(fault))
    return (later if isinstance(fault, Passing) else failed)(claimed, str(fault))
