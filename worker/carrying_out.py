"""Carry out what was planned for a comic, or end what was left half done, and tell what came of it.

All of it is done or nothing. What goes wrong is told in words that a collector can act on, with
where the comic is now.
"""

from collections.abc import Callable

from msgspec import convert

from comics.archives.contents import Fault
from comics.writing.refusals import Gone, Occupied, Passing
from db.batch_items import DEATHS, Claimed
from db.outcomes import Outcome
from worker import journal, looking, outcomes
from worker.journal import Journal
from worker.planning import Intention
from worker.steps import Move


def carry_out(intention: Intention) -> Outcome:
    """Do what was planned, all of it or nothing, and say what came of it."""
    try:
        return do(intention, journal.carry_out)
    except Occupied:
        return outcomes.taken(intention.claimed)


def recall(claimed: Claimed) -> Intention:
    """Return what a worker was about to do that has died at it or left it."""
    return Intention(claimed, convert(claimed.plan, Journal))


def put_right(left: Intention) -> Outcome:
    """End what a worker has left half done, or take it back."""
    claimed, steps = left.claimed, left.journal.steps
    begun = journal.count_done(steps, claimed.root)
    if claimed.deaths >= DEATHS and begun < len(steps):
        return break_off(left, outcomes.DIED.format(claimed.deaths))
    if claimed.state != "running" and not begun:
        return outcomes.postponed(claimed)
    return end(left)


def end(left: Intention) -> Outcome:
    """Do what is left to do; what has lost its new name to another is planned anew."""
    try:
        return do(left, journal.finish)
    except Occupied:
        return outcomes.postponed(left.claimed)


def break_off(intention: Intention, reason: str) -> Outcome:
    """Take back what was done, unless that is all there is to do, and say why."""
    steps, root = intention.journal.steps, intention.claimed.root
    begun = journal.count_done(steps, root)
    if begun == len(steps):
        return tell_done(intention)
    journal.take_back(steps[:begun], root)
    return tell_where(intention, outcomes.failed(intention.claimed, reason))


def do(intention: Intention, act: Callable[[Journal, str], None]) -> Outcome:
    """Do this, and say what came of it; raises an `Occupied` if the comic's new name is taken."""
    claimed = intention.claimed
    try:
        act(intention.journal, claimed.root)
    except Occupied:
        if intention.journal.path:
            raise
        return outcomes.postponed(claimed)
    except Gone as gone:
        return judge_gone(claimed, gone)
    except Passing as passing:
        begun = journal.count_done(intention.journal.steps, claimed.root)
        return outcomes.later(claimed, str(passing), keeps_plan=begun > 0)
    except (Fault, MemoryError) as fault:
        return tell_where(intention, outcomes.failed(claimed, outcomes.say(fault)))
    return tell_done(intention)


def judge_gone(claimed: Claimed, gone: Gone) -> Outcome:
    """Tell a comic that has gone from one whose share has."""
    try:
        looking.expect_root(claimed.root)
    except Passing as away:
        return outcomes.later(claimed, str(away), keeps_plan=True)
    return outcomes.refused(claimed, gone)


def tell_done(intention: Intention) -> Outcome:
    """Say what a comic is now; where its disk has just gone, that has to wait."""
    claimed, path = intention.claimed, intention.journal.path
    try:
        placed = looking.place(claimed, path) if path else None
    except Passing as away:
        return outcomes.later(claimed, str(away), keeps_plan=True)
    except Fault:  # somebody has taken it away again, which the next scan tells
        placed = None
    return outcomes.done(intention, placed)


def tell_where(intention: Intention, outcome: Outcome) -> Outcome:
    """Say where a comic is, too, if it could not be brought back."""
    claimed = intention.claimed
    path = whereabouts(intention)
    if path and path != claimed.path and not claimed.missing:
        outcome.placed = looking.place(claimed, path)
    return outcome


def whereabouts(intention: Intention) -> str | None:
    """Return where in its library a comic is that was to be moved in it, None if it is gone."""
    claimed, path = intention.claimed, intention.journal.path
    for step in intention.journal.steps:
        if isinstance(step, Move) and step.new == path and (found := step.find(claimed.root)):
            return found
    return looking.find(claimed.root, claimed.path, path)
