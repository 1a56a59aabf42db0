"""Which files are meant: the parameters that lists and facets have in common."""

from typing import Annotated, Any, get_args

from msgspec import Meta, Struct

from comics.folding import fold
from db import files
from db.list_shapes import Filter
from db.listing import Format
from functions import wire


class Narrowing(Struct, kw_only=True):
    """Which files."""

    search: Annotated[
        str,
        Meta(description="A part of the path, name, series or title; accents and case are alike."),
    ] = ""
    filter: Filter = "all"
    library: wire.Id | None = None
    series: str | None = None
    publisher: str | None = None
    year: Annotated[int, Meta(ge=0, le=9999)] | None = None
    format: Format | None = None
    folder: Annotated[str | None, Meta(description="This folder and all in it.")] = None
    fault: Annotated[bool | None, Meta(description="Only what could, or could not, be read.")] = (
        None
    )
    reason: Annotated[
        str | None, Meta(description="Only what could not be read for just this `fault`.")
    ] = None
    missing: Annotated[bool, Meta(description="Files that are gone, instead of those there.")] = (
        False
    )


def narrow(query: Narrowing) -> dict[str, Any]:
    """Put it as fields of `db.listing.Wanted`."""
    return {
        "needle": fold(query.search.strip()),
        "filter": query.filter,
        "library": query.library,
        "series": files.cut(query.series),
        "publisher": files.cut(query.publisher),
        "year": query.year,
        "format": query.format,
        "folder": (query.folder or "").strip("/") or None,
        "fault": query.fault,
        "reason": query.reason,
        "missing": query.missing,
    }


def tolerant(params: dict[str, Any], **words: Any) -> dict[str, Any]:  # noqa: ANN401  Literals
    """Drop an unknown word where the predecessor took it for its default."""
    known = {"filter": Filter, **words}
    return {
        name: value
        for name, value in params.items()
        if name not in known or value in get_args(known[name])
    }
