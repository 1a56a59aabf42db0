"""Languages by their names and codes."""

import pytest

from comics.tags.languages import language_code


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("English", "en"),
        (" french ", "fr"),
        ("Français", "fr"),
        ("DEUTSCH", "de"),
        ("日本語", "ja"),
        ("en", "en"),
        ("pt-BR", "pt-BR"),
        ("Klingon", "Klingon"),
        ("", ""),
    ],
)
def test_a_named_language_gets_its_code_and_the_rest_stays(language: str, code: str) -> None:
    assert language_code(language) == code
