"""Show what comics of the library would be called under other settings; nothing is changed."""

from typing import Annotated

import msgspec
from falcon.asgi import Request, Response
from msgspec import UNSET, Meta, Struct, UnsetType

from comics import rules
from comics.names.naming import Refusal
from comics.names.templates import MOST_DIGITS, TemplateError
from comics.tags.comicinfo import Tags
from comics.tags.metadata import Metadata, own
from db import examples, settings
from db.engine import reading
from db.examples import Example
from functions import limits, wire

ROUTE = "GET /api/settings/preview"
ROLE = "viewer"


class NamesQuery(Struct):
    """The settings to try, in the words of `/api/settings`; those left out are as they are."""

    filename_format: str | UnsetType = UNSET
    issue_number_padding: Annotated[int, Meta(ge=0, le=MOST_DIGITS)] | UnsetType = UNSET
    extension_by_content: bool | UnsetType = UNSET
    convert: bool | UnsetType = UNSET
    format: Annotated[
        str | None,
        Meta(description="Only comics of this Format of ComicInfo, by the template that is tried."),
    ] = None
    limit: Annotated[int, Meta(ge=1, le=20, description="Comics.")] = 5


class NamePreview(Struct):
    """What a comic is called, and what it would be: both relative to its library."""

    file: int
    path: str
    future: Annotated[str | None, Meta(description="As it is now, if all is well already.")]
    refusal: Annotated[str | None, Meta(description="Why it would be left alone.")]


class NamePreviews(Struct):
    """Some comics, of different series."""

    files: list[NamePreview]


QUERY, ANSWER = NamesQuery, NamePreviews
PROBLEMS = ("429",)


def tried(current: rules.Settings, query: NamesQuery) -> rules.Settings:
    """Put the settings to try over the present ones; raise 400 for a template that is wrong."""
    wanted = msgspec.to_builtins(query)
    del wanted["limit"]
    if wanted.pop("format") is not None:
        wanted["filename_formats"] = {}
    try:
        return rules.Settings(**{**msgspec.structs.asdict(current), **wanted})
    except TemplateError as error:
        raise wire.Invalid("query", "/filename_format", str(error)) from None


def preview(example: Example, chosen: rules.Settings) -> NamePreview:
    """Plan what processing would do, as a batch does."""
    held = own(Metadata(msgspec.convert(example.tags, Tags), example.provenance))
    comic = rules.Comic(
        path=example.path,
        tags=held.tags,
        root_name=example.root.rpartition("/")[2],
        content=example.format,
    )
    plan = rules.plan("process", comic, chosen)
    if isinstance(plan, Refusal):
        return NamePreview(example.id, example.path, future=None, refusal=str(plan))
    return NamePreview(example.id, example.path, plan.path if plan else example.path, refusal=None)


async def handle(req: Request, resp: Response) -> None:
    """Answer what would become of a few comics' names."""
    query = wire.query(req, NamesQuery)
    await limits.spend(req, limits.PREVIEWS)
    async with reading() as conn:
        chosen = tried(await settings.current(conn, rules.Settings), query)
        found = await examples.choose(conn, query.limit, query.format)
    wire.answer(resp, NamePreviews([preview(example, chosen) for example in found]))
