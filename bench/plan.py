"""How much is measured, and where."""

from pathlib import Path

from msgspec import Struct
from sqlalchemy import URL

ROOT = Path(__file__).parents[1]


class Plan(Struct, frozen=True):
    """What the command line asks for; rounds and seconds decide how much of the noise is left."""

    small: int  # rows in one database
    large: int  # rows in the other
    comics: int  # on the disk
    rounds: int
    seconds: float  # of load, a round and side


class Place(Struct, frozen=True):
    """Where it happens: a folder that goes away, a private server in it, and its databases."""

    folder: Path
    postgres: Path  # the server's folder
    small: URL
    large: URL
    empty: URL
