"""What one comic tells: its archive, the documents in it, its name and the folders it lies in."""

from typing import Any

import msgspec
from msgspec import to_builtins

from comics.archives import covers, reading
from comics.folding import fold
from comics.issues import issue_key
from comics.names import filenames
from comics.paths import to_text
from comics.sketches import NOTHING, Sketch, draw
from comics.tags import metadata
from comics.tags.comicinfo import Tags
from comics.tags.metadata import Metadata

TOO_LARGE = "Reading this file takes more memory than a comic may."


class Told(msgspec.Struct, frozen=True):
    """What was read: see `archives.contents.Contents` and `tags.metadata.Metadata`.

    `pages` is how many there are, `cover` the name of one, and the fingerprint is in hex. `again`
    tells that the disk was at fault, not the comic. Pages whose fingerprint is not to be had have
    no sketch either.
    """

    format: str | None = None
    pages: int | None = None
    cover: str | None = None
    fault: str | None = None
    again: bool = False
    notes: tuple[str, ...] = ()
    fingerprint: str | None = None
    sketch: Sketch = NOTHING
    tags: Tags = Tags()
    provenance: dict[str, str] = {}


def read(file: str, path: str) -> Told:
    """Read a comic; `file` is where it lies, `path` what the library calls it (`comics.paths`)."""
    try:
        contents = reading.read(file)
        told, faults = metadata.read(contents.documents)
    except MemoryError:
        return fail(path, TOO_LARGE, again=False)
    told = metadata.with_name(told, filenames.parse(path))
    names = [page.name for page in contents.pages or ()]
    cover = covers.choose(names, told.tags)
    return Told(
        format=contents.format,
        pages=None if contents.pages is None else len(names),
        cover=None if cover is None else to_text(names[cover]),
        fault=next((fault for fault in (contents.fault, *faults) if fault), None),
        again=contents.again,
        notes=contents.notes,
        fingerprint=contents.fingerprint.hex() if contents.fingerprint else None,
        sketch=draw(contents.pages or ()) if contents.fingerprint else NOTHING,
        tags=told.tags,
        provenance=told.provenance,
    )


def fail(path: str, fault: str, *, again: bool) -> Told:
    """Tell of a comic that could not be read what its name and its folders do."""
    told = metadata.with_name(Metadata(), filenames.parse(path))
    return Told(fault=fault, again=again, tags=told.tags, provenance=told.provenance)


def columns(told: Told, path: str) -> dict[str, Any]:
    """Return what the index keeps of a comic, by the names of `db.files.Entry` and `Reading`."""
    tags = told.tags
    return {
        "format": told.format or path[-3:].lower(),
        "page_count": told.pages,
        "series": tags.series,
        "number": tags.number,
        "title": tags.title,
        "publisher": tags.publisher,
        "year": tags.year,
        "fault": told.fault,
        "search_key": "\n".join(map(fold, (path, tags.series, tags.title))),
        "tags": to_builtins(tags),
        "provenance": told.provenance,
        "notes": told.notes,
        "fingerprint": told.fingerprint,
        "issue_key": issue_key(tags),
        "page_crcs": told.sketch.crcs,
        "page_lows": told.sketch.lows,
        "final": not told.again,
    }
