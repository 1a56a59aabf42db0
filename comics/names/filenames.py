"""Read what the path of a comic tells of it: series, number, volume, date, title and more.

The grammar is our own. The file's own name counts first; its folders fill what that leaves open.
It takes any text, and time that grows with its length.
"""

import re
from functools import lru_cache

from msgspec.structs import asdict, replace

from comics.folding import fold
from comics.names.publishers import is_publisher
from comics.names.reading import Name, read

__all__ = ["Name", "parse"]

# At most two, as in "x.7z.cbz".
_EXTENSION = re.compile(
    r"(?:\.(?:cb[7artz]|zip|rar|7z|tar|tgz|pdf|epub|tar\.(?:gz|bz2|xz|zst))){1,2}\Z", re.IGNORECASE
)
_DEEPEST = 8  # folders: those further up tell nothing of one comic
_DATE = ("year", "month", "day")

_SHELVES = re.compile(
    r"""
    comics? | mangas? | bandes?\sdessinées? | bd | books? | ebooks? | library | collections? | media
  | downloads? | complete | incomplete | unsorted | sorted | new | read | unread | misc | various
  | one-?shots? | tpbs? | trades | annuals | specials | [a-z0-9\#] | [a-z0-9]-[a-z0-9]
    """,
    re.VERBOSE,
)


def parse(path: str) -> Name:
    """Read a path relative to its library, as `comics.paths` writes it, with its extension or not.

    A number is never taken from a year, a date, a volume or a count. What is not told is empty.
    """
    *folders, file = path.split("/")
    shelf = _read_folders(tuple(folders[-_DEEPEST:])) if folders else Name()
    return _fill(read(_EXTENSION.sub("", file), shelf.series), shelf)


@lru_cache(maxsize=1000)
def _read_folders(folders: tuple[str, ...]) -> Name:
    """Return what the folders tell, the nearest first; above the series' only the publisher."""
    shelf = Name()
    for folder in reversed(folders):
        if is_publisher(folder):
            return replace(shelf, publisher=shelf.publisher or folder)
        if not shelf.series:
            shelf = _complete(read("" if _is_shelf(folder) else folder, is_folder=True), shelf)
    return shelf


def _is_shelf(folder: str) -> bool:
    """Tell a folder that only keeps order: "Comics", "A-F", "New"."""
    return _SHELVES.fullmatch(folder.strip("_ ").lower()) is not None


def _complete(further: Name, nearer: Name) -> Name:
    """Fill from a folder further up what the nearer ones leave open."""
    return replace(nearer, **{field: getattr(further, field) for field in _open(nearer, further)})


def _open(name: Name, other: Name) -> list[str]:
    """Return the fields that another tells and this one does not; a date is one of them."""
    fields = [field for field, value in asdict(other).items() if value and not getattr(name, field)]
    return fields if name.year is None else [field for field in fields if field not in _DATE]


def _fill(name: Name, shelf: Name) -> Name:
    """Fill what a file's name leaves open from its folders, as far as they are of its series."""
    fields = _open(name, shelf)
    if not _is_same_series(name.series, shelf.series):
        fields = [field for field in fields if field == "publisher"]
    filled = {field: getattr(shelf, field) for field in fields}
    if not name.series and not shelf.series:
        filled |= {"series": name.title, "title": ""}
    if not filled:
        return name
    return replace(name, **filled, from_folders=tuple(fields))


def _is_same_series(own: str, shelf: str) -> bool:
    if not own or not shelf:
        return True
    one, other = _bare(own), _bare(shelf)
    return one.startswith(other) or other.startswith(one)


@lru_cache(maxsize=1000)
def _bare(series: str) -> str:
    """Return a series' letters and digits, to compare it by."""
    return "".join(filter(str.isalnum, fold(series)))
