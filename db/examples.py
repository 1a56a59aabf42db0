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

CHOOSE: Final = text("""
    SELECT DISTINCT ON (series) id, path, root, format, tags, provenance FROM (
        SELECT f.id, f.series, f.path, l.root, f.format, t.tags, t.provenance
          FROM files AS f
          JOIN libraries AS l ON l.id = f.library_id
          JOIN file_tags AS t ON t.file_id = f.id
         WHERE f.missing_since IS NULL AND f.fault IS NULL AND t.tags IS NOT NULL
         ORDER BY f.id DESC LIMIT :newest) AS newest
     ORDER BY series, id LIMIT :limit
""")


async def choose(conn: AsyncConnection, limit: int) -> list[Example]:
    """Return so many comics of different series, out of those that came last."""
    rows = await conn.execute(CHOOSE, {"newest": NEWEST, "limit": limit})
    return [Example(**row) for row in rows.mappings()]
