"""What may be written into each field of ComicInfo.xml, so that strict readers take it.

The types are those of anansi-project's ComicInfo v2.1 (draft).
"""

from collections.abc import Sequence

from comics.tags.comicinfo import Page, Tags
from comics.tags.mending import clean
from comics.tags.values import MOST, rating, whole

Value = str | int | float | None

_UNKNOWN = {"", "-1"}
_YES_NO = ("Unknown", "No", "Yes")
_CHOICES = {
    "black_and_white": _YES_NO,
    "manga": (*_YES_NO, "YesAndRightToLeft"),
    "age_rating": (
        *("Unknown", "Adults Only 18+", "Early Childhood", "Everyone", "Everyone 10+", "G"),
        *("Kids to Adults", "M", "MA15+", "Mature 17+", "PG", "R18+", "Rating Pending", "Teen"),
        "X18+",
    ),
}
_RANGES = {
    "count": (0, MOST),
    "volume": (0, MOST),
    "alternate_count": (0, MOST),
    "page_count": (0, MOST),
    "year": (1, 9999),
    "month": (1, 12),
    "day": (1, 31),
}
_PAGE_TYPES = (
    *("FrontCover", "InnerCover", "Roundup", "Story", "Advertisement", "Editorial", "Letters"),
    *("Preview", "BackCover", "Other", "Deleted"),
)
_ODD_NAMES = {"language_iso": "LanguageISO", "gtin": "GTIN"}


def name_element(field: str) -> str:
    """Return the name of a field of `Tags` or `Page` as the schema writes it."""
    return _ODD_NAMES.get(field) or "".join(part.capitalize() for part in field.split("_"))


def check_value(field: str, value: Value) -> Value:
    """Return a value as `Tags` would have it, or raise a ValueError that says what it may be."""
    name = name_element(field)
    if field not in Tags.__struct_fields__:
        raise ValueError(f"ComicInfo.xml has no field {field!r}.")
    text = "" if value is None else str(value).replace("\r\n", "\n").strip()
    if field in _RANGES:
        return _check_whole(name, text, *_RANGES[field])
    if field == "community_rating":
        return _check_rating(name, text)
    if text and field in _CHOICES and text not in _CHOICES[field]:
        raise ValueError(f"{name} is one of: {', '.join(_CHOICES[field])}; not {text!r}.")
    return check_text(name, text)


def write_value(value: Value) -> str:
    """Return what stands in the document for a value that was checked; "" for none."""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def check_text(name: str, text: str) -> str:
    """Return a text, or raise a ValueError if XML cannot hold it."""
    if clean(text) != text:
        raise ValueError(f"{name} holds a character that XML cannot hold.")
    return text


def check_pages(pages: Sequence[Page]) -> None:
    """Raise a ValueError that says what is wrong with a page, if anything is."""
    for page in pages:
        if page.image is None:
            raise ValueError("Every page needs its Image, a number from 0.")
        if any(number is not None and number < 0 for number in _numbers(page)):
            raise ValueError(f"Page {page.image} has a negative number.")
        if unknown := set(page.type.split()) - set(_PAGE_TYPES):
            raise ValueError(
                f"The type of page {page.image} is of: {', '.join(_PAGE_TYPES)}; "
                f"not {', '.join(sorted(unknown))}."
            )
        check_text("Key", page.key)
        check_text("Bookmark", page.bookmark)


def _numbers(page: Page) -> tuple[int | None, ...]:
    return page.image, page.image_size, page.image_width, page.image_height


def _check_whole(name: str, text: str, least: int, most: int) -> int | None:
    number = whole(text, least, most)
    if number is None and text not in _UNKNOWN:
        raise ValueError(f"{name} is a whole number from {least} to {most}, not {text!r}.")
    return number


def _check_rating(name: str, text: str) -> float | None:
    stars = rating(text)
    if (stars is None and text) or (stars is not None and round(stars, 1) != stars):
        raise ValueError(f"{name} is a number from 0 to 5 with at most one decimal, not {text!r}.")
    return stars
