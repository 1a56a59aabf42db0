"""List files that may be the same comic, in groups, and propose which one of each to keep.

Nothing is ever done about them unasked.
"""

from typing import Annotated

from falcon.asgi import Request, Response
from msgspec import Meta, Struct, structs

from comics.keeping import propose
from db import duplicates
from db.duplicates import BOUND, SHOWN, By, Copy, Wanted
from db.engine import reading
from functions import wire
from functions.list_files import FileEntry

ROUTE = "GET /api/duplicates"
ROLE = "viewer"


class DuplicatesQuery(Struct):
    """Which groups, and how many."""

    by: Annotated[
        By,
        Meta(
            description="`pages`: the very same pages. `issue`: the same series, number, volume, "
            "year and format. `overlap`: at least half of their pages in common."
        ),
    ] = "pages"
    library: Annotated[wire.Id, Meta(description="Only copies in it.")] | None = None
    limit: Annotated[int, Meta(ge=1, le=100, description="Groups.")] = 20
    after: Annotated[str, Meta(description="`next` of the answer before.")] = ""


class Duplicate(FileEntry):
    """A comic as lists show it, and what else tells copies apart."""

    volume: int | None
    tags: Annotated[int, Meta(description="How many of them its documents tell, not its name.")]


class DuplicateGroup(Struct):
    """Files that may be the same comic."""

    files: Annotated[list[Duplicate], Meta(description=f"By name; the first {SHOWN} of more.")]
    file_count: int
    keep: Annotated[int, Meta(description="The id of the file that is proposed to be kept.")]
    reasons: Annotated[list[str], Meta(description="Why, in sentences.")]


class DuplicateList(Struct):
    """Groups of files that may be the same comic; files that are missing do not count."""

    groups: list[DuplicateGroup]
    total_groups: int
    total_is_exact: Annotated[
        bool, Meta(description=f"Or there are more than these {BOUND:,} groups.")
    ]
    next: Annotated[str | None, Meta(description="The cursor of the groups that follow.")]


QUERY, ANSWER = DuplicatesQuery, DuplicateList


def read(query: DuplicatesQuery) -> Wanted:
    """Put it as what the index is asked for; raise 400 for a cursor that is none."""
    try:
        after = duplicates.decode(query.after)
    except ValueError:
        raise wire.Invalid("query", "/after", "It is not a cursor that a list gave out") from None
    return Wanted(by=query.by, library=query.library, after=after, limit=query.limit)


def describe(copy: Copy) -> Duplicate:
    """Say it in the words of the API."""
    known = structs.asdict(copy)
    path, root = known.pop("path"), known.pop("root").rstrip("/")
    return Duplicate(
        path=f"{root}/{path}",
        relative_path=path,
        name=path.rpartition("/")[2],
        modified=known.pop("mtime_ns") / 1e9,
        processed=known.pop("marked"),
        missing=False,
        **known,
    )


def advise(group: duplicates.Group) -> DuplicateGroup:
    """Add what is proposed."""
    proposal = propose(group.copies)
    return DuplicateGroup(
        files=[describe(copy) for copy in group.copies],
        file_count=group.files,
        keep=proposal.keep,
        reasons=proposal.reasons,
    )


async def handle(req: Request, resp: Response) -> None:
    """Answer groups in the order of what their files have in common."""
    wanted = read(wire.query(req, DuplicatesQuery))
    async with reading() as conn:
        page = await duplicates.page(conn, wanted)
    wire.answer(
        resp,
        DuplicateList(
            groups=[advise(group) for group in page.groups],
            total_groups=page.total,
            total_is_exact=page.is_exact,
            next=page.next,
        ),
    )
