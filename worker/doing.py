"""Bring comics from what is wanted of them to what came of it.

First all of a chunk are planned, which changes nothing; then each is changed, once its journal is
committed. What a worker that was killed has left half done is put right before anything else.
Whatever goes wrong with one comic, be it a fault of Longbox, ends the turn of that comic alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple, TypeVar

import structlog
from msgspec import Struct, convert, field

from comics.archives.contents import Fault
from comics.inside import Known, holding
from comics.names.naming import Refusal
from comics.orders import Orders
from db.batch_items import Claimed
from db.outcomes import Key, Outcome
from worker import carrying_out, circles, looking, outcomes, planning, purging, undoing
from worker.planning import Intention

Planned = Intention | Refusal | None
Result = TypeVar("Result")

log = structlog.get_logger()

# What these do depends on what was done before, not on what is wanted of the comic as it is.
BY_HISTORY: dict[str, Callable[[Claimed], Planned]] = {
    "undo": undoing.intend,
    "purge": purging.intend,
}

FORGOTTEN = "The comic was forgotten since."
MISSING = "The file has gone."


class Act(NamedTuple):
    """What is to be done to a comic, or to those of a circle."""

    intentions: list[Intention]
    alone: Callable[[Intention], Outcome]
    together: Callable[[Sequence[Intention]], list[Outcome]]

    @property
    def key(self) -> Key:
        """Return which item this is, or the first of them."""
        return self.intentions[0].claimed.key

    @property
    def keys(self) -> list[Key]:
        """Return which items these are."""
        return [one.claimed.key for one in self.intentions]

    def perform(self) -> list[Outcome]:
        """Do it, and say what came of each."""
        with holding(*(known(one.claimed) for one in self.intentions)):
            return guarded(self._perform, self._break_off)

    def _perform(self) -> list[Outcome]:
        if self.intentions[0].journal.circle:
            return self.together(self.intentions)
        return [self.alone(one) for one in self.intentions]

    def _break_off(self, error: Exception) -> list[Outcome]:
        reason = outcomes.say(error)
        if self.intentions[0].journal.circle:
            return guarded(partial(circles.break_off, self.intentions, reason), self._give_up)
        (one,) = self.intentions
        return guarded(lambda: [carrying_out.break_off(one, reason)], self._give_up)

    def _give_up(self, error: Exception) -> list[Outcome]:
        return [outcomes.failed(one.claimed, outcomes.say(error)) for one in self.intentions]


class Prepared(Struct):
    """What is to be done, in this order, what was left half done, and what came of the others."""

    intentions: list[Intention] = field(default_factory=list)
    left: list[Intention] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def acts(self) -> Iterator[Act]:
        """Yield all that is to be done."""
        for intentions in together(self.left):
            yield Act(intentions, carrying_out.put_right, circles.put_right)
        for intentions in together(self.intentions):
            yield Act(intentions, carrying_out.carry_out, circles.turn)


def together(intentions: Iterable[Intention]) -> Iterator[list[Intention]]:
    """Yield those of each circle together, in the order in which they move, and others alone."""
    for circle, members in groupby(intentions, lambda one: one.journal.circle):
        if circle:
            places = {seq: place for place, seq in enumerate(circle)}
            yield sorted(members, key=lambda one: places[one.claimed.seq])
        else:
            yield from ([one] for one in members)


def guarded(work: Callable[[], Result], otherwise: Callable[[Exception], Result]) -> Result:
    """Do this, or if Longbox itself fails at it, the other."""
    try:
        return work()
    except Exception as error:  # one comic must not end the worker of all
        log.exception("comic failed")
        return otherwise(error)


def plan(chunk: Iterable[Claimed]) -> Prepared:
    """Plan what is to be done to comics, without touching any."""
    prepared = Prepared()
    for claimed in chunk:
        found = guarded(partial(consider, claimed), partial(give_up, claimed))
        if isinstance(found, Outcome):
            prepared.outcomes.append(found)
        elif claimed.plan is None:
            prepared.intentions.append(found)
        else:
            prepared.left.append(found)
    return prepared


def known(claimed: Claimed) -> Known:
    """Return by what the index knows a comic's file."""
    return Known(claimed.size, claimed.mtime_ns)


def give_up(claimed: Claimed, error: Exception) -> Outcome:
    """Say that Longbox has failed at a comic."""
    return outcomes.failed(claimed, outcomes.say(error))


def consider(claimed: Claimed) -> Intention | Outcome:
    """Plan what is to be done to a comic, or say why that is nothing."""
    if claimed.plan is not None:
        return carrying_out.recall(claimed)
    try:
        with holding(known(claimed)):
            return _consider(claimed)
    except Fault as fault:
        return outcomes.refused(claimed, fault)
    except MemoryError as error:
        return give_up(claimed, error)


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
