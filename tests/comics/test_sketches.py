"""Sketches: who shares pages shares lowest hashes, as often as that is promised."""

import random

from comics.archives.contents import Member
from comics.sketches import HASHES, NOTHING, draw


def comic(*pages: int) -> list[Member]:
    """Make the pages with these checksums."""
    return [Member(f"{place}.png", size=page + 1, crc=page) for place, page in enumerate(pages)]


def test_neither_names_nor_order_nor_doubles_change_the_hashes() -> None:
    one = draw(comic(1, 2, 3))
    assert len(one.lows) == HASHES
    assert draw(comic(3, 1, 2, 2)).lows == one.lows
    assert sorted(draw(comic(3, 1, 2, 2)).crcs) == [1, 2, 2, 3]


def test_checksums_are_signed_as_the_database_holds_them() -> None:
    assert draw(comic(0, 2**31 - 1, 2**31, 2**32 - 1)).crcs == (0, 2**31 - 1, -(2**31), -1)


def test_pages_of_another_size_are_others() -> None:
    one, other = (draw([Member("1.png", size, 7)]) for size in (1, 2))
    assert set(one.lows).isdisjoint(other.lows)


def test_no_two_of_a_sketchs_hashes_are_ever_the_same() -> None:
    assert len({low for page in range(500) for low in draw(comic(page)).lows}) == 500 * HASHES


def test_without_pages_or_with_one_whose_checksum_is_unknown_there_is_none() -> None:
    assert draw([]) == NOTHING
    assert draw([*comic(1, 2), Member("3.png", 9)]) == NOTHING


def test_of_those_that_share_half_of_their_pages_hardly_any_pair_shares_no_hash() -> None:
    chance = random.Random(1)  # noqa: S311  no secret
    missed = 0
    for _ in range(1_000):
        pages = chance.sample(range(2**32), 36)
        one, other = draw(comic(*pages[:24])), draw(comic(*pages[12:]))
        missed += set(one.lows).isdisjoint(other.lows)
    assert missed < 150, "one in 64 at a half; at a third, as here, 88 in a thousand"
