"""Edits of tags: what each makes of a field, and what no field can hold."""

from typing import Any

import msgspec
import pytest

from comics.tag_edits import Edit, Place, Replace, TagEdits, apply, substitute
from comics.tags.comicinfo import Tags

SAGA = Tags(series="Saga", number="7", year=2012, writer="Brian K. Vaughan")
HERE = Place("Saga/Saga 012.cbz", 3)


def edited(*edits: dict[str, Any], tags: Tags = SAGA, place: Place = HERE) -> dict[str, Any]:
    """Return the tags that edits, as a client sends them, make."""
    read = msgspec.convert(edits, tuple[Edit, ...])
    made: dict[str, Any] = msgspec.to_builtins(apply(read, tags, place))
    return made


def refusal(edit: dict[str, Any]) -> str:
    """Return why an edit is none that could be made of any comic."""
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert({"edits": [edit]}, TagEdits)
    return str(error.value)


def test_a_set_field_has_its_value_whatever_it_had() -> None:
    made = edited(
        {"do": "set", "field": "series", "value": "Saga Deluxe"},
        {"do": "set", "field": "year", "value": "2013"},
        {"do": "set", "field": "month", "value": 4},
        {"do": "set", "field": "writer", "value": ""},
    )
    assert made == {"series": "Saga Deluxe", "number": "7", "year": 2013, "month": 4}


def test_a_field_is_filled_only_where_it_is_empty() -> None:
    made = edited(
        {"do": "fill", "field": "series", "value": "Other"},
        {"do": "fill", "field": "publisher", "value": "Image"},
        {"do": "fill", "field": "volume", "value": 2},
        tags=Tags(series="Saga", volume=0),
    )
    assert made == {"series": "Saga", "volume": 0, "publisher": "Image"}


def test_a_value_that_stays_as_it_is_may_be_one_that_nobody_could_set() -> None:
    """Other programs write what they like."""
    odd = Tags(age_rating="Old")
    assert edited({"do": "fill", "field": "age_rating", "value": "Teen"}, tags=odd) == {
        "age_rating": "Old"
    }


def test_a_cleared_field_is_gone() -> None:
    made = edited({"do": "clear", "field": "year"}, {"do": "clear", "field": "writer"})
    assert made == {"series": "Saga", "number": "7"}


def test_each_edit_finds_what_those_before_it_have_made() -> None:
    made = edited(
        {"do": "set", "field": "title", "value": "Chapter 1"},
        {"do": "replace", "field": "title", "find": "Chapter", "by": "Part"},
    )
    assert made["title"] == "Part 1"


@pytest.mark.parametrize(
    ("find", "by", "text", "made"),
    [
        ("a", "o", "Saga", "Sogo"),
        (".", "!", "a.b", "a!b"),
        ("a", "aa", "Saga", "Saagaa"),
        ("*", "+", "a*b", "a+b"),
        ("x", "y", "Saga", "Saga"),
        ("Sag", "", "Saga", "a"),
    ],
)
def test_a_text_is_found_as_it_is_written(find: str, by: str, text: str, made: str) -> None:
    assert substitute(Replace("title", find, by), text) == made


@pytest.mark.parametrize(
    ("find", "by", "text", "made"),
    [
        ("Vol. * of *", "* / *", "Vol. 2 of 9", "2 / 9"),
        ("(*)", "", "Saga (2012) (digital)", "Saga  "),
        ("(*)", "[*]", "Saga (2012) (digital)", "Saga [2012] [digital]"),
        ("*", "x", "Saga", "x"),
        ("*", "<*>", "Saga", "<Saga>"),
        (": *", "", "Batman: Year One", "Batman"),
        ("*: ", "", "Batman: Year One: 1", "1"),
        ("a*b*c", "*-*", "xa1b2cx a3b4", "x1-2x a3b4"),
        ("a**c", "*|*", "abc", "|b"),
        ("(*", "*", "no bracket", "no bracket"),
    ],
)
def test_a_star_is_any_text_and_the_least_that_will_do(
    find: str, by: str, text: str, made: str
) -> None:
    assert substitute(Replace("title", find, by, wildcards=True), text) == made


def test_letter_case_matters_unless_it_is_not_to() -> None:
    assert substitute(Replace("title", "SAGA", "x"), "Saga saga") == "Saga saga"
    assert substitute(Replace("title", "SAGA", "x", ignore_case=True), "Saga saga") == "x x"


def test_a_pattern_that_would_never_end_as_a_regular_expression_ends_here() -> None:
    edit = Replace("summary", "*a" * 99 + "*b", "", wildcards=True)
    assert substitute(edit, "a" * 100_000) == "a" * 100_000


def test_a_replacement_in_a_number_has_to_make_a_number() -> None:
    assert edited({"do": "replace", "field": "year", "find": "20", "by": "19"})["year"] == 1912
    with pytest.raises(ValueError, match="Year is a whole number from 1 to 9999, not 'two12'"):
        edited({"do": "replace", "field": "year", "find": "20", "by": "two"})


def test_a_replacement_makes_no_field_longer_than_any_may_be() -> None:
    with pytest.raises(ValueError, match="Title would have more than 100,000 letters"):
        edited(
            {"do": "replace", "field": "title", "find": "a", "by": "b" * 200},
            tags=Tags(title="a" * 501),
        )


@pytest.mark.parametrize(
    ("renumber", "numbers"),
    [
        ({}, ["1", "2", "3"]),
        ({"start": "001"}, ["001", "002", "003"]),
        ({"start": "98", "step": 2}, ["98", "100", "102"]),
        ({"start": "08"}, ["08", "09", "10"]),
    ],
)
def test_comics_are_numbered_in_their_order_and_zeros_are_kept(
    renumber: dict[str, Any], numbers: list[str]
) -> None:
    made = [
        edited({"do": "renumber", **renumber}, place=Place("x.cbz", position))["number"]
        for position in range(3)
    ]
    assert made == numbers


def test_the_number_of_a_files_name_is_taken_if_there_is_one() -> None:
    assert edited({"do": "number_from_name"})["number"] == "012"
    assert edited({"do": "number_from_name"}, place=Place("Saga 3/Saga.cbz", 0))["number"] == "7"


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ({"do": "set", "field": "colour", "value": "x"}, "has no field 'colour'"),
        ({"do": "set", "field": "month", "value": 13}, "Month is a whole number from 1 to 12"),
        ({"do": "set", "field": "age_rating", "value": "Old"}, "AgeRating is one of: Unknown,"),
        ({"do": "fill", "field": "year", "value": "MMXII"}, "Year is a whole number"),
        ({"do": "set", "field": "title", "value": "\0"}, "a character that XML cannot hold"),
        ({"do": "set", "field": "title", "value": "x" * 100_001}, "length <= 100000"),
        ({"do": "clear", "field": "pages"}, "Pages are not set by a batch"),
        ({"do": "replace", "field": "title", "find": "", "by": "x"}, "length >= 1"),
        (
            {"do": "replace", "field": "title", "find": "a*", "by": "* *", "wildcards": True},
            "has more \\* than 'a\\*'",
        ),
        ({"do": "renumber", "start": "1.5"}, "matching regex"),
        ({"do": "renumber", "field": "title"}, "Invalid enum value 'title'"),
        ({"do": "renumber", "step": 0}, ">= 1"),
        ({"do": "shout", "field": "title"}, "Invalid value 'shout'"),
        ({"do": "clear", "field": "title", "more": 1}, "unknown field `more`"),
    ],
)
def test_an_edit_that_no_field_can_take_is_refused_with_its_place(
    edit: dict[str, Any], why: str
) -> None:
    told = refusal(edit)
    assert why.replace("\\", "") in told
    assert "$.edits[0]" in told
