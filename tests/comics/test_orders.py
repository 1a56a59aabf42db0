"""What a batch plans for one comic, by kind."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from comics.names.naming import Refusal
from comics.orders import Kind, Orders, Plan, Subject, plan
from comics.rules import Settings
from comics.tag_edits import Clear, Edit, Fill, NumberFromName, Renumber, Set, TagEdits
from comics.tag_edits import Replace as Substitute
from comics.tags.comicinfo import Tags
from tests.comics.test_rules_properties import PATHS, SETTINGS, TAGS

SAGA = Subject(
    path="Image/Saga/1.cbz",
    tags=Tags(series="Saga", number="1"),
    root="/comics",
    root_name="comics",
    content="cbz",
    provenance={"series": "ComicInfo", "number": "ComicInfo"},
)
PLANNED: tuple[Kind, ...] = (
    *("process", "rename", "normalize", "tags", "convert", "deduplicate", "delete"),
)


def orders(kind: Kind, *edits: Edit, keeps_others: bool = True, **more: object) -> Orders:
    """Return orders with what their kind needs."""
    given: dict[str, object] = {"kind": kind, "duplicates_root": "/duplicates", **more}
    if kind == "tags":
        given["edits"] = TagEdits(edits or (Clear("notes"),), keeps_others=keeps_others)
    return msgspec.convert(given, Orders)


def refused(orders: Orders, subject: Subject) -> str:
    """Return why a comic is left as it is."""
    found = plan(orders, subject)
    assert isinstance(found, Refusal), found
    return str(found)


def test_a_comic_is_processed_renamed_and_normalized_by_the_rules() -> None:
    changes = {"title": "Chapter 1"}
    name = "Image/Saga/Saga - Chapter 0001.cbz"
    assert plan(orders("process"), SAGA) == Plan(changes, name)
    assert plan(orders("rename"), SAGA) == Plan(path=name)
    assert plan(orders("normalize"), SAGA) == Plan(changes)
    done = replace(SAGA, path=name, tags=replace(SAGA.tags, title="Chapter 1"))
    assert plan(orders("process"), done) is None


def test_the_settings_are_those_of_the_orders() -> None:
    named = orders("rename", settings=Settings("{series} {issue:2}"))
    assert plan(named, SAGA) == Plan(path="Image/Saga/Saga 01.cbz")


def test_only_the_fields_that_change_are_planned() -> None:
    edits = (Set("series", "Saga"), Set("publisher", "Image"), Fill("number", "9"))
    assert plan(orders("tags", *edits), SAGA) == Plan({"publisher": "Image"})
    assert plan(orders("tags", Set("series", "Saga")), SAGA) is None
    assert plan(orders("tags", Clear("series")), SAGA) == Plan({"series": None})


def test_all_other_fields_of_comicinfo_go_if_they_are_not_kept() -> None:
    """Junk of old taggers; what other documents tell stays theirs, and pages are pages."""
    tags = replace(SAGA.tags, notes="junk", publisher="Image", page_count=20)
    subject = replace(SAGA, tags=tags, provenance=SAGA.provenance | {"publisher": "MetronInfo"})
    found = plan(orders("tags", Set("series", "Saga"), keeps_others=False), subject)
    assert found == Plan({"number": None, "notes": None})


def test_a_field_that_an_edit_names_is_kept_for_it_though_others_go() -> None:
    edits = (Fill("series", "Other"), Substitute("title", "Old", "New"))
    subject = replace(SAGA, tags=replace(SAGA.tags, title="Old Tale"))
    found = plan(orders("tags", *edits, keeps_others=False), subject)
    assert found == Plan({"title": "New Tale", "number": None})


def test_what_another_document_tells_is_not_cleared_in_vain() -> None:
    subject = replace(SAGA, provenance={"series": "MetronInfo"})
    assert refused(orders("tags", Clear("series")), subject) == (
        "Series is told by the comic's MetronInfo, which Longbox does not change:"
        " give it another value instead."
    )
    assert plan(orders("tags", Set("series", "Other")), subject) == Plan({"series": "Other"})


def test_a_month_that_is_set_does_not_lose_the_year_that_another_document_tells() -> None:
    """ComicInfo.xml tells all of a date or nothing."""
    subject = replace(
        SAGA, tags=Tags(year=2012, month=3), provenance=dict.fromkeys(("year", "month"), "CoMet")
    )
    assert plan(orders("tags", Set("month", 4)), subject) == Plan({"month": 4, "year": 2012})
    ours = replace(subject, provenance={})
    assert plan(orders("tags", Set("month", 4)), ours) == Plan({"month": 4})


def test_tags_of_what_is_no_cbz_wait_for_a_conversion() -> None:
    subject = replace(SAGA, path="Saga/1.cbr", content="cbr")
    edit = Set("publisher", "Image")
    assert "convert this comic to CBZ first" in refused(orders("tags", edit), subject)
    converted = plan(orders("tags", edit, settings=Settings(convert=True)), subject)
    assert converted == Plan({"publisher": "Image"}, "Saga/1.cbz", convert=True)
    assert plan(orders("tags", Clear("notes")), subject) is None


def test_a_value_that_a_field_cannot_hold_leaves_the_comic_as_it_is() -> None:
    edit = Substitute("year", "2", "x")
    subject = replace(SAGA, tags=Tags(year=2012))
    assert refused(orders("tags", edit), subject).startswith("Year is a whole number")


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("Saga/1.cbr", "cbr", Plan(path="Saga/1.cbz", convert=True)),
        ("Saga/1.cbr", "cbz", Plan(path="Saga/1.cbz")),
        ("Saga/1.CB7", None, Plan(path="Saga/1.cbz", convert=True)),
        ("Saga/1.cbz", "cbr", Plan(path="Saga/1.cbz", convert=True)),
        ("Saga/1.cbz", "cbz", None),
    ],
)
def test_a_comic_becomes_a_cbz_by_what_is_in_it(
    path: str, content: str | None, expected: Plan | None
) -> None:
    assert plan(orders("convert"), replace(SAGA, path=path, content=content)) == expected


def test_a_duplicate_goes_to_a_folder_named_as_its_own() -> None:
    assert plan(orders("deduplicate"), SAGA) == Plan(
        away="duplicates", target="/duplicates/Saga/1.cbz"
    )
    assert plan(orders("deduplicate"), replace(SAGA, path="1.cbz")) == Plan(
        away="duplicates", target="/duplicates/comics/1.cbz"
    )


def test_what_is_among_the_duplicates_stays_there() -> None:
    inside = orders("deduplicate", duplicates_root="/comics/Image/")
    assert plan(inside, SAGA) is None
    assert plan(orders("deduplicate", duplicates_root="/comics/Im"), SAGA) is not None


def test_a_delete_goes_to_the_trash_unless_it_is_for_ever() -> None:
    assert plan(orders("delete"), SAGA) == Plan(away="trash")
    assert plan(orders("delete", permanent=True), SAGA) == Plan(away="forever")


@pytest.mark.parametrize("kind", ["process", "rename", "normalize", "tags", "convert"])
def test_what_could_not_be_read_is_not_changed(kind: Kind) -> None:
    torn = replace(SAGA, path="Saga/1.cbr", fault="The archive is damaged.")
    assert refused(orders(kind), torn) == "The archive is damaged."


@pytest.mark.parametrize("kind", ["deduplicate", "delete"])
def test_what_could_not_be_read_can_be_put_away(kind: Kind) -> None:
    assert isinstance(plan(orders(kind), replace(SAGA, fault="Torn.")), Plan)


@pytest.mark.parametrize("kind", PLANNED)
def test_nothing_is_planned_for_what_may_not_be_changed_or_is_gone(kind: Kind) -> None:
    assert "read-only" in refused(orders(kind), replace(SAGA, read_only=True))
    assert "gone" in refused(orders(kind), replace(SAGA, missing=True))


@pytest.mark.parametrize("kind", ["mark", "unmark", "undo", "purge"])
def test_nothing_is_planned_for_what_changes_no_file_by_a_plan(kind: Kind) -> None:
    with pytest.raises(KeyError):
        plan(orders(kind), SAGA)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"kind": "tags"}, "Say which tags to change"),
        ({"kind": "deduplicate"}, "set DUPLICATE_DIR"),
        ({"kind": "rename", "settings": {"filename_format": "{serie}"}}, "Did you mean {series}"),
        ({"kind": "rename", "edits": {"edits": [{"do": "clear", "field": "title"}]}}, "no edits"),
        ({"kind": "rename", "permanent": True}, "Only what is deleted"),
        ({"kind": "dance"}, "Invalid enum value 'dance'"),
    ],
)
def test_orders_that_nobody_could_follow_are_not_given(sent: dict[str, Any], why: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=why):
        msgspec.convert(sent, Orders)


def test_orders_and_plans_are_kept_as_json() -> None:
    given = orders("tags", Set("year", 2012), Renumber(start="01"), NumberFromName())
    assert msgspec.json.decode(msgspec.json.encode(given), type=Orders) == given
    planned = Plan({"year": 2012, "title": None, "community_rating": 4.5}, "a/b.cbz", convert=True)
    assert msgspec.json.decode(msgspec.json.encode(planned), type=Plan) == planned


def carry_out(subject: Subject, made: Plan) -> Subject:
    """Return the comic as it is when a plan is done."""
    blank = Tags()
    changes = {
        field: getattr(blank, field) if value is None else value
        for field, value in made.changes.items()
    }
    return replace(
        subject,
        path=made.path or subject.path,
        tags=replace(subject.tags, **changes),
        content="cbz" if made.convert else subject.content,
        provenance=subject.provenance | dict.fromkeys(changes, "ComicInfo"),
    )


WORDS = st.text(st.sampled_from("Saga 12*.-"), min_size=1, max_size=6)
TEXTS = st.sampled_from(["title", "series", "number", "writer", "genre", "format"])
EDITS = st.lists(
    st.builds(Set, TEXTS, WORDS)
    | st.builds(Set, st.just("year"), st.integers(1, 9999))
    | st.builds(Fill, TEXTS, WORDS)
    | st.builds(Clear, TEXTS | st.sampled_from(["month", "story_arc"]))
    | st.builds(Renumber, start=st.sampled_from(["1", "008"]), step=st.integers(1, 3))
    | st.just(NumberFromName())
    # Only what does not hold what is replaced can be replaced once and for all.
    | st.builds(Substitute, TEXTS, WORDS, st.sampled_from(["x", "yy"])),
    min_size=1,
    max_size=4,
    unique_by=lambda edit: edit.field,
)
SUBJECTS = st.builds(
    Subject,
    path=PATHS,
    tags=TAGS,
    root=st.just("/comics"),
    root_name=WORDS,
    content=st.sampled_from([None, "cbz", "cbr", "cb7"]),
    provenance=st.dictionaries(
        st.sampled_from(["title", "series", "year"]), st.sampled_from(["ComicInfo", "CoMet"])
    ),
    position=st.integers(0, 10**6),
)


ORDERS = st.builds(
    Orders, st.sampled_from(["process", "rename", "normalize", "convert"]), SETTINGS
) | st.builds(
    Orders, st.just("tags"), SETTINGS, st.builds(TagEdits, EDITS.map(tuple), st.booleans())
)


@given(SUBJECTS, ORDERS)
def test_what_is_done_leaves_nothing_to_do(subject: Subject, given: Orders) -> None:
    found = plan(given, subject)
    if isinstance(found, Plan):
        assert plan(given, carry_out(subject, found)) is None
