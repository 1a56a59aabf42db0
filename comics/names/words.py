"""The words that tell what stands beside them in a file's name, in the languages comics come in.

All are in lower case; `formats` and `scans` are met without blanks, dots and hyphens between.
"""

# ruff: noqa: SIM905 (words are easier to read in a row of text)

from typing import Literal

Role = Literal["", "issue", "chapter", "special", "album", "part", "volume", "season"]
"""What a label says of the number after it.

An album's number is that of a European series, unless there is a number of another kind too: then
it is a volume's. A part is one of a book, and the weakest of all.
"""


def _each(role: Role, words: str) -> dict[str, Role]:
    return dict.fromkeys(words.split(), role)


ROLES: dict[str, Role] = {
    **_each("issue", "issue iss number num numero numéro número nummer numer nr no n"),
    **_each("issue", "heft prog выпуск"),
    **_each("chapter", "chapter chapters chap ch c chapitre capitulo capítulo capitolo cap"),
    **_each("chapter", "kapitel kap hoofdstuk rozdział bölüm bab глава"),
    **_each("chapter", "episode episodes ep épisode episodio"),
    **_each("special", "hs"),
    **_each("album", "tome tomes tomo tom t album band bd deel dl том"),
    **_each("part", "part pt parte partie teil book bk livre libro buch"),
    **_each("volume", "volume volumes volumen vol vols v cilt"),
    **_each("season", "season saison staffel temporada s"),
}

NEED_A_DOT = {"no", "n", "v", "t", "c", "s"}
"""Labels that are words or letters as well: apart from their number they need their dot."""

COUNTERS: dict[str, Role] = {
    **dict.fromkeys("巻卷冊册권", "volume"),
    **dict.fromkeys("話话回章集화회장", "chapter"),
    **dict.fromkeys("号號期호", "issue"),
}

NUMERALS = {
    word: str(value)
    for words in (
        "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx",
        "one two three four five six seven eight nine ten eleven twelve",
    )
    for value, word in enumerate(words.split(), start=1)
}

# A number after one of these names a place, a time or a world, and no issue of the series.
QUALIFIERS = frozenset(
    "season saison staffel temporada year earth area agent district generation phase".split()
)

MONTHS = {
    word: month
    for words in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre",
    )
    for month, word in enumerate(words.split(), start=1)
} | {"sept": 9, "dicembre": 12}

TIMES_OF_YEAR = frozenset("spring summer autumn fall winter holiday".split())

# What a series is published under stays in its name, because Batman Annual 3 is not Batman 3.
_NAMED_FORMATS = {
    "Annual": "annual annuals anual annuel almanac",
    "Special": "special specials especial speciale spécial spezial sonderheft sonderband",
    "Giant-Size": "giantsize giantsized",
    "King-Size": "kingsize kingsized",
    "Omnibus": "omnibus",
    "Compendium": "compendium",
    "Digest": "digest",
    "Treasury": "treasuryedition",
}

# What only tells the binding, or the occasion, does not.
_BINDINGS = {
    "TPB": "tpb tpbs tp tradepaperback",
    "Hardcover": "hc hardcover ohc",
    "Graphic Novel": "gn ogn graphicnovel graphicnovels",
    "One-Shot": "oneshot oneshots",
    "FCBD": "fcbd freecomicbookday",
    "Box Set": "boxset",
    "Special": "horssérie horsserie",
}

NAMED_FORMATS = {key: name for name, keys in _NAMED_FORMATS.items() for key in keys.split()}
FORMATS = NAMED_FORMATS | {key: name for name, keys in _BINDINGS.items() for key in keys.split()}
LEADING_FORMATS = frozenset(
    ("giantsize", "giantsized", "kingsize", "kingsized", "fcbd", "freecomicbookday")
)
"""Formats that stand before the series too, where another word would be its first."""

FORMAT_STARTS = frozenset(
    (*FORMATS, "giant", "king", "treasury", "trade", "graphic", "one", "free", "box", "hors")
)
LONGEST_FORMAT = 4  # words: "Free Comic Book Day"

SCANS = frozenset(
    """
    digital webrip web rip webdl hd sd uhd hq c2c ctc noads fixed fix f repack scan scans retail
    hybrid complete incomplete ongoing raw raws uncensored censored color colour colored coloured
    bw remastered upscaled cbz cbr pdf epub jpg jpeg png webp kindle ebook variant print printing
    reprint 1st 2nd 3rd first second third edition ver version official scanned rescan
    """.split()
)
"""What tells how a comic was scanned or printed, which no field holds."""

TAIL_SCANS = frozenset("digital webrip hd sd hq fixed scan scans retail raw raws".split())
"""Those that tell it outside brackets too, where a title ends."""

SURE_SCANS = frozenset("c2c ctc noads webdl repack".split())
"""Those that no series or title is called."""

_LANGUAGES = {
    "en": "eng english anglais englisch inglés",
    "fr": "fra fre french français francais vf",
    "de": "deu ger german deutsch",
    "es": "spa esp spanish español espanol castellano",
    "it": "ita italian italiano",
    "pt": "por portuguese português portugues ptbr br brazilian",
    "nl": "nld dut dutch nederlands",
    "ja": "jpn jap jp japanese 日本語",
    "ko": "kor kr korean 한국어",
    "zh": "zho chi chn cn chinese 中文 汉语 漢語",
    "ru": "rus russian русский",
    "pl": "pol polish polski",
    "sv": "swe svenska swedish",
    "da": "dan danish dansk",
    "no": "nor norwegian norsk",
    "fi": "fin finnish suomi",
    "tr": "tur turkish türkçe",
    "cs": "ces cze czech čeština",
    "hu": "hun hungarian magyar",
    "el": "ell gre greek ελληνικά",
    "ar": "ara arabic العربية",
    "he": "heb hebrew עברית",
    "id": "ind indonesian",
    "vi": "vie vietnamese",
    "th": "tha thai ไทย",
    "uk": "ukr ukrainian українська",
    "ro": "ron rum romanian română",
    "ca": "cat catalan català",
}
LANGUAGES = {word: code for code, words in _LANGUAGES.items() for word in [code, *words.split()]}
SHORTEST_LANGUAGE = 5
"""Letters of a language's name that tells it outside brackets too."""
