"""Read the letters, digits and marks of many scripts as the few that a file's name is cut by."""
# ruff: noqa: RUF001 (brackets and dashes that look alike are what this is about)

import unicodedata

_BRACKETS = {
    **dict.fromkeys("（〔", "("),
    **dict.fromkeys("）〕", ")"),
    **dict.fromkeys("［【〖", "["),
    **dict.fromkeys("］】〗", "]"),
    "＃": "#",
    "’": "'",
}


class _Plain(dict[int, str]):
    """What each character is read as: one that stands for it, in lower case."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = plain = _plain_letter(letter)
        return plain


def plain(text: str) -> str:
    """Return a text of the same length with one kind of digit, dash, bracket, blank and case."""
    return text.lower() if text.isascii() else text.translate(_PLAIN)


def _plain_letter(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    if letter in _BRACKETS:
        return _BRACKETS[letter]
    if letter.isspace():
        return " "
    if unicodedata.category(letter) == "Pd" or letter == "\N{MINUS SIGN}":
        return "-"
    if "！" <= letter <= "～":
        return _plain_letter(unicodedata.normalize("NFKC", letter))
    lowered = letter.lower()
    return lowered if len(lowered) == 1 else letter


_PLAIN = _Plain()
