"""The tree of folders, a level at a time, from `tallies`: its cost is that of what it shows."""

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.libraries import ZERO, total
from db.tables import counts, tallies


class Folder(Struct):
    """A folder, and how many comics are in it at any depth."""

    name: str
    path: str  # relative to the library
    files: int
    unmarked: int
    faulty: int


FOLDER = tallies.c.facet == literal_column("'folder'")


def sums() -> tuple[ColumnElement[int], ColumnElement[int], ColumnElement[int]]:
    """Add up what `tallies` have of a folder."""
    t = tallies.c
    return total(t.present), total(t.present - t.marked), total(t.faulty)


def select_level(
    parent: str, library: int | None, after: str, limit: int
) -> Select[str, int, int, int]:
    """Select the folders of a folder that have comics, bytewise by name, behind this one."""
    t = tallies.c
    present, unmarked, faulty = sums()
    level = select(t.value, present, unmarked, faulty).where(
        FOLDER, t.parent == parent, t.value > after
    )
    if library is not None:
        level = level.where(t.library_id == library)
    return level.group_by(t.value).having(present > ZERO).order_by(t.value).limit(limit)


def select_one(path: str, library: int | None) -> Select[int, int, int]:
    """Select what a folder has; that of no name is all there is."""
    t, c = tallies.c, counts.c
    if not path:
        unmarked = total(c.present, ~c.marked)
        whole = select(total(c.present), unmarked, total(c.faulty))
        return whole if library is None else whole.where(c.library_id == library)
    parent, _, name = path.rpartition("/")
    one = select(*sums()).where(FOLDER, t.parent == parent, t.value == name)
    return one if library is None else one.where(t.library_id == library)


async def one(conn: AsyncConnection, path: str, library: int | None) -> Folder:
    """Return a folder; one that is not known has no comics."""
    files, unmarked, faulty = (await conn.execute(select_one(path, library))).one()
    return Folder(path.rpartition("/")[2], path, files, unmarked, faulty)


async def level(
    conn: AsyncConnection, parent: str, library: int | None, after: str, limit: int
) -> list[Folder]:
    """Return so many folders of a folder, behind the one of this name."""
    rows = await conn.execute(select_level(parent, library, after, limit))
    below = f"{parent}/" if parent else ""
    return [Folder(name, f"{below}{name}", *numbers) for name, *numbers in rows]
