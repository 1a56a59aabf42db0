"""The keys by which names are searched and sorted."""
# ruff: noqa: RUF001 (letters that look alike are what these tests are about)

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comics.folding import KEY_BYTES, fold, natural_key

OTHERS = {"Cn", "Co", "Cs"}  # unassigned, private, and no characters at all
NAMES = st.text(st.sampled_from("aB1029 .-é鋼٣\x01\t") | st.characters(exclude_categories=["Cs"]))
SHORT_NAMES = st.text(st.sampled_from("aB1029 .-é鋼٣"), max_size=20)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Spider-Man 012.CBZ", "spider-man 012.cbz"),
        ("Étoile du Nöel", "etoile du noel"),
        ("Straße", "strasse"),
        ("İstanbul ısı", "istanbul isi"),
        ("Øre, Łódź, Đorđe, Þór, Æon, Œuvre", "ore, lodz, dorde, thor, aeon, oeuvre"),
        ("“It’s” – a…", '"it\'s" - a...'),
        ("L´Avare", "l'avare"),
        ("Hunter×Hunter", "hunterxhunter"),
        ("Saga ½", "saga 1/2"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
        ("a \t\n\x00  b\u3000c", "a b c"),
        ("two  spaces", "two spaces"),
        ("soft\u00adhyphen\ufeff", "softhyphen"),
        ("❤\ufe0f", "❤"),
        ("٣ ३ ３", "3 3 3"),
        ("Ελλάς", "ελλασ"),
        ("ёлка", "елка"),
        ("한국어", "한국어"),
        (unicodedata.normalize("NFD", "한국어"), "한국어"),
        ("ガンダム", "ガンダム"),
        ("ｶﾞﾝﾀﾞﾑ", "ガンダム"),
        ("हिन्दी की किताब", "हिन्दी की किताब"),
        ("ที่นี่", "ที่นี่"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
    ],
)
def test_a_name_is_folded_to_what_people_type(text: str, key: str) -> None:
    assert fold(text) == key


def test_folding_any_character_twice_changes_nothing() -> None:
    everything = map(chr, range(sys.maxunicode + 1))
    assigned = (letter for letter in everything if unicodedata.category(letter) not in OTHERS)
    keys = {fold(letter) for letter in assigned}
    assert [key for key in keys if fold(key) != key] == []


@given(st.text())
@example("ǰ\u0323ͅ")
def test_folding_any_text_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.sampled_from("aé1鋼- "), st.text())
def test_a_part_is_found_in_the_whole(before: str, joint: str, after: str) -> None:
    assert fold(before) in fold(before + joint + after)


@given(st.text())
def test_it_does_not_matter_how_a_disk_composes_accents(text: str) -> None:
    composed, decomposed = (unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text))
    assert fold(composed) == fold(decomposed) == fold(text)


@given(st.text())
def test_a_key_never_holds_what_postgresql_cannot(text: str) -> None:
    assert "\x00" not in fold(text)
    assert "\x00" not in natural_key(text, text)


@pytest.mark.parametrize(
    "names",
    [
        ["Saga.cbz", "Saga 1.cbz", "saga 2.cbz", "Saga 10.cbz", "Saga 100.cbz"],
        ["Saga 0.cbz", "Saga 1.cbz", "Saga 1.5.cbz", "Saga 2.cbz"],
        ["Élan 1.cbz", "Elan 2.cbz", "élan 3.cbz"],
        ["٢.cbz", "3.cbz", "१०.cbz"],
        ["X 9.cbz", f"X {10**30}.cbz", f"X {10**31}.cbz"],
        ["a.cb7", "a.cbr", "a.cbz"],
    ],
)
def test_names_sort_as_people_expect(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(backwards, key=lambda name: natural_key(name, "")) == names


def test_leading_zeros_do_not_count() -> None:
    assert natural_key("Saga 002.cbz", "x") == natural_key("Saga 2.cbz", "x")


def test_equal_names_sort_by_folder_with_the_outer_folder_first() -> None:
    folders = ["", "Saga", "Saga/2", "Saga/10", "Saga 2", "Saga 10"]
    backwards = folders[::-1]
    assert sorted(backwards, key=lambda folder: natural_key("1.cbz", folder)) == folders


def tokens(text: str) -> list[tuple[str, int, str]]:
    """Return what a key stands for: letters in order of their code points, numbers where "0" is."""
    parts = re.findall("[0-9]+|[^0-9]", fold(text))
    return [("0", int(part), "") if part.isdecimal() else (part, 0, "") for part in parts]


@given(SHORT_NAMES, SHORT_NAMES, SHORT_NAMES, SHORT_NAMES)
def test_the_order_of_keys_is_that_of_names_then_folders(
    one: str, other: str, folder: str, other_folder: str
) -> None:
    stem, other_stem = (name.replace(".", "") for name in (one, other))
    keys = [natural_key(stem, folder), natural_key(other_stem, other_folder)]
    meanings = [(tokens(stem), tokens(folder)), (tokens(other_stem), tokens(other_folder))]
    assert (keys[0].encode() < keys[1].encode()) == (meanings[0] < meanings[1])


@given(NAMES, NAMES, st.integers(1, 400))
def test_a_key_fits_an_index_and_is_valid_text(name: str, folder: str, times: int) -> None:
    assert len(natural_key(name * times, folder).encode()) <= KEY_BYTES


def test_a_key_is_cut_between_characters() -> None:
    assert natural_key("a" + "鋼" * 300, "") == "a" + "鋼" * 199


def test_numbers_too_long_to_count_still_have_a_key() -> None:
    assert natural_key("9" * 150, "").startswith("99" + "9" * 150)
