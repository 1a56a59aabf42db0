"""The pieces of one file's name, and which of them have been understood."""

import re
from collections.abc import Iterable

from comics.names.brackets import Told, read_brackets
from comics.names.letters import plain
from comics.names.tokens import cut, is_year
from comics.names.words import FORMAT_STARTS, SCANS, SURE_SCANS, TAIL_SCANS

_EDGES = " \t\n\u3000-\u2010\u2011\u2012\u2013\u2014\u2015\u2212_,;:~+"
_LONGEST_TAIL = 10  # words
_MARKS = re.compile("[.-]")


class Pieces:
    """A name cut in pieces: `told` has what its brackets say, `used` what has been understood.

    `first` is where its text begins. Before `fixed` stands a series that is known already, behind
    it the numbers that are `labelled`.
    """

    def __init__(self, text: str, known: str = "") -> None:
        self.text = text
        self.known = known
        self.tokens = cut(text)
        self.used: set[int] = set()
        self.told: dict[int, Told | None] = {
            at: read_brackets(text[token.start + 1 : token.end - 1])
            for at, token in enumerate(self.tokens)
            if token.kind == "group"
        }
        self.first = self._find_first()
        self.fixed = self._end_of_known()
        self.labelled = [at for at in range(self.fixed, len(self.tokens)) if self.tokens[at].role]

    def _find_first(self) -> int:
        kinds = (token.kind for token in self.tokens)
        return next((at for at, kind in enumerate(kinds) if kind not in {"group", "dash"}), 0)

    def _end_of_known(self) -> int:
        """Count the pieces that only repeat the known series, where that has a digit in it."""
        length = len(self.known)
        if not length or not any(map(str.isdigit, self.known)):
            return 0
        if plain(self.text[:length]) != plain(self.known):
            return 0
        ends = [token.end for token in self.tokens if token.end <= length]
        return len(ends) if ends and ends[-1] == length else 0

    def kind(self, at: int) -> str:
        """Return what piece this is; "end" after the last and before the first."""
        return self.tokens[at].kind if 0 <= at < len(self.tokens) else "end"

    def word(self, at: int) -> str:
        """Return the word that stands here without its dots and hyphens, or nothing."""
        return _MARKS.sub("", self.tokens[at].text) if self.kind(at) == "word" else ""

    def is_bare(self, at: int) -> bool:
        """Tell a number without a label."""
        return self.kind(at) == "number" and not self.tokens[at].role

    def is_glued(self, at: int) -> bool:
        """Tell whether a word follows without so much as a blank: "20世紀少年"."""
        return self.kind(at + 1) == "word" and self.tokens[at + 1].start == self.tokens[at].end

    def is_closed(self, at: int) -> bool:
        """Tell whether what stands here is followed by what ends a text, or by nothing."""
        kind = self.kind(at + 1)
        if kind == "word":
            word = self.word(at + 1)
            return word in TAIL_SCANS or word in SURE_SCANS or word in FORMAT_STARTS
        if kind == "number":
            return not self.is_bare(at + 1) or is_year(self.tokens[at + 1].number)
        return True

    def ends_text(self, at: int) -> bool:
        """Tell whether only one more word, or words about the scan, follow before brackets."""
        ahead = range(at + 1, at + _LONGEST_TAIL)
        rest = next((place for place in ahead if self.word(place) not in SCANS), ahead.stop)
        return self.kind(rest) in {"end", "group"} or self.kind(rest + 1) in {"end", "group"}

    def is_square(self, at: int) -> bool:
        """Tell the kind of brackets that stand here."""
        return self.tokens[at].text[0] == "["

    def inside(self, at: int) -> str:
        """Return what stands within the brackets here, as written."""
        return self.original(at)[1:-1]

    def original(self, at: int) -> str:
        """Return what stands here, as written."""
        return self.text[self.tokens[at].start : self.tokens[at].end]

    def join(self, places: Iterable[int]) -> str:
        """Return the text of what has not been understood, with single blanks between words."""
        parts: list[str] = []
        end = -1
        for at in places:
            token = self.tokens[at]
            if at in self.used:
                continue
            if token.start != end:
                parts.append("-" if self.text[end : token.start] == "-" else " ")
            parts.append(" ".join(self.original(at).split()))
            end = token.end
        return "".join(parts).strip(_EDGES)
