"""Groups of files that may be the same comic: with the same pages, of one issue, with shared pages.

`twins` holds the files that have something in common, in the order of what that is. A page of
groups is a walk along it, from a cursor on; to count them is to look at all of its kind, and at
nothing of a file that has no twin. Files that are missing do not count.
"""

from base64 import b64decode, urlsafe_b64encode
from itertools import groupby
from operator import itemgetter
from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.files import Entry
from db.overlaps import CROWD

By = Literal["pages", "issue", "overlap"]

BOUND: Final = 10_000  # groups up to which they are counted
SHOWN: Final = 100  # files of a group
MOST: Final[dict[By, int]] = {"pages": 2**31, "issue": 2**31, "overlap": CROWD}  # that are a group


class Wanted(Struct, frozen=True, kw_only=True):
    """Which groups: of one library's files alone, behind this key, and so many."""

    by: By
    library: int | None = None
    after: str = ""
    limit: int = 20


class Copy(Entry, kw_only=True):
    """A file of a group; `tags` is how many of them its documents tell, not its name."""

    library: int
    root: str
    marked: bool
    duplicate: bool
    volume: int | None
    tags: int


class Group(Struct):
    """Files that may be the same comic: how many, and the first of them by name."""

    key: str
    files: int
    copies: list[Copy]


class Page(Struct):
    """So many groups, and how many there are in all."""

    groups: list[Group]
    total: int
    is_exact: bool  # or there are more
    next: str | None  # the cursor behind these


# OFFSET has each file looked up as its twin is met, so that a walk ends where the page does.
PRESENT: Final = """FROM twins AS t CROSS JOIN LATERAL (
           SELECT * FROM files
            WHERE files.id = t.file_id AND missing_since IS NULL
              AND (CAST(:library AS int) IS NULL OR library_id = :library) OFFSET 0) AS f
     WHERE t.kind = :by"""

COUNT: Final = text(f"""
    SELECT count(*) FROM (
    SELECT t.key {PRESENT}
     GROUP BY t.key HAVING count(*) BETWEEN 2 AND :most ORDER BY t.key LIMIT :bound) AS groups
""")  # noqa: S608  a part of a statement

PAGE: Final = text(f"""
    WITH page AS MATERIALIZED (
    SELECT t.key, count(*) AS files {PRESENT} AND t.key > :after
     GROUP BY t.key HAVING count(*) BETWEEN 2 AND :most ORDER BY t.key LIMIT :groups)
    SELECT page.key AS group_key, page.files AS group_files, c.*
      FROM page CROSS JOIN LATERAL (
    SELECT f.id, f.library_id AS library, f.path, f.size, f.mtime_ns, f.format, f.page_count,
           f.series, f.number, f.title, f.publisher, f.year, f.fault, f.marked, f.duplicate,
           (SELECT root FROM libraries AS l WHERE l.id = f.library_id) AS root,
           (SELECT CAST(r.tags ->> 'volume' AS int) FROM file_tags AS r
             WHERE r.file_id = f.id) AS volume,
           (SELECT count(*) FROM file_tags AS r CROSS JOIN jsonb_each_text(r.provenance) AS told
             WHERE r.file_id = f.id AND told.value NOT IN ('file name', 'folder')) AS tags
           {PRESENT} AND t.key = page.key
     ORDER BY f.sort_key, f.id LIMIT :shown) AS c
     ORDER BY page.key
""")  # noqa: S608  a part of a statement


def encode(key: str) -> str:
    """Make a key a cursor, which fits a URL."""
    return urlsafe_b64encode(key.encode()).decode()


def decode(cursor: str) -> str:
    """Read a cursor; raise ValueError if it is none of ours."""
    key = b64decode(cursor, altchars=b"-_", validate=True).decode()
    if "\0" in key:
        raise ValueError("No group has such a key.")
    return key


async def page(conn: AsyncConnection, wanted: Wanted) -> Page:
    """Return so many groups in the order of what their files have in common, and count them all."""
    asked = {"by": wanted.by, "library": wanted.library, "most": MOST[wanted.by]}
    bounds = {"after": wanted.after, "groups": wanted.limit + 1, "shown": SHOWN}
    rows = (await conn.execute(PAGE, {**asked, **bounds})).mappings()
    groups = [make_group(list(same)) for _, same in groupby(rows, itemgetter("group_key"))]
    total: int = (await conn.execute(COUNT, {**asked, "bound": BOUND + 1})).scalar_one()
    return Page(
        groups=groups[: wanted.limit],
        total=min(total, BOUND),
        is_exact=total <= BOUND,
        next=encode(groups[wanted.limit - 1].key) if len(groups) > wanted.limit else None,
    )


def make_group(rows: list[RowMapping]) -> Group:
    """Make a group of the rows of its files."""
    copies = [Copy(**{name: row[name] for name in Copy.__struct_fields__}) for row in rows]
    return Group(key=rows[0]["group_key"], files=rows[0]["group_files"], copies=copies)
