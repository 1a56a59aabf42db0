"""Which of several copies of a comic to keep, and why: a proposal, in sentences.

One rule after the other leaves those copies that are best by it, until one is left. Nothing here
changes anything.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from msgspec import Struct

MARGIN = 0.05
"""By how much the bytes of a page must differ to tell: packing alone makes for a few percent."""


class Copy(Protocol):
    """What is known of a copy; `tags` is how many of them its documents tell."""

    id: int
    path: str
    size: int
    mtime_ns: int
    format: str | None
    page_count: int | None
    fault: str | None
    tags: int


class Proposal(Struct):
    """The copy to keep, by its id, and what makes it better than the others."""

    keep: int
    reasons: list[str]


class Rule(NamedTuple):
    """What a copy is worth, the more the better, and the sentence that says that it is more.

    The sentence is made of the best copy, the best of those that are less, and the words for these.
    """

    worth: Callable[[Copy], float]
    say: Callable[[Copy, Copy, str], str]
    margin: float = 0.0  # what is less by this share of the best is as good


def propose(copies: Sequence[Copy]) -> Proposal:
    """Propose which one of these to keep, of which there is one at least."""
    rivals, reasons = sorted(copies, key=lambda copy: (copy.path, copy.id)), []
    for rule in RULES:
        best = max(rivals, key=rule.worth)
        most = rule.worth(best)
        enough = most * (1 - rule.margin) if rule.margin else most  # a float rounds nanoseconds
        if less := [copy for copy in rivals if rule.worth(copy) < enough]:
            rivals = [copy for copy in rivals if rule.worth(copy) >= enough]
            others = "one other" if len(less) == 1 else f"{len(less)} others"
            reasons.append(rule.say(best, max(less, key=rule.worth), others))
    if len(rivals) > 1:
        reasons.append("Nothing else that is known tells them apart; its path comes first.")
    return Proposal(rivals[0].id, reasons)


def _can_be_read(copy: Copy) -> bool:
    return copy.fault is None


def _pages(copy: Copy) -> int:
    return copy.page_count or 0


def _is_zip(copy: Copy) -> bool:
    return copy.format == "cbz"


def _page_size(copy: Copy) -> float:
    return copy.size / copy.page_count if copy.page_count else 0.0


def _tags(copy: Copy) -> int:
    return copy.tags


def _age(copy: Copy) -> int:
    return -copy.mtime_ns


def _say_readable(_best: Copy, _next: Copy, others: str) -> str:
    return f"It can be read without fault, unlike {others}."


def _say_pages(best: Copy, following: Copy, others: str) -> str:
    return f"It has more pages than {others}: {_pages(best):,} against {_pages(following):,}."


def _say_format(_best: Copy, following: Copy, others: str) -> str:
    return f"It is a CBZ, which every reader opens, unlike {others} ({following.format})."


def _say_page_size(best: Copy, following: Copy, others: str) -> str:
    sizes = " against ".join(f"{_page_size(copy) / 1000:,.0f} kB" for copy in (best, following))
    return f"Its pages are larger than those of {others}: on average {sizes}."


def _say_tags(best: Copy, following: Copy, others: str) -> str:
    return (
        f"Its tags tell more than those of {others}: {best.tags} of them against {following.tags}."
    )


def _say_age(best: Copy, _next: Copy, others: str) -> str:
    changed = datetime.fromtimestamp(best.mtime_ns / 1e9, UTC)
    return f"It is older than {others}: last changed on {changed:%Y-%m-%d}."


RULES = (
    Rule(_can_be_read, _say_readable),
    Rule(_pages, _say_pages),
    Rule(_is_zip, _say_format),
    Rule(_page_size, _say_page_size, margin=MARGIN),
    Rule(_tags, _say_tags),
    Rule(_age, _say_age),
)
