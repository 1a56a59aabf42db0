"""Name languages by their ISO 639-1 codes, for metadata that spells them out."""

_NAMES = {
    "ar": "arabic",
    "bg": "bulgarian български",
    "ca": "catalan català",
    "cs": "czech čeština",
    "da": "danish dansk",
    "de": "german deutsch",
    "el": "greek ελληνικά",
    "en": "english",
    "es": "spanish español castellano",
    "et": "estonian eesti",
    "eu": "basque euskara",
    "fi": "finnish suomi",
    "fr": "french français francais",
    "gl": "galician galego",
    "he": "hebrew עברית",
    "hi": "hindi हिन्दी",
    "hr": "croatian hrvatski",
    "hu": "hungarian magyar",
    "id": "indonesian",
    "is": "icelandic íslenska",
    "it": "italian italiano",
    "ja": "japanese 日本語",
    "ko": "korean 한국어",
    "la": "latin",
    "lt": "lithuanian lietuvių",
    "lv": "latvian latviešu",
    "no": "norwegian norsk",
    "nl": "dutch nederlands flemish",
    "pl": "polish polski",
    "pt": "portuguese português",
    "ro": "romanian română",
    "ru": "russian русский",
    "sk": "slovak slovenčina",
    "sl": "slovenian slovene slovenščina",
    "sr": "serbian српски srpski",
    "sv": "swedish svenska",
    "th": "thai ไทย",
    "tr": "turkish türkçe",
    "uk": "ukrainian українська",
    "vi": "vietnamese",
    "zh": "chinese 中文",
}
_CODES = {name: code for code, names in _NAMES.items() for name in names.split()}


def language_code(language: str) -> str:
    """Return the code of a language that is named, a code as it is, and what is neither as written.

    "English" is "en", "pt-BR" is "pt-BR", and "Klingon" stays.
    """
    return _CODES.get(language.strip().casefold(), language.strip())
