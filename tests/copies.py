"""Comics that are alike, in the rows that reading them would have made."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from comics import sketches
from comics.archives.contents import Member, fingerprint
from comics.tags.comicinfo import Tags
from comics.telling import Told, columns
from db import files
from db.differences import Unread
from db.rows import combine

SEEN = text(
    "SELECT id, path, size, mtime_ns, inode, false FROM files WHERE id = ANY(:ids) ORDER BY id"
)


async def reread(
    conn: AsyncConnection,
    ids: list[int],
    pages: Iterable[int] = (),
    *,
    fault: str | None = None,
    **tags: Any,  # noqa: ANN401  of every type
) -> None:
    """Have files on the shelf read once more: pages with these checksums, and tags of ComicInfo."""
    members = [Member(f"{place}.png", crc, crc) for place, crc in enumerate(pages)]
    prints = fingerprint((page.size, page.size) for page in members)
    result = Told(
        pages=len(members),
        fault=fault,
        fingerprint=prints.hex() if prints else None,
        sketch=sketches.draw(members),
        tags=Tags(**tags),
        provenance=dict.fromkeys(tags, "ComicInfo"),
    )
    seen = [Unread(*row) for row in await conn.execute(SEEN, {"ids": ids})]
    await files.save(conn, [combine(file, columns(result, file.path)) for file in seen])
