"""Find comics by the paths that people and other programs know them by.

A path is only ever compared with what the index holds: none reaches the disk.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# A whole path is below one library's root; any other may be in several, and the first has it. What
# is added to the library has each path be one probe of files_path_key even while nothing is known
# of a table that was just filled: no other index is then of use.
FIND: Final = text("""
    SELECT DISTINCT ON (place) asked.path, f.id
      FROM unnest(CAST(:paths AS text[])) WITH ORDINALITY AS asked (path, place)
     CROSS JOIN (
        SELECT id, rtrim(root, '/') || '/' AS root FROM libraries WHERE removed_at IS NULL
     ) AS l
     CROSS JOIN LATERAL (
        SELECT id FROM files
         WHERE path = CASE WHEN NOT starts_with(asked.path, '/') THEN asked.path
                           WHEN starts_with(asked.path, l.root)
                           THEN substr(asked.path, length(l.root) + 1) END
           AND library_id + 0 = l.id AND missing_since IS NULL
         LIMIT 1
     ) AS f
     ORDER BY place, l.id
""")


async def find(conn: AsyncConnection, paths: Sequence[str]) -> dict[str, int]:
    """Return by path the files that are there, in the order in which they were asked for.

    A path is relative to a library's root, or a whole one, as `comics.paths` writes it.
    """
    asked = [path for path in paths if "\0" not in path]  # no text in PostgreSQL has one
    return {row.path: row.id for row in await conn.execute(FIND, {"paths": asked})}


async def one(conn: AsyncConnection, path: str) -> int | None:
    """Return the file that has this path, or None."""
    return (await find(conn, [path])).get(path)


# Each range of paths is one probe of files_path_key.
WITHIN: Final = text("""
    SELECT asked.place, f.id
      FROM unnest(CAST(:places AS int[]), CAST(:libraries AS int[]), CAST(:lows AS text[]),
                  CAST(:highs AS text[])) AS asked (place, library, low, high)
      JOIN files AS f
        ON f.path >= asked.low AND f.path < asked.high
       AND f.library_id = asked.library AND f.missing_since IS NULL
     ORDER BY f.sort_key, f.id
""")

LAST: Final = "\U0010ffff" * 8  # behind every path


async def within(conn: AsyncConnection, places: list[tuple[int, str]]) -> list[list[int]]:
    """Return for each of these the files that are at or below it, in the order of lists.

    A place is a library and a path in it, "" for all of it.
    """
    ranges = [
        (place, library, low, high)
        for place, (library, path) in enumerate(places)
        for low, high in (
            ((path, f"{path}\x01"), (f"{path}/", f"{path}0")) if path else (("", LAST),)
        )
    ]
    columns = (list(column) for column in zip(*ranges, strict=True))
    asked = dict(zip(("places", "libraries", "lows", "highs"), columns, strict=True))
    found: list[list[int]] = [[] for _ in places]
    for place, file in await conn.execute(WITHIN, asked):
        found[place].append(file)
    return found
