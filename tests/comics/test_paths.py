"""Any name a file can have is valid text, and comes back as it was."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.paths import from_text, to_text

NAMES = st.binary(min_size=1).filter(lambda name: b"\x00" not in name and b"/" not in name)


def as_python_shows(name: bytes) -> str:
    return name.decode(errors="surrogateescape")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (b"Saga 1.cbz", "Saga 1.cbz"),
        ("Étoile 鋼.cbz".encode(), "Étoile 鋼.cbz"),
        (b"caf\xe9.cbz", "caf\ufffdE9.cbz"),
        ("Étoile ".encode() + b"\x80\xff", "Étoile \ufffd80\ufffdFF"),
        ("\ufffd".encode(), "\ufffdEF\ufffdBF\ufffdBD"),
        ("\ufffdE9".encode(), "\ufffdEF\ufffdBF\ufffdBDE9"),
    ],
)
def test_a_name_is_written_as_text_that_shows_its_odd_bytes(name: bytes, text: str) -> None:
    assert to_text(as_python_shows(name)) == text
    assert from_text(text) == as_python_shows(name)


@given(NAMES)
def test_every_name_is_valid_text_and_comes_back(name: bytes) -> None:
    text = to_text(as_python_shows(name))
    text.encode()
    assert from_text(text) == as_python_shows(name)


@given(NAMES, NAMES)
def test_two_names_never_share_a_text(one: bytes, other: bytes) -> None:
    is_same_text = to_text(as_python_shows(one)) == to_text(as_python_shows(other))
    assert is_same_text == (one == other)


@pytest.mark.parametrize(
    "text", ["\ufffd2F", "\ufffd00", "\ufffd2E\ufffd2E\ufffd2Fetc", "\ufffde9"]
)
def test_no_text_turns_into_a_separator_or_a_nul(text: str) -> None:
    assert from_text(text) == text


@given(st.text())
def test_any_text_of_a_client_is_a_name_that_the_system_takes(text: str) -> None:
    os.fsencode(from_text(text))


def test_a_file_on_a_disk_is_found_again_by_its_text(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.cbz")).touch()
    except OSError:
        pytest.skip("this disk takes no names but UTF-8")
    with os.scandir(tmp_path) as entries:
        (text,) = [to_text(entry.name) for entry in entries]
    assert text == "caf\ufffdE9.cbz"
    assert (tmp_path / from_text(text)).exists()
