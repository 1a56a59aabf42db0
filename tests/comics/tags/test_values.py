"""Dates and lists; the numbers are tried where ComicInfo.xml is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.tags.values import Date, iso_date, join, split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2012-11-05", Date(2012, 11, 5)),
        ("2012-1-5", Date(2012, 1, 5)),
        ("2012-11-05T09:00:46.300882-04:00", Date(2012, 11, 5)),
        ("2012-11-05 14:51:31 +0000", Date(2012, 11, 5)),
        ("2012-11-05Z", Date(2012, 11, 5)),
        ("2012-11-05+01:00", Date(2012, 11, 5)),
        ("2012.11", Date(2012, 11)),
        ("2012", Date(2012)),
        ("2012-13-32", Date(2012)),
        ("0000-11-05", Date(None, 11, 5)),
        ("05.11.2012", Date()),
        ("", Date()),
    ],
)
def test_a_date_is_read_as_far_as_it_makes_sense(text: str, expected: Date) -> None:
    assert iso_date(text) == expected


@given(st.dates())
def test_every_day_is_read(day: date) -> None:
    assert iso_date(day.isoformat()) == (day.year, day.month, day.day)


@given(st.lists(st.text()))
def test_a_list_has_each_item_once_and_commas_only_between(items: list[str]) -> None:
    joined = join(items)
    found = split([joined]) if joined else []
    assert len(found) == len(set(found)) <= len(items)
    assert join(found) == joined
