"""Print lines for people and for programs, whatever is in them."""

import sys
from unicodedata import category

from comics.paths import MARK


def print_line(text: str) -> None:
    """Print to standard output at once, so that whoever is at its other end need not wait."""
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


def harmless(text: str) -> str:
    """Return a text whose control characters cannot steer a terminal."""
    return "".join(MARK if category(letter) in {"Cc", "Cf"} else letter for letter in text)
