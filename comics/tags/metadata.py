"""Put together what is known of a comic from all that tells it, and remember which told what.

In this order, the first that says something of a field has the last word: ComicInfo, MetronInfo,
ComicBookInfo, CoMet, the file's name, its folders. Fields that mean something only together come
from one source together, or a date would get its year here and its month there.
"""

from collections.abc import Callable, Mapping
from functools import reduce

import msgspec
from msgspec.structs import asdict, replace

from comics.archives.contents import Source
from comics.names.filenames import Name
from comics.tags import comet, comicbookinfo, comicinfo, metroninfo
from comics.tags.comicinfo import Tags

_PARSERS: dict[Source, Callable[[bytes], Tags]] = {
    # In order of precedence.
    "ComicInfo": comicinfo.parse,
    "MetronInfo": metroninfo.parse,
    "ComicBookInfo": comicbookinfo.parse,
    "CoMet": comet.parse,
}

_TOGETHER = (
    ("year", "month", "day"),
    # Lists of which the n-th items belong to each other.
    ("story_arc", "story_arc_number"),
    ("alternate_series", "alternate_number", "alternate_count"),
)
_GROUPS = {field: group for group in _TOGETHER for field in group}

_ONE_OF_A_LIST = frozenset({"age_rating", "black_and_white", "manga"})
_UNKNOWN = "unknown"  # what those lists call no value

_NAMED = {
    # A field of `Name`: that of `Tags`.
    **{field: field for field in ("series", "number", "volume", "year", "month", "day", "count")},
    **{field: field for field in ("title", "format", "publisher")},
    "scan_group": "scan_information",
    "language": "language_iso",
}


class Metadata(msgspec.Struct, frozen=True):
    """Tags, and for each that has a value who told it.

    That is "ComicInfo", "MetronInfo", "ComicBookInfo", "CoMet", "file name" or "folder".
    """

    tags: Tags = Tags()
    provenance: dict[str, str] = {}


def read(documents: Mapping[Source, bytes]) -> tuple[Metadata, tuple[str, ...]]:
    """Return what a comic's documents say together, and what is wrong with any of them.

    With a fault, the tags may lack what they should have: no file may be named by them.
    """
    found: list[Metadata] = []
    faults: list[str] = []
    for source, parse in _PARSERS.items():
        if source in documents:
            try:
                found.append(attribute(parse(documents[source]), source))
            except ValueError as error:
                faults.append(str(error))
    return reduce(merge, found) if found else Metadata(), tuple(faults)


def with_name(metadata: Metadata, name: Name) -> Metadata:
    """Fill what is missing from what the file's name and its folders tell."""
    values = {_NAMED[field]: getattr(name, field) for field in _NAMED}
    folders = {_NAMED[field] for field in name.from_folders if field in _NAMED}
    told = attribute(Tags(**values), "file name")
    provenance = {
        field: "folder" if field in folders else source for field, source in told.provenance.items()
    }
    return merge(metadata, Metadata(told.tags, provenance))


def own(metadata: Metadata) -> Metadata:
    """Return what the comic itself says, without what its name and its folders tell."""
    told = {
        field: source
        for field, source in metadata.provenance.items()
        if source not in {"file name", "folder"}
    }
    return Metadata(Tags(**{field: getattr(metadata.tags, field) for field in told}), told)


def attribute(tags: Tags, source: str) -> Metadata:
    """Return tags of which each that has a value comes from one source."""
    values = {field: value for field, value in asdict(tags).items() if _says(field, value)}
    return Metadata(Tags(**values), dict.fromkeys(values, source))


def merge(first: Metadata, second: Metadata) -> Metadata:
    """Return what `first` says, and what `second` says of what `first` leaves out."""
    told = {together(field) for field in first.provenance}
    more = [field for field in second.provenance if together(field) not in told]
    return Metadata(
        replace(first.tags, **{field: getattr(second.tags, field) for field in more}),
        first.provenance | {field: second.provenance[field] for field in more},
    )


def _says(field: str, value: object) -> bool:
    if not value:
        return value == 0  # a number like any other, unlike what is empty
    return field not in _ONE_OF_A_LIST or str(value).lower() != _UNKNOWN


def together(field: str) -> tuple[str, ...]:
    """Return the fields that come from one source with this one, itself among them."""
    return _GROUPS.get(field, (field,))
