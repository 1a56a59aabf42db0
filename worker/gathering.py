"""Gather what is to be done at once, so that no comic waits in vain for a name.

Whoever has a name that another of its batch wants is claimed with it, however far apart they are in
the batch; and who is waited for because another worker is at it, or its turn is later, is waited
for, and not taken for a stranger. See `db.name_holders`.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from db import name_holders
from db.batch_items import Claimed
from db.name_holders import Holder
from worker import collisions, doing, outcomes
from worker.collisions import Blocked
from worker.desk import Desk
from worker.doing import Prepared
from worker.planning import Intention

MORE = 200  # comics that are claimed at a time for the sake of a name
LONGEST = 2_000  # that are done at once


async def gather(desk: Desk, claimed: list[Claimed]) -> Prepared:
    """Plan what was claimed, in an order in which names are free; what is claimed besides joins."""
    prepared = await desk.by_hand(partial(doing.plan, desk.watch(claimed)))
    planned, prepared.intentions = prepared.intentions, []
    for batch in dict.fromkeys(one.claimed.batch for one in planned):
        ours = [one for one in planned if one.claimed.batch == batch]
        await settle(desk, claimed, ours, prepared)
    return prepared


async def settle(
    desk: Desk, claimed: list[Claimed], ours: list[Intention], prepared: Prepared
) -> None:
    """Settle which comics of one batch get their names, and add that to what is prepared."""
    leaving = set[str]()
    while True:
        arranged = await desk.by_hand(partial(collisions.arrange, ours, leaving))
        holders = await look_up(desk, arranged.blocked)
        left = {path for path, one in holders.items() if one.state == "left"} - leaving
        room = min(MORE, LONGEST - len(claimed))
        more = await reach(desk, ours[0].claimed.batch, holders.values(), room)
        if not left and not more:
            break
        leaving |= left
        claimed += more
        found = await desk.by_hand(partial(doing.plan, desk.watch(more)))
        ours += found.intentions
        prepared.outcomes += found.outcomes
    waiting, taken = await desk.by_hand(partial(collisions.sort_out, arranged, holders))
    prepared.outcomes += map(outcomes.waiting, waiting)
    prepared.outcomes += map(outcomes.taken, taken)
    prepared.outcomes += [outcomes.previewed(one) for one in arranged.ready if one.claimed.preview]
    prepared.intentions += [one for one in arranged.ready if not one.claimed.preview]


async def look_up(desk: Desk, blocked: Iterable[Blocked]) -> dict[str, Holder]:
    """Return who of the batch may leave a name, by its whole path, but for what is here already."""
    wanted = defaultdict[tuple[int, int, str], set[str]](set)
    for one in blocked:
        claimed = one.intention.claimed
        paths = (posixpath.relpath(path, claimed.root) for path in one.holders)
        wanted[claimed.batch, claimed.library, claimed.root].update(paths)
    return {
        posixpath.join(root, holder.path): holder
        for (batch, library, root), paths in wanted.items()
        for holder in await name_holders.find(desk.conn, batch, library, paths)
        if (batch, holder.place) not in desk.mine
    }


async def reach(desk: Desk, batch: int, holders: Iterable[Holder], most: int) -> list[Claimed]:
    """Claim those who have a name and can be had, and some more, so many at most."""
    seqs = [holder.place for holder in holders if holder.state == "todo"]
    if not seqs or most < 1:
        return []
    claimed = await name_holders.claim(desk.conn, desk.name, batch, seqs, most)
    desk.mine |= {one.key for one in claimed}
    return claimed
