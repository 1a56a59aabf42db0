"""Issue numbers: kept as written, and read as a value only to sort and compare."""

import math
import re
import unicodedata

from comics.folding import fold

_NUMBER = re.compile(
    r"""
    \s* \#? \s*
    (?P<sign> [-+\N{MINUS SIGN}]? )
    (?P<whole> \d* (?:\.\d*)? )
    (?P<fraction> [¼-¾⅐-⅞]? )
    """,
    re.VERBOSE,
)


def issue_value(number: str) -> float | None:
    """Return the value that an issue number begins with: "1½" is 1.5, "5AU" is 5.0, "Annual" None.

    A value too large for a float is None too.
    """
    found = _NUMBER.match(number)
    if not found or not any(map(str.isnumeric, found[0])):
        return None
    value = float("0" + found["whole"])
    if found["fraction"]:
        value += unicodedata.numeric(found["fraction"])
    if math.isinf(value):
        return None
    return -value if found["sign"] in {"-", "\N{MINUS SIGN}"} else value


def comparable(number: str) -> str:
    """Return what two ways to write one number have in common: "#001" and "1.0" are both "1".

    What follows the value stays, folded: "1A" is "1a". Nothing but a text is that text, folded.
    """
    value, found = issue_value(number), _NUMBER.match(number)
    if value is None or found is None:
        return fold(number).strip()
    written = f"{value:.6f}".rstrip("0").rstrip(".")
    return f"{written}{fold(number[found.end() :]).strip()}"
