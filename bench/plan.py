"""How much is measured, and where."""

from pathlib import Path

from msgspec import Struct
from sqlalchemy import URL

ROOT = Path(__file__).parents[1]
USUAL = 10_300  # comics on the disk for which other things have their usual size


class Plan(Struct, frozen=True):
    """What the command line asks for; the last three decide how much of the noise is left."""

    small: int  # rows in one database
    large: int  # rows in the other
    comics: int  # on the disk
    rounds: int
    requests: int  # of one client, a round and side
    seconds: float  # of many clients, a round and side

    @property
    def scale(self) -> float:
        """Return what part of their usual size things have: less than all for few comics."""
        return min(1.0, self.comics / USUAL)

    @property
    def warm(self) -> int:
        """Return the requests after which nothing is new to a worker.

        Each of its four connections prepares a statement after five, and plans it for five more.
        """
        return 3 * self.requests


class Place(Struct, frozen=True):
    """Where it happens: a folder that goes away, a private server in it, and its databases."""

    folder: Path
    postgres: Path  # the server's folder
    small: URL
    large: URL
    empty: URL
    disk: URL  # empty, too
    busy: URL  # empty, too
