"""What `longbox doctor` finds: a sentence each, and what to do where something is not well."""

from typing import Final, Literal

from msgspec import Struct

State = Literal["well", "doubtful", "broken"]

SIGNS: Final[dict[State, str]] = {"well": "✓", "doubtful": "!", "broken": "✗"}
COLOURS: Final[dict[State, str]] = {"well": "green", "doubtful": "yellow", "broken": "red"}


class Finding(Struct, frozen=True):
    """How one thing is, and what to do about it."""

    about: str
    state: State
    told: str
    advice: str = ""


def well(about: str, told: str) -> Finding:
    """Tell of what is as it should be."""
    return Finding(about, "well", told)


def doubtful(about: str, told: str, advice: str) -> Finding:
    """Tell of what works, but perhaps not as it is meant to."""
    return Finding(about, "doubtful", told, advice)


def broken(about: str, told: str, advice: str) -> Finding:
    """Tell of what does not work."""
    return Finding(about, "broken", told, advice)
