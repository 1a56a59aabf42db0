"""Queries of `covers`: pictures that are made once of each state of a file, and kept."""

from typing import Final

from msgspec import Struct, structs
from sqlalchemy import Select, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import covers, files, libraries

RETRIED: Final = text("interval '10 minutes'")  # after which what failed is tried again


class Comic(Struct):
    """A comic's file as the index knows it, and its cover or why there is none, if that is kept."""

    root: str  # of its library; this and the next are as `comics.paths` writes them
    path: str
    mtime_ns: int
    size: int
    is_missing: bool
    cover: bytes | None
    fault: str | None


class Kept(Struct):
    """The cover that was made of a file in one state, or why there is none."""

    file_id: int
    width: int
    mtime_ns: int
    size: int
    image: bytes | None
    fault: str | None


def select_comic(
    file_id: int, width: int | None
) -> Select[str, str, int, int, bool, bytes | None, str | None]:
    """Select a file with the cover of this width that was made of it as it is now."""
    f, c = files.c, covers.c
    is_current = and_(
        c.file_id == f.id,
        c.width == width,
        c.mtime_ns == f.mtime_ns,
        c.size == f.size,
        or_(c.fault.is_(None), c.kept_at > func.now() - RETRIED),
    )
    return (
        select(
            libraries.c.root,
            f.path,
            f.mtime_ns,
            f.size,
            f.missing_since.is_not(None),
            c.image,
            c.fault,
        )
        .join_from(files, libraries, libraries.c.id == f.library_id)
        .outerjoin(covers, is_current)
        .where(f.id == file_id)
    )


async def comic(conn: AsyncConnection, file_id: int, width: int | None = None) -> Comic | None:
    """Return this file, with its cover if a width is named and one is kept."""
    row = (await conn.execute(select_comic(file_id, width))).first()
    if row is None:
        return None
    root, path, mtime_ns, size, is_missing, cover, fault = row
    return Comic(root, path, mtime_ns, size, is_missing, cover, fault)


# What is true of another state of the file than the index knows is not kept.
KEEP = text("""
    INSERT INTO covers (file_id, width, mtime_ns, size, image, fault)
    SELECT id, :width, mtime_ns, size, CAST(:image AS bytea), CAST(:fault AS text) FROM files
     WHERE id = :file_id AND mtime_ns = :mtime_ns AND size = :size FOR KEY SHARE
    ON CONFLICT (file_id, width) DO UPDATE
       SET mtime_ns = excluded.mtime_ns, size = excluded.size, image = excluded.image,
           fault = excluded.fault, kept_at = now()
""")


async def keep(conn: AsyncConnection, kept: Kept) -> None:
    """Keep what was made of a comic."""
    await conn.execute(KEEP, structs.asdict(kept))
