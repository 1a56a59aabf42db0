"""What is done to a comic: the cases that ComicMaintainer was seen with, its faults mended."""

import msgspec
import pytest

from comics.names.naming import Lacking, Refusal
from comics.names.templates import TemplateError
from comics.rules import Change, Comic, Kind, Settings, plan
from comics.tags.comicinfo import Tags

ONE = {"title": "Chapter 1", "number": "1"}
DONE = Tags(title="Chapter 1", series="Saga", number="1")


def outcome(kind: Kind, comic: Comic, settings: Settings | None = None) -> tuple[object, str]:
    """Return what changes and the path afterwards, or "refused" and why."""
    planned = plan(kind, comic, settings or Settings())
    if isinstance(planned, Refusal):
        return "refused", str(planned)
    return (planned.changes, planned.path) if planned else ({}, comic.path)


# In each table: the path, the tags, what of them changes, the new name in the same folder.


@pytest.mark.parametrize(
    ("path", "tags", "changes", "name"),
    [
        # the number is there: the title follows it, letter by letter
        ("Saga/a.cbz", Tags(series="Saga", number="5"), {"title": "Chapter 5"}, "0005"),
        ("Saga/a.cbz", Tags(series="Saga", number="0012"), {"title": "Chapter 0012"}, "0012"),
        ("Saga/a.cbz", Tags(series="Saga", number="1.50"), {"title": "Chapter 1.50"}, "0001.5"),
        ("Saga/a.cbz", Tags(series="Saga", number="71.4"), {"title": "Chapter 71.4"}, "0071.4"),
        ("Saga/a.cbz", Tags(series="Saga", number="1.0"), {"title": "Chapter 1.0"}, "0001"),
        ("Saga/a.cbz", Tags(series="Saga", number="0"), {"title": "Chapter 0"}, "0000"),
        ("Saga/a.cbz", Tags(series="Saga", number="-1"), {"title": "Chapter -1"}, "-001"),
        ("Saga/a.cbz", Tags(series="Saga", number="5AU"), {"title": "Chapter 5AU"}, "5AU"),
        ("Saga/a.cbz", Tags(series="Saga", number="½"), {"title": "Chapter ½"}, "½"),
        ("Saga/a.cbz", Tags(series="Saga", number="1e3"), {"title": "Chapter 1e3"}, "1000"),
        ("Saga/a.cbz", Tags(series="Saga", number="12345"), {"title": "Chapter 12345"}, "12345"),
        # the number of the tags wins over that of the name
        ("Saga/Saga 7.cbz", Tags(series="Saga", number="1"), {"title": "Chapter 1"}, "0001"),
        # another title gives way, the right one stays
        (
            "Saga/a.cbz",
            Tags(title="The Will", series="Saga", number="1"),
            {"title": "Chapter 1"},
            "0001",
        ),
        ("Saga/a.cbz", DONE, {}, "0001"),
        # fault: the sign of -0.5 was lost
        ("Saga/a.cbz", Tags(series="Saga", number="-0.5"), {"title": "Chapter -0.5"}, "-000.5"),
    ],
)
def test_a_title_is_the_chapter_that_the_number_says(
    path: str, tags: Tags, changes: dict[str, str], name: str
) -> None:
    assert outcome("process", Comic(path, tags)) == (changes, f"Saga/Saga - Chapter {name}.cbz")


@pytest.mark.parametrize(
    ("file", "number", "padded"),
    [
        # as before
        ("Saga Chapter 12.cbz", "12", "0012"),
        ("Saga - Chapter 012.cbz", "012", "0012"),
        ("Saga ch. 7.cbz", "7", "0007"),
        ("Saga Ch-71.4.cbz", "71.4", "0071.4"),
        ("Saga 005.cbz", "005", "0005"),
        ("Saga 1.5.cbz", "1.5", "0001.5"),
        ("Saga #3.cbz", "3", "0003"),
        ("012.cbz", "012", "0012"),
        # fault 39: a number out of a year, a date, a volume or the series' own name
        ("Saga 4 (2019).cbz", "4", "0004"),
        ("Saga 4 (2019-06).cbz", "4", "0004"),
        ("(2019) Saga 4.cbz", "4", "0004"),
        ("Saga v2 #7.cbz", "7", "0007"),
        ("100 Bullets 012.cbz", "012", "0012"),
        ("Series 101 v2 #5.cbz", "5", "0005"),
        ("Batch 9.cbz", "9", "0009"),
        ("Saga -1.cbz", "-1", "-001"),
    ],
)
def test_a_missing_number_is_that_of_the_file_s_name(file: str, number: str, padded: str) -> None:
    comic = Comic(f"Saga/{file}", Tags(series="Saga"))
    changes = {"title": f"Chapter {number}", "number": number}
    assert outcome("process", comic) == (changes, f"Saga/Saga - Chapter {padded}.cbz")


@pytest.mark.parametrize(
    "file", ["Saga (2019).cbz", "Saga (2019-06).cbz", "Saga [2019].cbz", "Saga.cbz", "Saga v2.cbz"]
)
def test_where_no_number_is_to_be_found_nothing_is_made_up(file: str) -> None:
    """Where the old design had "Chapter 01", or `- Chapter.cbz` for one comic after another."""
    comic = Comic(f"Saga/{file}", Tags(series="Saga", title="One"))
    for kind in ("process", "rename"):
        refused, reason = outcome(kind, comic)
        assert refused == "refused"
        assert reason.startswith("This comic has no number, which its name needs")
    assert plan("normalize", comic, Settings()) is None


def test_a_number_that_only_a_folder_has_is_not_the_file_s() -> None:
    comic = Comic("Saga/Chapter 012/Saga.cbz", Tags(series="Chapter 012"))
    assert isinstance(plan("process", comic, Settings()), Lacking)


def test_a_title_that_is_right_already_does_not_cost_the_number() -> None:
    """Where the last version left the number out and then named the file without it."""
    comic = Comic("Saga/Saga 1.cbz", Tags(series="Saga", title="Chapter 1"))
    assert outcome("process", comic) == ({"number": "1"}, "Saga/Saga - Chapter 0001.cbz")


@pytest.mark.parametrize(
    ("folder", "series", "expected"),
    [
        # missing, or another: the folder's name, with ":" for "_" and all its brackets
        ("Saga", "", "Saga"),
        ("Saga", "Sagan", "Saga"),
        ("Saga", "saga", "Saga"),
        ("Batman (2016)", "", "Batman (2016)"),
        ("Batman (2016)", "Batman", "Batman (2016)"),
        ("Batman_ Year One", "", "Batman: Year One"),
        ("Batman_ Year One", "Batman: Year One", None),
        ("Batman_ Year One", "Batman_ Year One", "Batman: Year One"),
        ("Batman (*)", "", "Batman (*)"),
        ("Batman (*)", "Robin", "Batman (*)"),
        ("Image/Saga", "Image", "Saga"),
        # equal but for a mark, or blanks around it
        ("Saga", "Saga", None),
        ("Saga (*)", "Saga", None),
        ("Saga", "Saga [*]", None),
        ("Saga [*]", "Saga (*)", None),
        ("Saga", " Saga ", None),
        (" Saga ", "", "Saga"),
        # faults: quotes that differ, letters spelled in two ways, names that no disk takes
        ("Schitt’s Creek", "Schitt's Creek", None),  # noqa: RUF001 (the point)
        ("Schitt's Creek", "Schitt’s Creek", None),  # noqa: RUF001
        ("Schitt’s Creek", "", "Schitt’s Creek"),  # noqa: RUF001
        ("E\u0301toile", "\u00c9toile", None),
        ("\u00c9toile", "E\u0301toile", None),
        ("E\u0301toile", "", "\u00c9toile"),
        ("Batman - Year One", "Batman: Year One", None),
        ("AC-DC", "AC/DC", None),
        ("Who", "Who?", None),
        ("caf\ufffdE9", "", "caf\ufffd"),
        ("a\x01b", "", "a b"),
        ("\x01", "", None),
        ("\x01", "Saga", None),
    ],
)
def test_a_series_is_named_after_its_folder(folder: str, series: str, expected: str | None) -> None:
    comic = Comic(f"{folder}/1.cbz", msgspec.structs.replace(DONE, series=series))
    changes = {} if expected is None else {"series": expected}
    assert outcome("normalize", comic) == (changes, comic.path)


def test_comics_in_the_root_have_the_series_of_the_root_folder() -> None:
    comic = Comic("1.cbz", Tags(number="1"), root_name="Saga")
    changes = {"title": "Chapter 1", "series": "Saga"}
    assert outcome("process", comic) == (changes, "Saga - Chapter 0001.cbz")


@pytest.mark.parametrize("series", ["", "Saga"])
def test_where_the_root_has_no_name_the_series_is_left(series: str) -> None:
    comic = Comic("1.cbz", msgspec.structs.replace(DONE, series=series))
    assert plan("normalize", comic, Settings()) is None


@pytest.mark.parametrize(
    ("kind", "changes", "path"),
    [
        ("process", {**ONE, "series": "Saga"}, "Saga/Saga - Chapter 0001.cbz"),
        ("normalize", {**ONE, "series": "Saga"}, "Saga/1.cbz"),
    ],
)
def test_processing_is_tags_and_name_and_normalising_is_tags(
    kind: Kind, changes: dict[str, str], path: str
) -> None:
    assert outcome(kind, Comic("Saga/1.cbz", Tags())) == (changes, path)


def test_renaming_leaves_the_tags_and_takes_nothing_from_the_name_or_folder() -> None:
    tags = Tags(series="Sagan", number="2", title="The Will")
    assert outcome("rename", Comic("Saga/1.cbz", tags)) == ({}, "Saga/Sagan - Chapter 0002.cbz")
    lacking = plan("rename", Comic("Saga/1.cbz", Tags()), Settings())
    assert isinstance(lacking, Lacking)
    assert lacking.fields == ("series", "number")


@pytest.mark.parametrize("kind", ["process", "rename", "normalize"])
def test_a_comic_that_is_right_already_is_left_alone(kind: Kind) -> None:
    assert plan(kind, Comic("Saga/Saga - Chapter 0001.cbz", DONE), Settings()) is None


def test_a_name_that_differs_in_its_unicode_form_alone_is_left() -> None:
    tags = Tags(title="Chapter 1", series="\u00c9toile", number="1")
    path = "E\u0301toile/E\u0301toile - Chapter 0001.cbz"
    assert plan("process", Comic(path, tags), Settings()) is None
    retitled = msgspec.structs.replace(tags, title="One")
    assert outcome("process", Comic(path, retitled)) == ({"title": "Chapter 1"}, path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Saga/1.CBZ", "Saga/Saga - Chapter 0001.cbz"),
        ("Saga/Saga - Chapter 0001.CBZ", "Saga/Saga - Chapter 0001.cbz"),
        ("Saga/1.cbr", "Saga/Saga - Chapter 0001.cbr"),
        ("Saga/1.CBR", "Saga/Saga - Chapter 0001.cbr"),
        ("Saga/1.Cb7", "Saga/Saga - Chapter 0001.cb7"),
        ("a/b/Saga/1.cbz", "a/b/Saga/Saga - Chapter 0001.cbz"),
        ("caf\ufffdE9/1.cbz", "caf\ufffdE9/Saga - Chapter 0001.cbz"),
        ("1.cbt", "Saga - Chapter 0001.cbt"),
        ("Saga/1", "Saga/Saga - Chapter 0001"),
        ("Saga/1.5", "Saga/Saga - Chapter 0001"),
    ],
)
def test_a_comic_stays_in_its_folder_and_keeps_its_extension_in_lower_case(
    path: str, expected: str
) -> None:
    assert outcome("rename", Comic(path, DONE)) == ({}, expected)


@pytest.mark.parametrize(
    ("content", "by_content", "expected"),
    [("cbz", True, "cbz"), ("cbz", False, "cbr"), (None, True, "cbr"), ("cb7", True, "cb7")],
)
def test_an_extension_follows_the_content_when_settings_say_so(
    content: str | None, *, by_content: bool, expected: str
) -> None:
    comic = Comic("Saga/1.cbr", DONE, content=content)
    settings = Settings(extension_by_content=by_content)
    assert outcome("rename", comic, settings) == ({}, f"Saga/Saga - Chapter 0001.{expected}")


@pytest.mark.parametrize(
    ("path", "content"),
    [("Saga/1.cbr", None), ("Saga/1.CB7", None), ("Saga/1.cbt", "cbt"), ("Saga/1.cbz", "cbr")],
)
def test_tags_of_what_is_no_zip_are_refused_unless_it_may_be_converted(
    path: str, content: str | None
) -> None:
    comic = Comic(path, Tags(series="Saga"), content=content)
    refusal = "Tags can only be written to a CBZ: convert this comic to CBZ first."
    assert outcome("process", comic) == ("refused", refusal)
    assert outcome("normalize", comic) == ("refused", refusal)
    allowing = Settings(convert=True, extension_by_content=True)
    assert plan("process", comic, allowing) == Change(ONE, "Saga/Saga - Chapter 0001.cbz", True)  # noqa: FBT003 (in order)
    assert plan("normalize", comic, allowing) == Change(ONE, "Saga/1.cbz", True)  # noqa: FBT003


def test_what_is_no_zip_is_renamed_without_being_converted() -> None:
    change = plan("process", Comic("Saga/1.cbr", DONE), Settings(convert=True))
    assert change == Change({}, "Saga/Saga - Chapter 0001.cbr")


def test_what_nothing_is_known_of_is_taken_for_a_zip() -> None:
    assert outcome("normalize", Comic("Saga/1", Tags(series="Saga"))) == (ONE, "Saga/1")


def test_a_zip_that_is_named_cbr_takes_tags() -> None:
    comic = Comic("Saga/1.cbr", Tags(series="Saga"), content="cbz")
    assert outcome("process", comic) == (ONE, "Saga/Saga - Chapter 0001.cbr")


@pytest.mark.parametrize("kind", ["process", "rename", "normalize"])
def test_a_comic_that_could_not_be_read_is_left_alone(kind: Kind) -> None:
    """Where it was named after tags that nobody had read, and marked as done."""
    comic = Comic("Saga/1.cbz", Tags(), fault="ComicInfo.xml is not XML.")
    assert outcome(kind, comic) == ("refused", "ComicInfo.xml is not XML.")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(issue_number_padding=3), "Saga/Saga - Chapter 001.cbz"),
        (Settings(issue_number_padding=0), "Saga/Saga - Chapter 1.cbz"),
        (Settings("{series} #{issue_no_pad}"), "Saga/Saga #1.cbz"),
        (Settings("{series}", {"tpb": "{series} TPB"}), "Saga/Saga.cbz"),
        (Settings(filename_formats={"": "{issue}"}), "Saga/0001.cbz"),
        (Settings("{series}/{issue}"), "Saga/0001.cbz"),
        (Settings("/{series} {issue}"), "Saga 0001.cbz"),
        (Settings("<{publisher}>/{series}/{issue}"), "Saga/0001.cbz"),
    ],
)
def test_settings_say_how_comics_are_named(settings: Settings, expected: str) -> None:
    assert outcome("process", Comic("Saga/1.cbz", DONE), settings) == ({}, expected)


def test_a_comic_is_named_by_the_template_of_its_format() -> None:
    settings = Settings(filename_formats={"TPB": "{series} TPB {issue_no_pad}"})
    comic = Comic("Saga/1.cbz", msgspec.structs.replace(DONE, format="tpb"))
    assert outcome("process", comic, settings) == ({}, "Saga/Saga TPB 1.cbz")


def test_folders_that_a_template_names_follow_the_tags_and_not_the_other_way_round() -> None:
    settings = Settings("{publisher}/{year}/{series} {issue}")
    tags = Tags(title="Chapter 1", series="Saga", number="1", year=2012, publisher="Image")
    path = "Image/2012/Saga 0001.cbz"
    assert outcome("process", Comic("New/1.cbz", tags), settings) == ({}, path)
    assert plan("process", Comic(path, tags), settings) is None
    untagged = msgspec.structs.replace(tags, series="")
    assert outcome("process", Comic("Saga/1.cbz", untagged), settings) == (
        {"series": "Saga"},
        path,
    )


def test_a_path_that_the_index_could_not_hold_is_refused() -> None:
    tags = msgspec.structs.replace(DONE, title="t" * 200)
    settings = Settings("{title}/" * 10 + "{series}")
    assert outcome("rename", Comic("1.cbz", tags), settings) == (
        "refused",
        "The new path would be longer than 2,000 bytes.",
    )


def test_a_template_that_is_none_is_told_and_nothing_is_done() -> None:
    """Where every rename failed in silence, and every comic was marked as done."""
    with pytest.raises(TemplateError):
        plan("rename", Comic("1.cbz", DONE), Settings("4"))


@pytest.mark.parametrize("padding", [-1, 21])
def test_padding_within_reason_is_what_settings_take(padding: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"issue_number_padding": padding}, Settings)
