"""What the name and the folders of a comic tell; filenames.txt is the table of examples."""

import re
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.names.filenames import Name, parse
from comics.paths import to_text

TABLE = Path(__file__).with_name("filenames.txt")
TEXTS = ("series", "number", "title", "format", "publisher", "scan_group", "language")
KNOWN_EXTENSION = re.compile(r"\.(cb[zr7t]|zip|pdf|tar\.gz|7z)$", re.IGNORECASE)


def examples() -> list[tuple[str, Name]]:
    """Read the table: a name and what it tells on each line."""
    lines = [line.partition(" => ") for line in TABLE.read_text().splitlines()]
    return [(name, expected(told)) for name, arrow, told in lines if arrow and name[:2] != "# "]


def expected(told: str) -> Name:
    values: dict[str, Any] = {}
    for part in told.split(" | ") if told != "nothing" else ():
        field, _, value = part.partition(" ")
        values[field] = value.split() if field == "from_folders" else value
    return msgspec.convert(values, Name, strict=False)


EXAMPLES = examples()
NAMES = [name for name, _ in EXAMPLES]


def told_by(name: Name) -> dict[str, Any]:
    """Return what was told, without regard to letter case."""
    fields = msgspec.structs.asdict(name)
    return fields | {field: fields[field].casefold() for field in TEXTS}


def test_the_table_has_hundreds_of_names_and_none_twice() -> None:
    assert len(NAMES) == len(set(NAMES)) > 400


@pytest.mark.parametrize(("name", "tells"), EXAMPLES, ids=NAMES)
def test_a_name_tells(name: str, tells: Name) -> None:
    assert parse(name) == tells


def test_letter_case_does_not_matter() -> None:
    differing = [name for name in NAMES if told_by(parse(name.upper())) != told_by(parse(name))]
    assert differing == []


def test_the_extension_does_not_matter() -> None:
    bare = [name for name in NAMES if not KNOWN_EXTENSION.search(name)]
    for extension in (".cbz", ".CBR", ".cb7", ".tar.gz"):
        assert [name for name in bare if parse(name + extension) != parse(name)] == []


def test_folders_that_only_keep_order_change_nothing() -> None:
    assert [name for name in NAMES if parse(f"Comics/S/{name}") != parse(name)] == []


def test_the_empty_name_tells_nothing() -> None:
    assert parse("") == parse("/") == parse(".cbz") == Name()


def test_a_number_of_any_length_is_read_or_left_but_never_fails() -> None:
    assert parse(f"Copper Comet #{'9' * 9}").number == "9" * 9
    assert parse(f"Copper Comet {'9' * 10_000} v{'9' * 10_000}").number == ""


# Parts that names are made of: what is written with them has to come back.
WORDS = ["Copper", "Comet", "Lantern", "O'Hara", "Kettle", "Éclair", "Zephyr", "Quill-Jones", "of"]
SERIES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
DIGITS = ["100 Bullets", "X-Men '92", "Spider-Man 2099", "30 Days of Night", "2000AD", "52", "X-23"]
NUMBERS = st.one_of(
    st.integers(1, 1899).map(str),
    st.integers(0, 999).map("{:03}".format),
    st.integers(0, 99).map("{:03}.5".format),
    st.sampled_from(["½", "1½", "5AU", "12.NOW", "-1", "001-006", "12a"]),
)
YEARS = st.integers(1935, 2035)
MONTHS = st.integers(1, 12)
DAYS = st.integers(1, 28)
VOLUMES = st.integers(1, 30)

WESTERN = [
    "{series} {number} ({year})",
    "{series} #{number} ({year}) (Digital) (Zone-Empire)",
    "{series} - {number} - The Lamp ({year})",
    "{series} ({year}) #{number}",
    "{series} Issue {number} ({year})",
    "{series} No. {number} [{year}]",
    "{series} - Chapter {number} ({year})",
    "{series} Ch.{number} ({year})",
    "Lantern House/{series} ({year})/{series} #{number}",
    "{series} ({year})/Chapter {number}",
]
WITH_VOLUME = [
    "{series} v{volume} {number}",
    "{series} v{volume:02} #{number} (2019)",
    "{series} Vol. {volume} No. {number}",
    "[Lantern] {series} - Ch.{number} (v{volume}) [en]",
    "{series}/Volume {volume:02}/Chapter {number}",
]
ALBUMS = ["{series} T{number}", "{series} - Tome {number} - La lampe", "{series} Band {number}"]
DATES = [
    "{year}-{month:02}-{day:02}",
    "{year}.{month:02}.{day:02}",
    "{year}{month:02}{day:02}",
    "{day:02}.{month:02}.{year}",
]


@given(SERIES, NUMBERS, YEARS, st.sampled_from(WESTERN))
def test_series_number_and_year_come_back(series: str, number: str, year: int, style: str) -> None:
    name = parse(style.format(series=series, number=number, year=year) + ".cbz")
    assert (name.series, name.number, name.year) == (series, number, year)


@given(st.sampled_from(DIGITS), st.integers(0, 99), YEARS, st.sampled_from(WESTERN))
def test_digits_in_a_series_are_not_its_number(
    series: str, number: int, year: int, style: str
) -> None:
    name = parse(style.format(series=series, number=f"{number:03}", year=year))
    assert (name.series, name.number, name.year) == (series, f"{number:03}", year)


@given(SERIES, NUMBERS, VOLUMES, st.sampled_from(WITH_VOLUME))
def test_a_volume_is_not_the_number(series: str, number: str, volume: int, style: str) -> None:
    name = parse(style.format(series=series, number=number, volume=volume))
    assert (name.series, name.number, name.volume) == (series, number, volume)


@given(SERIES, st.integers(1, 99), st.sampled_from(ALBUMS))
def test_an_album_is_a_number(series: str, number: int, style: str) -> None:
    name = parse(style.format(series=series, number=f"{number:02}"))
    assert (name.series, name.number, name.volume) == (series, f"{number:02}", None)


@given(SERIES, st.integers(1, 99), st.integers(1, 99), YEARS)
def test_a_count_is_not_the_number(series: str, number: int, count: int, year: int) -> None:
    for style in ("{} {:02} (of {:02}) ({})", "{} #{} of {} ({})", "{} ({} of {}) ({})"):
        name = parse(style.format(series, number, count, year))
        assert (name.series, int(name.number), name.count) == (series, number, count)


@given(SERIES, YEARS, MONTHS, DAYS, st.sampled_from(DATES), st.sampled_from(["{}", "({})", "[{}]"]))
def test_a_number_is_never_read_out_of_a_date(  # noqa: PLR0913, PLR0917 (the parts of a name)
    series: str, year: int, month: int, day: int, style: str, brackets: str
) -> None:
    date = brackets.format(style.format(year=year, month=month, day=day))
    alone, numbered = parse(f"{series} {date}.cbz"), parse(f"{series} 012 {date}.cbz")
    assert (alone.number, numbered.number) == ("", "012")
    for name in (alone, numbered):
        assert (name.series, name.year, name.month, name.day) == (series, year, month, day)


@given(SERIES, st.integers(1800, 2199), st.integers(0, 99))
def test_a_number_is_never_read_out_of_bracketed_years(series: str, year: int, more: int) -> None:
    for date in (f"({year})", f"[{year}]", f"({year}-{more:02})", f"({year}-)", f"(Marvel {year})"):
        assert parse(f"{series} {date}.cbz").number == ""
        assert parse(f"{date} {series}.cbz").number == ""


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    parse(text)


PIECES = ["12", "v2", "2019", "of", "Ch.", "Jun", "第", "巻", "FCBD", "Annual", "Digital", "Marvel"]


@given(st.lists(st.sampled_from([*"()[]#-._, /'", *PIECES])).map("".join))
def test_any_heap_of_marks_is_read(text: str) -> None:
    name = parse(text)
    assert name.month is None or name.year is not None


@given(st.text("01239-.,acv# ()[]½第巻年月百'_/of"))
def test_any_heap_of_digits_is_read(text: str) -> None:
    name = parse(text)
    assert name.day is None or name.month is not None


@given(st.binary().filter(lambda raw: b"/" not in raw))
def test_what_is_told_of_any_file_is_valid_text(raw: bytes) -> None:
    msgspec.json.encode(parse(to_text(raw.decode(errors="surrogateescape"))))


@given(SERIES, NUMBERS, YEARS)
def test_a_name_written_from_what_was_told_tells_the_same(
    series: str, number: str, year: int
) -> None:
    once = parse(f"{series.upper()}_{number}_({year})_(c2c)")
    assert parse(f"{once.series} #{once.number} ({once.year})") == once


@pytest.mark.parametrize(
    "piece",
    [
        *("(", "()", "(a", "1 ", "1-", " ", "_", "#", "第1", "a.", "v1 ", "a/", "[x]", "c2c "),
        *("1 of ", "Jun ", "season 1 ", "free comic book ", "2019-06-"),
    ],
)
def test_a_name_of_a_hundred_thousand_letters_takes_less_than_a_second(piece: str) -> None:
    name = (piece * 100_000)[:100_000]
    started = time.process_time()
    parse(name + "!")
    assert time.process_time() - started < 1


def test_a_long_name_of_several_parts_takes_less_than_a_second() -> None:
    pieces = ("2019 ", "a, ", "Jun 2019", "v2 ")
    names = [f"Copper Comet 012 ({piece * 20_000})" for piece in pieces]
    for name in (*names, f"Copper Comet 012 {'Digital ' * 12_000} by the lamp"):
        started = time.process_time()
        parse(name)
        assert time.process_time() - started < 1
