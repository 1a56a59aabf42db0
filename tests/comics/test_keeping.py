"""Which copy is proposed to be kept, rule after rule, and what is said of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, structs

from comics.keeping import propose


class Copy(Struct):
    """A copy like any other, but for what a test says."""

    id: int = 1
    path: str = "Saga/1.cbz"
    size: int = 24_000_000
    mtime_ns: int = 1_500_000_000 * 10**9
    format: str | None = "cbz"
    page_count: int | None = 24
    fault: str | None = None
    tags: int = 5


# From the first rule to the last: what makes a copy worse, and what is said of the better one.
RULES: list[tuple[dict[str, Any], str]] = [
    ({"fault": "It is cut short."}, "It can be read without fault, unlike one other."),
    ({"page_count": 22}, "It has more pages than one other: 24 against 22."),
    ({"format": "cbr"}, "It is a CBZ, which every reader opens, unlike one other (cbr)."),
    (
        {"size": 12_000_000},
        "Its pages are larger than those of one other: on average 1,000 kB against 500 kB.",
    ),
    ({"tags": 2}, "Its tags tell more than those of one other: 5 of them against 2."),
    (
        {"mtime_ns": 1_600_000_000 * 10**9},
        "It is older than one other: last changed on 2017-07-14.",
    ),
    ({"path": "Saga/2.cbz"}, "Nothing else that is known tells them apart; its path comes first."),
]

copies = st.builds(
    Copy,
    id=st.integers(1, 9),
    path=st.sampled_from(["a.cbz", "b.cbz"]),
    size=st.integers(0, 2**40),
    mtime_ns=st.integers(-(2**63), 2**63 - 1),
    format=st.sampled_from(["cbz", "cbr", "cb7", "cbt", None]),
    page_count=st.none() | st.integers(0, 10**6),
    fault=st.none() | st.just("It is cut short."),
    tags=st.integers(0, 40),
)


@pytest.mark.parametrize("nanoseconds", range(-150, 150, 50))
def test_ages_are_told_apart_by_nanoseconds_which_no_float_can_tell(nanoseconds: int) -> None:
    older = Copy(id=1, mtime_ns=1_795_000_000_123_456_789 + nanoseconds)
    younger = Copy(id=2, mtime_ns=older.mtime_ns + 1)
    assert propose([younger, older]).keep == 1


@pytest.mark.parametrize(("worse", "reason"), RULES)
def test_what_is_better_by_one_rule_is_kept_and_the_rule_is_told(
    worse: dict[str, Any], reason: str
) -> None:
    better = Copy(id=2)
    for order in ([better, Copy(**worse)], [Copy(**worse), better]):
        assert structs.asdict(propose(order)) == {"keep": 2, "reasons": [reason]}


@pytest.mark.parametrize("place", range(len(RULES) - 1))
def test_an_earlier_rule_weighs_more_than_all_later_ones(place: int) -> None:
    later = {name: value for worse, _ in RULES[place + 1 :] for name, value in worse.items()}
    worse, reason = RULES[place]
    proposal = propose(
        [Copy(id=1, **worse), Copy(id=2, **{**later, **dict.fromkeys(worse & later.keys())})]
    )
    assert (proposal.keep, proposal.reasons) == (2, [reason])


def test_of_many_each_rule_tells_how_many_it_leaves_out() -> None:
    proposal = propose(
        [
            Copy(id=1, fault="No."),
            Copy(id=2, page_count=10),
            Copy(id=3, page_count=20),
            Copy(id=4, format="cb7"),
            Copy(id=5),
        ]
    )
    assert proposal.keep == 5
    assert proposal.reasons == [
        "It can be read without fault, unlike one other.",
        "It has more pages than 2 others: 24 against 20.",
        "It is a CBZ, which every reader opens, unlike one other (cb7).",
    ]


def test_pages_that_are_packed_a_little_better_are_no_smaller() -> None:
    proposal = propose([Copy(id=1, size=23_000_000, tags=6), Copy(id=2)])
    assert proposal.reasons == ["Its tags tell more than those of one other: 6 of them against 5."]


def test_one_alone_is_kept_without_a_reason() -> None:
    assert structs.asdict(propose([Copy(fault="No.")])) == {"keep": 1, "reasons": []}


@given(st.lists(copies, min_size=1, max_size=6, unique_by=lambda copy: copy.id))
def test_the_proposal_is_the_same_in_whatever_order_they_come(some: list[Copy]) -> None:
    proposal = propose(some)
    assert proposal == propose(some[::-1])
    assert proposal.keep in {copy.id for copy in some}
    assert bool(proposal.reasons) == (len(some) > 1)
