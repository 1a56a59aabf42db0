"""Templates that are understood, and those that are refused with a hint."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.names.templates import (
    FIELDS,
    LONGEST,
    Field,
    Group,
    Placeholder,
    TemplateError,
    outline,
    parse,
    placeholders,
)
from comics.tags.comicinfo import Tags


def field(name: str, digits: int | None = None) -> Placeholder:
    return Placeholder((Field(name, digits),))


@pytest.mark.parametrize(
    ("template", "pieces"),
    [
        ("{series}", (field("series"),)),
        ("{ series }", (field("series"),)),
        ("{series} - {issue:3}", (field("series"), " - ", field("issue", 3))),
        ("[{year}]", ("[", field("year"), "]")),
        ("{{{title}}}", ("{", field("title"), "}")),
        ("{series}< ({year})>", (field("series"), Group((" (", field("year"), ")")))),
        ("<{a}<-{b}>>", (Group((field("year"), Group(("-", field("month"))))),)),
        ("{title|series}", (Placeholder((Field("title"), Field("series"))),)),
        ('{title|"a | b <c>"}', (Placeholder((Field("title"),), "a | b <c>"),)),
        ('{title|volume:2|""}', (Placeholder((Field("title"), Field("volume", 2)), ""),)),
    ],
)
def test_a_template_is_understood(template: str, pieces: object) -> None:
    assert parse(template.replace("{a}", "{year}").replace("{b}", "{month}")) == pieces


@pytest.mark.parametrize(
    ("template", "hint"),
    [
        ("{serie}", "{serie} at letter 1: there is no field serie. Did you mean {series}?"),
        ("{Series}", "Did you mean {series}?"),
        ("{STORY_ARC}", "Did you mean {story_arc}?"),
        ("{xyzzy}", "there is no field xyzzy. The fields are age_rating, alternate_count,"),
        ("{pages}", "there is no field pages"),
        ("{series", "{ at letter 1 starts a field that has no end: add the }, or write {{"),
        ("{series} }", "} at letter 10 ends a field that has no start: write }}"),
        ("{series}\\{issue}", "\\ at letter 9 cannot be in a name: write / where a folder ends"),
        ("{}{series}", "{} at letter 1 cannot be read: write {field}, {field:3}, {field|another"),
        ("{series|}", "{series|} at letter 1 cannot be read"),
        ('{series|"a"|title}', "cannot be read"),
        ('{"a"}', "cannot be read"),
        ("{series:x}", "cannot be read"),
        ("{title:3}", "title takes no number of digits, leave out the :3."),
        ("{number:3}", "number takes no number of digits, write {issue:3}."),
        ("{issue:21}", "a number can have 20 digits at the most"),
        ("<{series}", "< at letter 1 has no end: add the >."),
        ("{series}>", "> at letter 9 has no start: put a < before it."),
        ("{series}<->", "Between the < at letter 9 and its > there is no field"),
        ("<<<<<<{series}>>>>>>", "< at letter 6 is too deep"),
        ("", "all comics would have the same"),
        ("4", "all comics would have the same"),
        ("/", "all comics would have the same"),
        ("{series}/", "all comics would have the same"),
        ("{series}/{{issue}}", "all comics would have the same"),
        ("{series}" + "-" * LONGEST, "A template may have 500 letters; this one has 508."),
    ],
)
def test_a_template_that_is_none_is_refused_with_what_to_write(template: str, hint: str) -> None:
    with pytest.raises(TemplateError) as error:
        parse(template)
    assert hint in str(error.value)


def test_there_is_a_field_for_every_tag_but_the_pages() -> None:
    assert set(FIELDS) == {*Tags.__struct_fields__, "issue", "issue_no_pad"} - {"pages"}


def test_an_outline_shows_words_and_where_fields_are() -> None:
    assert outline(parse("{{a}}/<({year})>{title}")) == "a}/({){"


def test_placeholders_in_groups_are_found() -> None:
    assert list(placeholders(parse("{series}<{year}<{month}>>"))) == [
        field("series"),
        field("year"),
        field("month"),
    ]


@given(st.text(st.sampled_from('{}<>|:"/\\ 3a-') | st.characters(), max_size=60))
def test_any_text_is_a_template_or_refused(text: str) -> None:
    with suppress(TemplateError):
        assert parse(text)
