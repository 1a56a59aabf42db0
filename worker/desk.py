"""What a worker has at hand, and what it may touch."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Final, TypeVar

from msgspec import Struct, field
from sqlalchemy.ext.asyncio import AsyncConnection

from db.batch_items import Claimed
from db.outcomes import Key
from worker.doing import Act

FIRST: Final = 2  # comics to claim of a batch of which nothing is known

Result = TypeVar("Result")
Thing = TypeVar("Thing", Claimed, Act)


class Desk(Struct):
    """A worker at work: `conn` claims and saves, `pulse` beats, `hand` is the thread for files.

    `mine` is what it may touch, `begun` what it has touched and not saved yet, `under_way` what it
    looks at or touches `since` when.
    """

    name: str
    conn: AsyncConnection
    pulse: AsyncConnection
    patience: float
    hand: ThreadPoolExecutor
    most: int = FIRST  # comics to claim
    mine: set[Key] = field(default_factory=set)
    begun: set[Key] = field(default_factory=set)
    stopped: set[int] = field(default_factory=set)  # batches
    under_way: Key | None = None
    since: float = 0.0
    is_ending: bool = False

    def may_touch(self, key: Key) -> bool:
        """Tell whether a comic is still this worker's, and to be changed, or to be put right."""
        is_wanted = key[0] not in self.stopped or key in self.begun
        return is_wanted and key in self.mine and not self.is_ending

    def watch(self, todo: Iterable[Thing]) -> Iterator[Thing]:
        """Yield what may be touched, and note what is under way."""
        for thing in todo:
            if self.may_touch(thing.key):
                self.under_way, self.since = thing.key, monotonic()
                yield thing
        self.under_way = None

    async def by_hand(self, work: Callable[[], Result]) -> Result:
        """Do this in the thread for files."""
        return await asyncio.get_running_loop().run_in_executor(self.hand, work)
