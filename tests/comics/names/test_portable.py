"""Names that every disk takes."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.names.portable import Span, clean, fit, portable, shorten
from tests.comics.names.portability import is_portable

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Saga", "Saga"),
        ("Batman: Year One", "Batman - Year One"),
        ("Batman : Year One", "Batman - Year One"),
        ("12:30", "12-30"),
        ("Title:", "Title"),
        ("AC/DC", "AC-DC"),
        ("a\\b|c", "a-b-c"),
        ("M*A*S*H", "M-A-S-H"),
        ("Batman (*)", "Batman"),
        ("Batman [*]", "Batman"),
        ("Who?", "Who"),
        ("Who ? Me", "Who Me"),
        ('The "End"', "The 'End'"),
        ("I <3 U", "I (3 U"),
        ("a\tb\nc\u3000d", "a b c d"),
        ("a\x00b\x7fc", "abc"),
        ("a\ufffeb\uffffc", "abc"),
        ("\u202egpj.cbz\u202c x", "gpj.cbz x"),
        ("\ufeffSaga\u200b", "Saga"),
        ("caf\ufffdE9", "caf_"),
        ("lone\ufffd", "lone_"),
        ("half\ud83d", "half"),
        ("e\N{COMBINING ACUTE ACCENT}t", "\N{LATIN SMALL LETTER E WITH ACUTE}t"),
        (FAMILY, FAMILY),
        (".hack", "hack"),
        (" . .. Saga", "Saga"),
        ("Etc...", "Etc"),
        ("-1", "-1"),
        (".", ""),
        ("..", ""),
        ("?", ""),
        ("Saga.cbz", "Saga"),
        ("Saga.CBR .cbz", "Saga"),
        ("con", "con_"),
        ("NUL.a.b", "NUL_.a.b"),
        ("COM1 .x", "COM1_ .x"),
        ("LPT¹", "LPT¹_"),
        ("conin$", "conin$_"),
        ("Console", "Console"),
        ("Rubicon", "Rubicon"),
        ("A Con. A Nul", "A Con. A Nul"),
        ("my @eaDir", "my @eaDir"),
        ("COM10", "COM10"),
        ("@eaDir", "@eaDir_"),
        ("#recycle", "#recycle_"),
        ("#recycled", "#recycled"),
    ],
)
def test_what_no_disk_takes_gets_a_stand_in_that_reads_well(name: str, expected: str) -> None:
    assert portable(name) == expected


def test_a_device_is_one_with_an_extension_too() -> None:
    assert portable("aux", ".cbz") == "aux_.cbz"
    assert portable("@eaDir", ".cbz") == "@eaDir.cbz"


def test_nothing_gets_no_extension() -> None:
    assert not portable("?", ".cbz")


def test_no_letter_is_let_through_that_should_not_be() -> None:
    letters = map(chr, [*range(0x20000), *range(0xE0000, 0xE0200), sys.maxunicode])
    assert [hex(ord(it)) for it in letters if not is_portable(portable(f"a{it}b"))] == []


@given(st.text(st.sampled_from(' .:/*()[]?"<>cbzCONaux1_\ufffdE9') | st.characters(codec="utf-8")))
def test_any_text_gives_a_portable_name_or_none(text: str) -> None:
    name = fit([Span(text, may_shrink=True)], ".cbz")
    assert name == "" or name is None or is_portable(name)


@given(st.text())
def test_a_portable_name_is_its_own(text: str) -> None:
    name = portable(text)
    assert portable(name) == name


@given(st.text())
def test_a_cleaned_text_never_holds_a_slash(text: str) -> None:
    assert "/" not in clean(text)


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("Saga", 4, "Saga"),
        ("Saga", 3, "Sag"),
        ("été", 4, "ét"),
        ("a鋼鋼", 6, "a鋼"),
        ("two words", 4, "two"),
        ("ab\N{COMBINING RING BELOW}c", 3, "a"),
        (f"a{FAMILY}", 12, "a"),
        ("a\N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-3}", 5, "a"),
        ("a" + "\N{COMBINING RING BELOW}" * 9, 5, "a" + "\N{COMBINING RING BELOW}" * 9),
    ],
)
def test_a_text_is_cut_between_letters(text: str, size: int, expected: str) -> None:
    assert shorten(text, size) == expected


def test_the_longest_text_is_cut_and_never_what_is_fixed() -> None:
    spans = [Span("s" * 60, may_shrink=True), Span(" 0012 "), Span("t" * 300, may_shrink=True)]
    assert fit(spans, ".cbz") == "s" * 60 + " 0012 " + "t" * 185 + ".cbz"


def test_when_the_longest_is_cut_to_20_bytes_the_next_is_cut() -> None:
    spans = [Span("s" * 100, may_shrink=True), Span("-" * 180), Span("t" * 110, may_shrink=True)]
    assert fit(spans) == "s" * 55 + "-" * 180 + "t" * 20


@pytest.mark.parametrize(
    "spans",
    [
        [Span("9" * 256)],
        [Span("½" * 200)],
        [Span(".cbz" * 5_000)],
        [Span("9" * 128), Span("9" * 128)],
        [Span("9" * 250), Span("Saga, or so it is called", may_shrink=True)],
        [Span("a" + "\N{COMBINING RING BELOW}" * 200, may_shrink=True)],
    ],
)
def test_a_name_that_cannot_be_short_enough_is_none(spans: list[Span]) -> None:
    assert fit(spans) is None


@given(
    st.lists(st.builds(Span, st.text(max_size=200), st.booleans()), min_size=1, max_size=5),
    st.sampled_from(["", ".cbz"]),
)
def test_any_spans_fit_or_cannot(spans: list[Span], extension: str) -> None:
    name = fit(spans, extension)
    assert not name or (is_portable(name) and name.endswith(extension))
