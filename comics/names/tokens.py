"""Cut a file's name into words, numbers, dates, brackets and dashes.

Every repetition is bounded or possessive, so that cutting takes linear time whatever the name is.
"""
# ruff: noqa: RUF001, RUF003 (signs that look alike are told apart here)

import re
from collections.abc import Callable
from functools import cache
from typing import Literal, NamedTuple

from msgspec import Struct

from comics.names.letters import plain
from comics.names.words import COUNTERS, MONTHS, NEED_A_DOT, NUMERALS, ROLES, Role

Kind = Literal["word", "number", "date", "group", "dash"]
Style = Literal["spaced", "dotted", "dashed"]

_YEAR_DIGITS = 4
_DAYS = 31

_ASIAN = "\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f"
_ASIAN_DIGITS = "〇一二三四五六七八九"
_FRACTIONS = "¼-¾⅐-⅞"

_GROUPS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
_RANGE = re.compile(r"-[#vct](?=\d)", re.IGNORECASE)
_THOUSANDS = re.compile(r"-?\d+(?:,\d{3})+")
_GAP = re.compile(r"[\s_]")
_DOTTED = re.compile(r"[^\W\d_]\.[^\W_]|[^\W_]\.[^\W\d_]")

# A number as people write it: -1, 0.5, 1,000, 5AU, 12.NOW, 1½, 1⁄2.
_NUMBER = rf"""
    (?: (?<![^\s_(\[\#]) -(?= [1-9]\d?(?!\d) | 0\. | [{_FRACTIONS}] ) )?
    (?: \d{{0,3}}[{_FRACTIONS}]
      | \d{{1,2}}[⁄∕]\d{{1,2}}
      | \d{{1,3}}(?:,\d{{3}}){{1,3}}(?!\d)
      | \d{{1,9}} (?: [.,]FRACTION(?!\d) )?
        (?: \.?(?:au|mu|now|inh|hu|lr|bey|deaths) (?![^\W_]) | [abc](?![^\W_]) )?
    )
"""

_Y, _M, _D = r"(?:19|20)\d\d", "(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = rf"""
    {_Y}-{_M}-{_D} | {_Y}\.{_M}\.{_D} | {_D}-{_M}-{_Y} | {_D}\.{_M}\.{_Y}
  | {_Y}-(?:0[1-9]|1[0-2]) | (?:0[1-9]|1[0-2])-{_Y}
  | {_Y}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])
  | (?:18|19|20)\d\d-{_Y}
  | {_Y}年\s?{_M}月(?:\s?{_D}日)?号?
"""

# No group is repeated possessively: the matcher of Python 3.11.2 then reads some names otherwise.
_TOKEN = rf"""
    (?P<group> \( (?: [^()] | \([^()]*+\) )* \) | \[[^\[\]]*+\] | \{{[^{{}}]*+\}} )
  | (?P<date> {_DATE} ) END
  | (?P<counted> (?P<ordinal> [第제]\s? )?
        (?P<amount> {_NUMBER} (?:-{_NUMBER})? | (?<=第)[{_ASIAN_DIGITS}十百]{{1,7}} )
        \s? (?P<counter> [{"".join(COUNTERS)}] ) (?(ordinal) | (?! [{_ASIAN}] ) ) )
  | s (?P<season> \d{{1,2}} ) [\s._-]? e (?:p\.?)? (?P<episode> \d{{1,4}} (?:\.\d)? ) (?:v\d)? END
  | (?P<label> (?: (?![{_ASIAN}{_FRACTIONS}]) [^\W\d_] ){{1,12}} (?: [.-](?=\d|\#\d) )? )?
    (?P<sign> [№\#][\s_]? | n[°º]\.?[\s_]? )?
    (?P<number> {_NUMBER} (?: -[\#vct]?{_NUMBER} )? | (?<=\#) \d{{1,9}}\.?[a-z]{{1,6}} )
    (?P<release> v\d )?
    END
    (?: [\s_.]{{1,3}} (?:of|de|von|di|sur|van|из) [\s_.]{{1,3}} (?P<count> \d{{1,4}} ) END )?
  | (?P<dash> MARKS++ (?= [\s_]|$|\d|\# ) )
  | (?P<asian> (?: (?! 第\s?[\d{_FRACTIONS}{_ASIAN_DIGITS}十百] | 제\s?\d ) [{_ASIAN}] )+ )
  | (?P<word> WORD )
"""

_LETTER = rf"[^\s_()\[\]{{}}{_ASIAN}]"
_END = rf"""(?= $ | [\s_()\[\]{{}},;:!?+&'"’”»{_ASIAN}] | [.-](?:[\s_]|$) STOP )"""

# What tells the styles apart: where a word stops, what parts a name, and how long a fraction is.
_STYLES: dict[Style, dict[str, str]] = {
    "spaced": {
        "WORD": rf"{_LETTER}+ (?: _(?=\s) )?",
        "MARKS": "[-,;:.~+]",
        "STOP": "",
        "FRACTION": r"\d{1,2}",
    },
    "dotted": {
        "WORD": rf"(?: [^\W\d_]\. ){{2,}} | (?: (?!\.) {_LETTER} )+",
        "MARKS": "[-,;:~+]",
        "STOP": r"| \.",
        "FRACTION": r"\d",
    },
    "dashed": {
        "WORD": rf"(?: (?!-) {_LETTER} )+",
        "MARKS": "[,;:.~+]",
        "STOP": "| -",
        "FRACTION": r"\d{1,2}",
    },
}


class Date(NamedTuple):
    """A date, as exactly as it was told."""

    year: int
    month: int | None = None
    day: int | None = None


class Token(Struct):
    """A piece of a name, from `start` to `end`, in lower case.

    Of a number: what its label says of it, the number itself without thousands' separators, and
    how many there are of its kind.
    """

    kind: Kind
    start: int
    end: int
    text: str
    role: Role = ""
    number: str = ""
    count: int | None = None
    date: Date | None = None


def cut(text: str) -> list[Token]:
    """Return the pieces of a name; blanks, and dots or dashes that stand for them, are none."""
    lowered = plain(text)
    style = _style(lowered)
    tokens: list[Token] = []
    for found in _scanner(style).finditer(lowered):
        tokens.extend(_MAKERS[found.lastgroup or ""](text, found, style))
    return _join(tokens)


def is_year(number: str) -> bool:
    """Tell whether a bare number is rather a year: no later than ours, but for a few."""
    return len(number) == _YEAR_DIGITS and number.isdecimal() and "1930" <= number <= "2039"


def _style(lowered: str) -> Style:
    """Tell what stands between the words: blanks, or dots or dashes where there are none."""
    outside = _GROUPS.sub("", lowered).strip()
    if _GAP.search(outside):
        return "spaced"
    if _DOTTED.search(outside):
        return "dotted"
    return "dashed" if outside.count("-") > 1 else "spaced"


@cache
def _scanner(style: Style) -> re.Pattern[str]:
    pattern = _TOKEN.replace("END", _END)
    for name, part in _STYLES[style].items():
        pattern = pattern.replace(name, part)
    return re.compile(pattern, re.VERBOSE)


def _make(kind: Kind, found: re.Match[str]) -> list[Token]:
    return [Token(kind, found.start(), found.end(), found[0])]


def _make_date(_text: str, found: re.Match[str], _style: Style) -> list[Token]:
    (token,) = _make("date", found)
    token.date = _read_date(found["date"])
    return [token]


def _read_date(written: str) -> Date:
    """Read any of the forms of `_DATE`; of two years the first counts."""
    parts = re.findall(r"\d+", written)
    if len(parts) == 1:
        parts = [written[:4], written[4:6], written[6:]]
    if len(parts[0]) < _YEAR_DIGITS:
        parts.reverse()
    if len(parts) > 1 and len(parts[1]) == _YEAR_DIGITS:
        del parts[1]
    return Date(*map(int, parts))


def _make_counted(text: str, found: re.Match[str], _style: Style) -> list[Token]:
    (token,) = _make("number", found)
    token.role = COUNTERS[found["counter"]]
    token.number = _read_asian(found["amount"]) or _written(text, found, "amount")
    return [token]


def _read_asian(amount: str) -> str:
    """Return the digits of a number below a thousand, such as 百二十三; nothing of another."""
    if amount[0] not in _ASIAN_DIGITS and amount[0] not in "十百":
        return ""
    value = digit = 0
    for letter in amount:
        if letter in "十百":
            value += (digit or 1) * (10 if letter == "十" else 100)
            digit = 0
        else:
            digit = digit * 10 + _ASIAN_DIGITS.index(letter)
    return str(value + digit)


def _make_episode(_text: str, found: re.Match[str], _style: Style) -> list[Token]:
    season, episode = found.span("season"), found.span("episode")
    return [
        Token("number", found.start(), season[1], found[0], "season", found["season"]),
        Token("number", season[1], episode[1], found[0], "chapter", found["episode"]),
    ]


def _make_number(text: str, found: re.Match[str], style: Style) -> list[Token]:
    label, sign = found["label"], found["sign"]
    (token,) = _make("number", found)
    token.number = _written(text, found, "number")
    token.count = int(found["count"]) if found["count"] else None
    token.role = "issue" if sign else ""
    if label:
        return _make_labelled(token, found, style)
    if not sign and (_is_thousands(found["number"]) or _falls(token.number)):
        return _make("word", found)
    return [token]


def _is_thousands(number: str) -> bool:
    """Tell "1,000", which without a label belongs to a name: a thousand nights."""
    return _THOUSANDS.fullmatch(number) is not None


def _falls(number: str) -> bool:
    """Tell "24-7" from a range, whose second number is the greater."""
    first, _, last = number.partition("-")
    return first.isdecimal() and last.isdecimal() and int(first) >= int(last)


def _make_labelled(token: Token, found: re.Match[str], style: Style) -> list[Token]:
    """Take "ch012" for a number, "gen13" for a word, and "saga012" for a word and a number."""
    label = found["label"]
    bare = label.rstrip(".-")
    role = ROLES.get(bare, "")
    if role and not _is_code(label, token.number):
        token.role = role
        return [token]
    joiner = label[len(bare) :]
    if (joiner and joiner == _JOINERS.get(style)) or token.number[0] == "0":
        word = Token("word", token.start, token.start + len(bare), bare)
        token.start = found.end("label")
        return [word, token]
    return _make("word", found)


def _is_code(label: str, number: str) -> bool:
    """Tell a name like "C3", "C2C" or "N1" from a label and its number."""
    return label == "n" or (label == "c" and sum(map(str.isdigit, number)) == 1)


def _written(text: str, found: re.Match[str], group: str) -> str:
    """Return a number in its own letters, but with ASCII digits, and a dot before a fraction."""
    number = found[group]
    start, end = found.span(group)
    if not number.isdecimal():
        pairs = zip(text[start:end], number, strict=True)
        number = "".join(own if own.isalpha() else read for own, read in pairs)
        number = _RANGE.sub("-", number)
    if "," in number:
        number = number.replace(",", "" if _is_thousands(number) else ".")
    return number


def _join(tokens: list[Token]) -> list[Token]:
    """Join labels with their numbers, and months with their years."""
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        taken = 0
        if token.kind == "word" and at + 1 < len(tokens):
            taken = _join_label(tokens, at) or _join_month(tokens, at, joined)
        if not taken:
            joined.append(token)
        elif tokens[at + taken].kind in {"number", "date"}:
            joined.append(tokens[at + taken])
        at += taken + 1
    return joined


def _join_label(tokens: list[Token], at: int) -> int:
    """Give the number after a label its role, and return how many tokens the label takes."""
    word, number = tokens[at], tokens[at + 1]
    bare = word.text.rstrip(".")
    role = ROLES.get(bare, "")
    if not role or (bare in NEED_A_DOT and bare == word.text):
        return 0
    is_all = number is tokens[-1] and at == 0
    if role == "season" and not (is_all or _is_chapter(tokens, at + 2)):
        return 0
    if number.kind == "word" and role in {"volume", "album", "part"}:
        number.number = NUMERALS.get(number.text.rstrip(".,:"), "")
        number.kind = "number" if number.number else "word"
    if number.kind != "number" or number.role not in {"", "issue"}:
        return 0
    number.role = role
    number.start = word.start
    return 1


def _is_chapter(tokens: list[Token], at: int) -> bool:
    """Tell whether a chapter stands here, label and number in one or apart."""
    if at >= len(tokens):
        return False
    token = tokens[at]
    return "chapter" in {token.role, ROLES.get(token.text.rstrip("."), "")}


def _join_month(tokens: list[Token], at: int, before: list[Token]) -> int:
    """Make a date of "Jun 2019", "June 12, 2019" or "12 Jun 2019", and return what it takes."""
    month = MONTHS.get(tokens[at].text.partition("-")[0].rstrip(".,"))
    if not month:
        return 0
    ahead = range(at + 1, min(at + 4, len(tokens)))
    numbers = [index for index in ahead if tokens[index].text != ","]
    if not numbers:
        return 0
    day = None
    if len(numbers) > 1 and _is_day(tokens[numbers[0]]):
        day = int(tokens[numbers.pop(0)].number)
    last = numbers[0]
    if not is_year(tokens[last].number) or tokens[last].role:
        return 0
    if day is None and before and _is_day(before[-1]):
        day = int(before.pop().number)
    tokens[last].kind = "date"
    tokens[last].date = Date(int(tokens[last].number), month, day)
    return last - at


def _is_day(token: Token) -> bool:
    return token.role == "" and token.number.isdecimal() and 0 < int(token.number) <= _DAYS


_JOINERS: dict[Style, str] = {"dotted": ".", "dashed": "-"}
_MAKERS: dict[str, Callable[[str, re.Match[str], Style], list[Token]]] = {
    "group": lambda _text, found, _style: _make("group", found),
    "date": _make_date,
    "counted": _make_counted,
    "episode": _make_episode,
    "number": _make_number,
    "release": _make_number,
    "count": _make_number,
    "dash": lambda _text, found, _style: _make("dash", found),
    "asian": lambda _text, found, _style: _make("word", found),
    "word": lambda _text, found, _style: _make("word", found),
}
"""What to make of a match, by the last of its parts that matched."""
