"""Keep the journal of a chunk, and what came of it.

What cannot be stored of one comic, as no row holds it, is stored of all the others; that one has
failed. Else each worker in turn would end at it.
"""

from itertools import chain

import structlog

from db import batch_items, outcomes
from db.outcomes import UNSTORABLE, Key, Outcome
from worker.desk import Desk
from worker.doing import Prepared, give_up, together
from worker.outcomes import UNEXPECTED, journalled
from worker.planning import Intention

log = structlog.get_logger()


async def journal(desk: Desk, prepared: Prepared) -> None:
    """Keep what is about to be done, and leave out what is not this worker's any more."""
    groups = list(together(prepared.intentions))
    try:
        kept = await keep(desk, prepared.intentions)
    except UNSTORABLE:
        await desk.conn.rollback()
        kept = set[Key]()
        for group in groups:
            kept |= await keep_alone(desk, group, prepared)
    complete = (group for group in groups if kept.issuperset(one.claimed.key for one in group))
    prepared.intentions = list(chain.from_iterable(complete))


async def keep(desk: Desk, intentions: list[Intention]) -> set[Key]:
    """Keep the journal of these, and return of which that counts."""
    if not intentions:
        return set()
    plans = [journalled(one) for one in intentions]
    return await batch_items.journal(desk.conn, desk.name, plans)


async def keep_alone(desk: Desk, group: list[Intention], prepared: Prepared) -> set[Key]:
    """Keep the journal of a comic, or of a circle; if that cannot be, it has failed."""
    try:
        return await keep(desk, group)
    except UNSTORABLE as error:
        await desk.conn.rollback()
        log.exception("journal cannot be kept", items=[one.claimed.key for one in group])
        prepared.outcomes += [give_up(one.claimed, error) for one in group]
        return set()


async def save(desk: Desk, ended: list[Outcome]) -> None:
    """Save what came of comics; where that cannot be, one by one."""
    try:
        await outcomes.save(desk.conn, desk.name, ended)
    except UNSTORABLE as error:
        await desk.conn.rollback()
        if len(ended) > 1:
            for one in ended:
                await save(desk, [one])
        else:
            log.exception("outcome cannot be saved", item=ended[0].key)
            await outcomes.save(desk.conn, desk.name, [fail(ended[0], error)])


def fail(outcome: Outcome, error: Exception) -> Outcome:
    """Say only that Longbox has failed at a comic."""
    reason = UNEXPECTED.format(type(error).__name__)
    return Outcome(batch=outcome.batch, seq=outcome.seq, state="failed", error=reason)
