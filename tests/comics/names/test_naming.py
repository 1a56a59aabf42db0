"""What comics are called: ComicMaintainer's names, its faults mended, and what Longbox adds."""

import copy
import pickle
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comics.names import naming
from comics.names.naming import DEFAULT, Lacking, Refusal, Templates, pad_number
from comics.names.templates import FIELDS
from comics.tags.comicinfo import Tags
from tests.comics.names.portability import is_portable

GUIDE = Path(__file__).parents[3] / "docs" / "naming.md"
BATMAN = Tags(
    series="Batman: Year One",
    number="3",
    title="Black Dawn",
    volume=1,
    year=1987,
    month=4,
    publisher="DC Comics",
)
SAGA = Tags(series="Saga", number="½")


def rows_of_the_guide() -> list[tuple[str, str, str]]:
    """Return (template, Batman's name, Saga's name) as the guide's table of examples has them."""
    examples = GUIDE.read_text().partition("## Examples")[2].partition("\n## ")[0]
    found = re.findall(r"^\| `(.*)` \| (.*) \| (.*) \|$", examples, re.MULTILINE)
    return [(template.replace("\\|", "|"), batman, saga) for template, batman, saga in found]


def name_or_dash(template: str, tags: Tags) -> str:
    try:
        return naming.compile(template).name(tags, extension=".cbz")
    except Lacking:
        return "–"  # noqa: RUF001 (as in the guide)


@pytest.mark.parametrize(("template", "batman", "saga"), rows_of_the_guide())
def test_the_guide_s_examples_are_true(template: str, batman: str, saga: str) -> None:
    assert (name_or_dash(template, BATMAN), name_or_dash(template, SAGA)) == (batman, saga)


def test_the_guide_has_examples() -> None:
    assert len(rows_of_the_guide()) >= 9


@pytest.mark.parametrize(
    ("number", "padding", "expected"),
    [
        # as ComicMaintainer has them
        ("5", 4, "0005"),
        ("71.4", 4, "0071.4"),
        ("1.50", 4, "0001.5"),
        ("1.0", 4, "0001"),
        ("0012", 4, "0012"),
        ("12345", 4, "12345"),
        ("-1", 4, "-001"),
        ("1e3", 4, "1000"),
        ("1E-1", 4, "0000.1"),
        ("+5", 4, "0005"),
        (".5", 4, "0000.5"),
        ("5.", 4, "0005"),
        ("0", 4, "0000"),
        ("5", 0, "5"),
        ("5", 1, "5"),
        ("0012", 0, "12"),
        ("1.50", 0, "1.5"),
        ("5AU", 4, "5AU"),
        ("½", 4, "½"),
        ("nan", 4, "nan"),
        ("inf", 4, "inf"),
        ("12-14", 4, "12-14"),
        ("1,000", 4, "1,000"),
        ("٣", 4, "0003"),
        # its faults, mended
        ("-0.5", 4, "-000.5"),
        ("-0.5", 0, "-0.5"),
        ("-0", 4, "0000"),
        ("1.5e3", 4, "1500"),
        ("9007199254740993", 4, "9007199254740993"),
        ("9" * 400, 4, "9" * 400),
        ("1e999999999", 4, "1e999999999"),
        ("1_000", 4, "1_000"),
        ("0" * 5000 + "7", 4, "0007"),
    ],
)
def test_a_number_is_padded_and_what_is_none_is_left(
    number: str, padding: int, expected: str
) -> None:
    assert pad_number(number, padding) == expected


@given(st.decimals(-99_999, 99_999, places=2), st.integers(0, 6))
def test_a_padded_number_has_the_value_it_had(number: object, padding: int) -> None:
    padded = pad_number(str(number), padding)
    assert float(padded) == float(str(number))
    assert len(padded.partition(".")[0]) >= padding


@pytest.mark.parametrize(
    ("template", "tags", "expected"),
    [
        # as ComicMaintainer has them
        (DEFAULT, Tags(series="Batman", number="5"), "Batman - Chapter 0005.cbz"),
        (DEFAULT, Tags(series="Batman", number="71.4"), "Batman - Chapter 0071.4.cbz"),
        (DEFAULT, Tags(series="Batman", number="5AU"), "Batman - Chapter 5AU.cbz"),
        (DEFAULT, Tags(series=" Batman  Rises ", number=" 5 "), "Batman Rises - Chapter 0005.cbz"),
        ("{series} #{issue_no_pad}", Tags(series="Batman", number="0012"), "Batman #12.cbz"),
        ("{series} #{issue_no_pad}", Tags(series="Batman", number="1.50"), "Batman #1.5.cbz"),
        ("{series} {title}", Tags(series="Saga", title="One"), "Saga One.cbz"),
        ("{series} v{volume}", Tags(series="Saga", volume=2), "Saga v2.cbz"),
        ("{series} ({year})", Tags(series="Saga", year=2012), "Saga (2012).cbz"),
        ("{publisher} - {series}", Tags(series="Saga", publisher="Image"), "Image - Saga.cbz"),
        ("  {series}\t {issue}  ", Tags(series="Saga", number="1"), "Saga 0001.cbz"),
        ("{series}.cbz", Tags(series="Saga"), "Saga.cbz"),
        ("{series}.CBZ", Tags(series="Saga"), "Saga.cbz"),
        ("{title}", Tags(title="Saga.cbz"), "Saga.cbz"),
        # its faults, mended
        ("{series}.cbr", Tags(series="Saga"), "Saga.cbz"),
        ("{series} {title}", Tags(series="{title}", title="One"), "{title} One.cbz"),
        ("{series}", Tags(series="{issue} {x}", number="1"), "{issue} {x}.cbz"),
        ("{series}", Tags(series="../../etc/passwd"), "-..-etc-passwd.cbz"),
        ("{series}", Tags(series="AC/DC"), "AC-DC.cbz"),
        ("{series}: {title}", Tags(series="Saga", title="One"), "Saga - One.cbz"),
        ("{series}", Tags(series="Con"), "Con_.cbz"),
        ("{number}", Tags(number="0012.0"), "0012.0.cbz"),
        # what Longbox adds
        ("{issue:2}", Tags(number="7"), "07.cbz"),
        ("{issue:0}", Tags(number="0007"), "7.cbz"),
        ("{alternate_number:3}", Tags(alternate_number="7"), "007.cbz"),
        ("{series}{count}{month:2}", Tags(series="S", count=6, month=4), "S604.cbz"),
        ("{community_rating}", Tags(community_rating=4.0), "4.cbz"),
        ("{imprint|publisher}", Tags(publisher="DC"), "DC.cbz"),
        ("{imprint|publisher}", Tags(publisher="DC", imprint="?"), "DC.cbz"),
        ('{series}{title|""}', Tags(series="Saga"), "Saga.cbz"),
        ('{publisher|"?/?"}{series}', Tags(series="Saga"), "-Saga.cbz"),
        ("{series}< - {title}>", Tags(series="Saga"), "Saga.cbz"),
        ("{series}< ({year}<-{month}>)>", Tags(series="S", year=2012), "S (2012).cbz"),
        ("{series}< ({year}<-{month}>)>", Tags(series="S", month=4), "S.cbz"),
        ("<{publisher}/>{series}", Tags(series="Saga"), "Saga.cbz"),
        ("<{publisher}/>{series}", Tags(series="Saga", publisher="DC"), "DC/Saga.cbz"),
        ("/{series}", Tags(series="Saga"), "Saga.cbz"),
        ("<{imprint}>//{series}", Tags(series="Saga"), "Saga.cbz"),
        ("../{series}", Tags(series="Saga"), "Saga.cbz"),
        ("{series}/{title}", Tags(series="@eaDir", title="1"), "@eaDir_/1.cbz"),
        ("{series} [{year}]", Tags(series="Saga", year=2012), "Saga [2012].cbz"),
    ],
)
def test_a_comic_is_named_by_its_tags(template: str, tags: Tags, expected: str) -> None:
    assert naming.compile(template).name(tags, extension=".cbz") == expected


@pytest.mark.parametrize(
    ("template", "tags", "fields"),
    [
        (DEFAULT, Tags(series="Batman"), ("number",)),
        (DEFAULT, Tags(number="1"), ("series",)),
        (DEFAULT, Tags(), ("series", "number")),
        (DEFAULT, Tags(series="?", number="-"), ("series", "number")),
        (DEFAULT, Tags(series="...", number="1"), ("series",)),
        ("{series} ({year})", Tags(series="Saga"), ("year",)),
        ("{series} v{volume}", Tags(series="Saga", volume=0), ("volume",)),
        ("{issue} {issue_no_pad} {number}", Tags(), ("number",)),
        ("{imprint|publisher} {series}", Tags(series="Saga"), ("imprint",)),
        ("<{title}>", Tags(), ("title",)),
        ("{series}/{title}", Tags(series="..", title="One"), ("series",)),
        ("{series}/<{title}>", Tags(series="Saga"), ("series", "title")),
    ],
)
def test_a_comic_that_lacks_what_its_name_needs_is_refused(
    template: str, tags: Tags, fields: tuple[str, ...]
) -> None:
    with pytest.raises(Lacking) as refusal:
        naming.compile(template).name(tags)
    assert refusal.value.fields == fields


def test_a_refusal_says_what_is_missing_and_what_helps() -> None:
    with pytest.raises(Lacking) as refusal:
        naming.compile("{series} {story_arc}").name(Tags())
    sentence = str(refusal.value)
    assert sentence.startswith("This comic has no series and no story arc, which its name needs")
    assert "({series} {story_arc})" in sentence
    assert str(pickle.loads(pickle.dumps(refusal.value))) == sentence  # noqa: S301 (our own)
    assert str(copy.copy(refusal.value)) == sentence


def test_padding_is_for_an_issue_that_asks_for_no_digits_of_its_own() -> None:
    template = naming.compile("{issue} {issue:3} {issue_no_pad} {volume}")
    assert template.name(Tags(number="7", volume=2), padding=2) == "07 007 7 2"


def test_a_long_title_is_cut_and_the_number_is_not() -> None:
    tags = Tags(series="Saga", number="12", title="é" * 300)
    name = naming.compile("{series} - {title} - {issue}").name(tags, extension=".cbz")
    assert name == f"Saga - {'é' * 118} - 0012.cbz"
    assert len(name.encode()) == 254


def test_a_number_that_makes_a_name_too_long_is_refused() -> None:
    with pytest.raises(Refusal, match="longer than 255 bytes even with its texts cut short"):
        naming.compile(DEFAULT).name(Tags(series="Saga", number="9" * 260))


def test_each_folder_may_be_as_long_as_a_name() -> None:
    tags = Tags(series="s" * 300, number="1")
    assert naming.compile("{series}/{issue}").name(tags) == "s" * 255 + "/0001"


@pytest.mark.parametrize(
    ("template", "has_folders"),
    [
        ("{series}", False),
        ("{series}/{issue}", True),
        ("<{publisher}/>{series}", True),
        ('{series|"a/b"}', False),
    ],
)
def test_a_template_knows_whether_it_names_folders(template: str, *, has_folders: bool) -> None:
    assert naming.compile(template).has_folders == has_folders


@pytest.mark.parametrize(
    ("form", "text"),
    [("TPB", "{series} TPB"), ("tpb ", "{series} TPB"), ("", DEFAULT), ("Annual", DEFAULT)],
)
def test_a_format_may_have_a_template_of_its_own(form: str, text: str) -> None:
    templates = Templates(per_format={" Tpb": "{series} TPB"})
    assert templates.choose(Tags(format=form)).text == text


FIELD = st.sampled_from(
    [f"{{{field}}}" for field in FIELDS]
    + ["{issue:3}", "{volume:2}", '{title|"a/b"}', "{imprint|publisher}"]
)
WORDS = st.sampled_from(["/", " - ", ".", " ", "(", "]", "{{", "}}", "con", "NUL.", ":", "e\u0301"])
WORDS |= st.text(st.characters(exclude_characters="{}<>\\"), max_size=5)
PIECE = FIELD | WORDS | st.builds("<{}{}{}>".format, WORDS, FIELD, WORDS)
TEMPLATES = st.builds("{}{}".format, st.lists(PIECE, max_size=6).map("".join), FIELD)
WILD = st.text(
    st.sampled_from(' ./\\:*?"<>|-con1\ufffdE9\u202e\u0301.cbz') | st.characters(codec="utf-8")
)
TEXTS = WILD | WILD.map(lambda text: text * 40)
NUMBERS = st.none() | st.integers(0, 9999)
TAGS = st.builds(
    Tags,
    **{
        name: TEXTS if kind is str else NUMBERS
        for name, kind in Tags.__annotations__.items()
        if name not in {"pages", "community_rating"}
    },
)


@given(TEMPLATES, TAGS, st.integers(0, 20))
@example("{series}/{title}", msgspec.structs.replace(SAGA, series="..", title="."), 4)
def test_any_tags_in_any_template_give_a_portable_path_or_a_refusal(
    template: str, tags: Tags, padding: int
) -> None:
    try:
        path = naming.compile(template).name(tags, padding=padding, extension=".cbz")
    except Refusal:
        return
    assert path.endswith(".cbz")
    assert path.count("/") <= template.count("/")
    assert [part for part in path.split("/") if not is_portable(part)] == []
