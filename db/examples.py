"""Some comics of the library, to show on them what the settings of names would do."""

from typing import Any, Final

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


class Example(Struct):
    """A comic as naming sees it; `path` is relative to `root`."""

    id: int
    path: str
    root: str
    format: str | None
    tags: dict[str, Any]
    provenance: dict[str, str]


NEWEST: Final = 500  # comics, of which one a series is shown
RARE: Final = 20_000  # comics among which those of one Format are looked for

CHOOSE: Final = text("""
    SELECT DISTINCT ON (series) id, path, root, format, tags, provenance FROM (
        SELECT f.id, f.series, f.path, l.root, f.format, t.tags, t.provenance
          FROM files AS f
          JOIN libraries AS l ON l.id = f.library_id
          JOIN file_tags AS t ON t.file_id = f.id
         WHERE f.missing_since IS NULL AND f.fault IS NULL AND t.tags IS NOT NULL
         ORDER BY f.id DESC LIMIT :newest) AS newest
     WHERE CAST(:format AS text) IS NULL OR lower(tags ->> 'format') = lower(:format)
     ORDER BY series, id LIMIT :limit
""")


async def choose(conn: AsyncConnection, limit: int, form: str | None = None) -> list[Example]:
    """Return so many comics of different series, out of those that came last.

    Only those of a Format of ComicInfo, if one is named.
    """
    newest = NEWEST if form is None else RARE
    rows = await conn.execute(CHOOSE, {"newest": newest, "limit": limit, "format": form})
    return [Example(**row) for row in rows.mappings()]
