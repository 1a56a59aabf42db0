"""What is done to a comic: its title, series and name put right, as ComicMaintainer does it.

The title becomes "Chapter" and the number; the number, where it is missing, that of the file's
name; the series the name of the folder; the file's name what the template says. A plan is worked
out here and nowhere else, so that a preview shows what will be done, and once it is carried out
there is nothing left to do. Whether another file is in the way is for the disk to say.
"""

import posixpath
import re
import unicodedata
from typing import Annotated, Literal

from msgspec import Meta, Struct, structs

from comics.names import filenames, naming
from comics.names.naming import DEFAULT, PADDING, Refusal, Template, Templates
from comics.names.portable import LONGEST_PATH, portable
from comics.names.templates import MOST_DIGITS
from comics.paths import from_text
from comics.tags.comicinfo import Tags

Kind = Literal["process", "rename", "normalize"]
"""Both the tags and the name, the name alone, or the tags alone."""

NO_CBZ = "Tags can only be written to a CBZ: convert this comic to CBZ first."
"""Why the tags of another format stay as they are."""

_EXTENSION = re.compile(r"\.cb[7rtz]\Z", re.IGNORECASE)
_INCOMPLETE = re.compile(r"\(\*\)|\[\*\]")  # a mark on folders that is no part of the series
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")  # in XML, or not without a change
_QUOTES = str.maketrans("\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}", "''")


class Settings(Struct, frozen=True):
    """What users choose; raises a `TemplateError` that tells what is wrong with a template."""

    filename_format: Annotated[
        str, Meta(description="The template of comics' names; see docs/naming.md.")
    ] = DEFAULT
    filename_formats: Annotated[
        dict[str, str],
        Meta(max_length=100, description="Templates for some of ComicInfo's Formats, such as TPB."),
    ] = {}
    issue_number_padding: Annotated[
        int, Meta(ge=0, le=MOST_DIGITS, description="Digits of an {issue} in a name.")
    ] = PADDING
    extension_by_content: Annotated[
        bool, Meta(description="A rename gives a ZIP that is named .cbr the extension .cbz.")
    ] = False
    convert: Annotated[
        bool, Meta(description="What is no CBZ becomes one where its tags have to change.")
    ] = False

    def __post_init__(self) -> None:
        for template in (self.filename_format, *self.filename_formats.values()):
            naming.compile(template)


class Comic(Struct, frozen=True):
    """What a plan is made from.

    `path` is relative to the library and written as `comics.paths` does. `tags` are those that the
    comic itself holds, with nothing filled in from its name. `root_name` is the name of the
    library's own folder, for the comics that lie in it. `content` is the format that was found,
    such as "cbz"; None goes by the extension. `fault` is why the comic or its tags are unreadable.
    """

    path: str
    tags: Tags
    root_name: str = ""
    content: str | None = None
    fault: str | None = None


class Change(Struct, frozen=True):
    """What to do: `changes` are new values for fields of `Tags`, `path` is where the comic belongs.

    The path is the present one where nothing but tags changes. `convert` tells that the comic has
    to become a CBZ for that; `path` is then the CBZ's.
    """

    changes: dict[str, str]
    path: str
    convert: bool = False


def plan(kind: Kind, comic: Comic, settings: Settings) -> Change | Refusal | None:
    """Return what to do to a comic, or why it cannot be done, or None if all is well already."""
    if comic.fault:
        return Refusal(comic.fault)
    template = Templates(settings.filename_format, settings.filename_formats).choose(comic.tags)
    changes = {} if kind == "rename" else _correct(comic, template)
    convert = bool(changes) and not is_zip(comic)
    if convert and not settings.convert:
        return Refusal(NO_CBZ)
    future = _convert(comic) if convert else comic
    future = structs.replace(future, tags=structs.replace(comic.tags, **changes))
    try:
        path = future.path if kind == "normalize" else _place(future, template, settings)
    except Refusal as refusal:
        return refusal
    return _compare(comic, Change(changes, path, convert))


def _compare(comic: Comic, change: Change) -> Change | None:
    """Leave out what makes no difference: disks may spell one name in two ways, as macOS does."""
    if _normal(change.path) == _normal(comic.path):
        change = structs.replace(change, path=comic.path)
    return change if change.changes or change.path != comic.path else None


def _convert(comic: Comic) -> Comic:
    return structs.replace(comic, path=as_cbz(comic.path), content="cbz")


def as_cbz(path: str) -> str:
    """Return the path that a comic has as a CBZ."""
    return _EXTENSION.sub("", path) + ".cbz"


def is_zip(comic: Comic) -> bool:
    """Tell whether tags can be written into a comic as it is."""
    return (comic.content or _extension(comic.path)[1:] or "cbz") == "cbz"


def _extension(path: str) -> str:
    found = _EXTENSION.search(path)
    return found[0].lower() if found else ""


def _place(comic: Comic, template: Template, settings: Settings) -> str:
    """Return where a comic belongs: in its folder, unless the template names the folders too."""
    extension = _extension(comic.path)
    if settings.extension_by_content and comic.content:
        extension = f".{comic.content}"
    padding = settings.issue_number_padding
    path = template.name(comic.tags, padding=padding, extension=extension)
    if not template.has_folders:
        path = posixpath.join(posixpath.dirname(comic.path), path)
    if len(path.encode()) > LONGEST_PATH:
        raise Refusal(f"The new path would be longer than {LONGEST_PATH:,} bytes.")
    return path


def _correct(comic: Comic, template: Template) -> dict[str, str]:
    """Return the fields of the tags that have to change."""
    wanted = _title(comic) | _series(comic, template)
    return {field: value for field, value in wanted.items() if getattr(comic.tags, field) != value}


def _title(comic: Comic) -> dict[str, str]:
    number = comic.tags.number if comic.tags.number.strip() else find_number(comic.path)
    return {"title": f"Chapter {number}", "number": number} if number else {}


def find_number(path: str) -> str:
    """Return the number in a file's name; one that only a folder has is not the file's."""
    name = filenames.parse(path)
    return "" if "number" in name.from_folders else name.number


def _series(comic: Comic, template: Template) -> dict[str, str]:
    """Name the series after the folder, but not where folders are named after the series."""
    folder = posixpath.basename(posixpath.dirname(comic.path)) or comic.root_name
    series = _read_folder(folder)
    present = comic.tags.series.strip()
    is_right = template.has_folders or _is_named(folder, series, present)
    return {} if not series or (present and is_right) else {"series": series}


def _read_folder(name: str) -> str:
    """Return the series that a folder is named after: a "_" stands for a ":" there.

    Bytes of the name that are no UTF-8 become U+FFFD, and what XML cannot hold becomes a blank.
    """
    text = from_text(name).encode(errors="surrogateescape").decode(errors="replace")
    return _normal(_UNWRITABLE.sub(" ", text.replace("_", ":"))).strip()


def _is_named(folder: str, series: str, present: str) -> bool:
    """Tell whether a folder has the present series' name, or what stands in for it on disks."""
    return _bare(present) == _bare(series) or (
        portable(present) == _normal(folder) != _normal(present)
    )


def _bare(series: str) -> str:
    return _INCOMPLETE.sub("", _normal(series).translate(_QUOTES)).strip()


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)
