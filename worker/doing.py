"""Bring comics from what is wanted of them to what came of it.

First all of a chunk are planned, which changes nothing; then each is changed, once its journal is
committed. What a worker that was killed has left half done is put right before anything else.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from msgspec import Struct, convert

from comics.archives.contents import Fault
from comics.names.naming import Refusal
from comics.orders import Orders
from comics.writing.refusals import Gone, Occupied, Passing
from db.batch_items import DEATHS, Claimed
from db.outcomes import Key, Outcome
from worker import collisions, journal, looking, outcomes, planning, purging, undoing
from worker.journal import Journal
from worker.planning import Intention

Planned = Intention | Refusal | None

# What these do depends on what was done before, not on what is wanted of the comic as it is.
BY_HISTORY: dict[str, Callable[[Claimed], Planned]] = {
    "undo": undoing.intend,
    "purge": purging.intend,
}

FORGOTTEN = "The comic was forgotten since."
MISSING = "The file has gone."


class Act(NamedTuple):
    """What is to be done to one comic."""

    key: Key
    perform: Callable[[], Outcome]


class Prepared(Struct):
    """What is to be done, in this order, what was left half done, and what came of the others."""

    intentions: list[Intention]
    left: list[Claimed]
    outcomes: list[Outcome]

    def acts(self) -> Iterator[Act]:
        """Yield all that is to be done."""
        for claimed in self.left:
            yield Act(claimed.key, partial(put_right, claimed))
        for intention in self.intentions:
            yield Act(intention.claimed.key, partial(carry_out, intention))


def prepare(chunk: Iterable[Claimed]) -> Prepared:
    """Plan what is to be done to comics, without touching any."""
    left: list[Claimed] = []
    planned: list[Intention] = []
    ended: list[Outcome] = []
    for claimed in chunk:
        if claimed.plan is not None:
            left.append(claimed)
        elif isinstance(found := consider(claimed), Intention):
            planned.append(found)
        else:
            ended.append(found)
    ready, blocked = collisions.arrange(planned)
    ended += [outcomes.taken(one.claimed) for one in blocked]
    ended += [outcomes.previewed(one) for one in ready if one.claimed.preview]
    return Prepared([one for one in ready if not one.claimed.preview], left, ended)


def consider(claimed: Claimed) -> Intention | Outcome:
    """Plan what is to be done to a comic, or say why that is nothing."""
    try:
        return _consider(claimed)
    except Fault as fault:
        return outcomes.refused(claimed, fault)
    except MemoryError:
        return outcomes.failed(claimed, outcomes.TOO_LARGE)


def _consider(claimed: Claimed) -> Intention | Outcome:
    if not claimed.root:
        return outcomes.skipped(claimed, FORGOTTEN)
    if claimed.kind in BY_HISTORY:
        found = BY_HISTORY[claimed.kind](claimed)
        return _settle(claimed, found) or outcomes.unchanged(claimed)
    if claimed.missing:
        return outcomes.skipped(claimed, MISSING)
    sight = looking.look(claimed)
    found = planning.intend(claimed, convert(claimed.orders, Orders), sight)
    return _settle(claimed, found) or outcomes.unchanged(claimed, sight)


def _settle(claimed: Claimed, found: Planned) -> Intention | Outcome | None:
    return outcomes.skipped(claimed, str(found)) if isinstance(found, Refusal) else found


def carry_out(intention: Intention) -> Outcome:
    """Do what was planned, all of it or nothing, and say what came of it."""
    return _do(intention, journal.carry_out)


def put_right(claimed: Claimed) -> Outcome:
    """End what a worker that was killed has left half done, or take it back."""
    left = Intention(claimed, convert(claimed.plan, Journal))
    steps = left.journal.steps
    begun = journal.count_done(steps, claimed.root)
    if claimed.deaths >= DEATHS and begun < len(steps):
        journal.take_back(steps[:begun], claimed.root)
        return outcomes.failed(claimed, outcomes.DIED.format(claimed.deaths))
    if claimed.state != "running" and not begun:
        return outcomes.postponed(claimed)
    return _do(left, journal.finish)


def _do(intention: Intention, act: Callable[[Journal, str], None]) -> Outcome:
    claimed = intention.claimed
    try:
        act(intention.journal, claimed.root)
    except Occupied:
        return outcomes.taken(claimed) if intention.journal.path else outcomes.postponed(claimed)
    except Gone as gone:
        return _judge_gone(claimed, gone)
    except Passing as passing:
        begun = journal.count_done(intention.journal.steps, claimed.root)
        return outcomes.later(claimed, str(passing), keeps_plan=begun > 0)
    except Fault as fault:
        return _tell_where(intention, str(fault))
    except MemoryError:
        return _tell_where(intention, outcomes.TOO_LARGE)
    return _tell_done(intention)


def _judge_gone(claimed: Claimed, gone: Gone) -> Outcome:
    """Tell a comic that has gone from one whose share has."""
    try:
        looking.expect_root(claimed.root)
    except Passing as away:
        return outcomes.later(claimed, str(away), keeps_plan=True)
    return outcomes.refused(claimed, gone)


def _tell_done(intention: Intention) -> Outcome:
    """Say what a comic is now; where its disk has just gone, that has to wait."""
    claimed, path = intention.claimed, intention.journal.path
    try:
        placed = looking.place(claimed, path) if path else None
    except Passing as away:
        return outcomes.later(claimed, str(away), keeps_plan=True)
    except Fault:  # somebody has taken it away again, which the next scan tells
        placed = None
    return outcomes.done(intention, placed)


def _tell_where(intention: Intention, reason: str) -> Outcome:
    """Say what went wrong, and where a comic is that could not be brought back."""
    claimed = intention.claimed
    outcome = outcomes.failed(claimed, reason)
    path = looking.find(claimed.root, claimed.path, intention.journal.path)
    if path and path != claimed.path and not claimed.missing:
        outcome.placed = looking.place(claimed, path)
    return outcome
