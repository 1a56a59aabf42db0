"""Give comics each other's names: one steps aside, the others move up, and it takes what is free.

Of each circle all moves are made or none. Its comics are claimed, begun and saved together, so that
whoever takes over from a worker that was killed has all of them, and ends what that has begun.
"""

import os
from collections.abc import Sequence
from contextlib import suppress

from msgspec.structs import replace

from comics.archives.contents import Fault
from comics.paths import locate, to_text
from comics.writing import trash
from comics.writing.refusals import Gone, Occupied, Passing
from comics.writing.snapshots import Changed
from db.batch_items import DEATHS, Claimed
from db.outcomes import Outcome
from worker import carrying_out, journal, looking, outcomes
from worker.planning import Intention
from worker.steps import Move


def can_turn(circle: Sequence[Intention]) -> bool:
    """Tell whether all of these get their names by being moved, and none by being made anew."""
    moves = moves_of(circle)
    return len(moves) == len(circle) and all(
        (move.old, move.new) == (one.claimed.path, one.journal.path)
        for move, one in zip(moves, circle, strict=True)
    )


def form(circle: list[Intention]) -> list[Intention]:
    """Have the first step aside, and return all in the order in which they move.

    Each wants the name of the one behind it, and the last that of the first.
    """
    first, *others = circle
    order = [first, *reversed(others)]
    seqs = [one.claimed.seq for one in order]
    for one in order:
        step, *more = one.journal.steps
        if one is first and isinstance(step, Move):
            step = replace(step, aside=find_aside(first.claimed))
        one.journal = replace(one.journal, steps=[step, *more], circle=seqs)
    return order


def find_aside(claimed: Claimed) -> str:
    """Return a path beside a comic at which there is nothing yet, short enough for any disk.

    It is not hidden: whatever becomes of this index, the next scan finds the comic there.
    """
    path = locate(claimed.root, claimed.path)
    name = f"longbox-{claimed.batch}-{claimed.seq}{path.suffix}"
    places = trash.numbered(path.with_name(name))
    free = next(place for place in places if not os.path.lexists(place))
    return to_text(str(free.relative_to(locate(claimed.root, ""))))


def turn(circle: Sequence[Intention]) -> list[Outcome]:
    """Give each of these comics its new name, or leave them as they were; then do the rest."""
    root, moves = circle[0].claimed.root, moves_of(circle)
    try:
        if not have_moved(circle):
            move_all(moves, root)
    except (Fault, MemoryError) as fault:
        take_all_back(moves, root)
        is_back = all(move.find(root) == move.old for move in moves)
        return [judge(one, fault, is_back=is_back) for one in circle]
    return [carrying_out.end(one) for one in circle]


def put_right(circle: Sequence[Intention]) -> list[Outcome]:
    """End what a worker has left of a circle, or take it back."""
    root, first = circle[0].claimed.root, circle[0].claimed
    if first.deaths >= DEATHS:
        return break_off(circle, outcomes.DIED.format(first.deaths))
    is_begun = any(move.find(root) != move.old for move in moves_of(circle))
    if first.state != "running" and not is_begun:
        return [outcomes.postponed(one.claimed) for one in circle]
    return turn(circle)


def break_off(circle: Sequence[Intention], reason: str) -> list[Outcome]:
    """Take back all moves unless all are made, and say of those that are not done why."""
    if have_moved(circle):
        return [carrying_out.break_off(one, reason) for one in circle]
    take_all_back(moves_of(circle), circle[0].claimed.root)
    failed = [(one, outcomes.failed(one.claimed, reason)) for one in circle]
    return [carrying_out.tell_where(one, outcome) for one, outcome in failed]


def have_moved(circle: Sequence[Intention]) -> bool:
    """Tell whether all moves are made; only then anything else was begun."""
    root = circle[0].claimed.root
    return all(journal.count_done(one.journal.steps, root) for one in circle)


def moves_of(circle: Sequence[Intention]) -> list[Move]:
    """Return how each of them moves."""
    firsts = [step for one in circle for step in one.journal.steps[:1]]
    return [step for step in firsts if isinstance(step, Move)]


def move_all(moves: Sequence[Move], root: str) -> None:
    """Make all moves that are not made yet, or raise a `Refused`."""
    first, *others = moves
    if not first.is_done(root):
        first.step_aside(root)
    for move in (*others, first):
        if not move.is_done(root):
            move.perform(root)


def take_all_back(moves: Sequence[Move], root: str) -> None:
    """Take back what was moved; a comic whose old name somebody else has by now stays."""
    first, *others = moves
    for move in (*reversed(others), first):
        with suppress(Fault):
            move.take_back(root)


def judge(one: Intention, fault: Fault | MemoryError, *, is_back: bool) -> Outcome:
    """Say why a circle was not turned; where its comics are not what they were, all begin anew."""
    claimed = one.claimed
    if isinstance(fault, Gone | Changed):
        try:
            looking.expect_root(claimed.root)
        except Passing as away:
            return outcomes.later(claimed, str(away), keeps_plan=True)
        return carrying_out.tell_where(one, outcomes.postponed(claimed))
    if isinstance(fault, Passing) and not is_back:
        return outcomes.later(claimed, str(fault), keeps_plan=True)
    outcome = outcomes.failed(claimed, outcomes.say(fault))
    if isinstance(fault, Passing):
        outcome = outcomes.later(claimed, str(fault))
    elif isinstance(fault, Occupied):
        outcome = outcomes.taken(claimed)
    return carrying_out.tell_where(one, outcome)
