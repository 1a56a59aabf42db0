"""What an issue's number is worth when it is sorted."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.numbers import comparable, issue_value


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("1", 1.0),
        ("0012", 12.0),
        ("1.50", 1.5),
        (".5", 0.5),
        ("½", 0.5),
        ("1½", 1.5),
        ("-½", -0.5),
        ("-1", -1.0),
        ("\N{MINUS SIGN}1", -1.0),
        ("+3", 3.0),
        ("#5", 5.0),
        (" 7 ", 7.0),
        ("0.MU", 0.0),
        ("5AU", 5.0),
        ("1.MU", 1.0),
        ("12-13", 12.0),
        ("1e3", 1.0),
        ("٣", 3.0),
        ("1234567890123456789012", 1234567890123456789012.0),
        ("9" * 400, None),
        ("nan", None),
        ("inf", None),
        ("Annual", None),
        ("-", None),
        (".", None),
        ("", None),
    ],
)
def test_a_number_is_worth_what_it_begins_with(number: str, value: float | None) -> None:
    assert issue_value(number) == value


@given(st.text())
def test_any_text_has_a_finite_value_or_none(number: str) -> None:
    value = issue_value(number)
    assert value is None or math.isfinite(value)


@given(st.decimals(-10_000, 10_000, places=2))
def test_a_plain_decimal_is_worth_itself(number: object) -> None:
    assert issue_value(str(number)) == float(str(number))


@pytest.mark.parametrize(
    ("number", "plain"),
    [
        ("1", "1"),
        ("#001", "1"),
        (" 1.0 ", "1"),
        ("10", "10"),
        ("1.50", "1.5"),
        ("1½", "1.5"),
        ("-1", "-1"),
        ("\N{MINUS SIGN}01", "-1"),
        ("1A", "1a"),
        ("01 a", "1a"),
        ("5.AU", "5au"),
        ("12-13", "12-13"),
        ("Annual  É", "annual e"),
        ("1e9", "1e9"),
        ("9" * 400, "9" * 400),
        ("", ""),
        (" ", ""),
    ],
)
def test_ways_to_write_one_number_are_comparable(number: str, plain: str) -> None:
    assert comparable(number) == plain


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_zeros_in_front_of_a_number_make_no_difference(number: int, zeros: int) -> None:
    assert comparable("0" * zeros + str(number)) == str(number)
