"""Take a backup in again, a chunk of one kind at a time, and tell what has come of it."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import partial
from itertools import groupby, islice
from typing import Any, Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from comics import roots
from comics.folding import file_key, fold
from db import libraries, preferences, restored, settings
from db.backup import (
    CHUNK,
    Audit,
    Batch,
    Content,
    File,
    Item,
    Library,
    Preference,
    Setting,
    Slice,
    Token,
    User,
)
from db.restored import Waiting


class Report(Struct):
    """What came that was not there: marks, also of comics `waiting` to be there, and all else.

    `settings` and `preferences` are those that had another value; `left` says what stayed behind.
    """

    settings: list[str] = []
    preferences: list[str] = []
    libraries: list[str] = []
    users: list[str] = []
    tokens: int = 0
    marked: int = 0
    duplicate: int = 0
    waiting: int = 0
    batches: int = 0
    history: int = 0
    audit: int = 0
    left: list[str] = []


class Work(Struct):
    """A restore that is under way; `shift` is what is added to each event."""

    conn: AsyncConnection
    shift: int
    report: Report


async def restore(conn: AsyncConnection, event: int, lines: Iterable[Content]) -> Report:
    """Take in all that is not there yet, in the caller's transaction; `event` is its newest."""
    work = Work(conn, await restored.begin(conn, event), Report())
    for kind, chunk in chunks(lines):
        await TAKE[kind](work, chunk)
    await libraries.tell(conn)
    return work.report


def chunks(lines: Iterable[Content]) -> Iterator[tuple[type[Content], list[Any]]]:
    """Yield lines of one kind together, as many as a statement takes."""
    for kind, same in groupby(lines, type):
        while chunk := list(islice(same, CHUNK)):
            yield kind, chunk


async def take_settings(work: Work, kept: list[Setting]) -> None:
    """Choose these settings."""
    ours = await settings.stored(work.conn)
    work.report.settings += await replace(partial(settings.change, work.conn), ours, kept)


async def take_preferences(work: Work, kept: list[Preference]) -> None:
    """Keep these preferences."""
    ours = await preferences.current(work.conn)
    work.report.preferences += await replace(partial(preferences.change, work.conn), ours, kept)


async def replace(
    change: Callable[[dict[str, Any]], Awaitable[None]],
    ours: dict[str, Any],
    kept: Iterable[Setting | Preference],
) -> list[str]:
    """Store the values that are others here, and return their names."""
    changes = {
        one.name: one.value for one in kept if one.name not in ours or ours[one.name] != one.value
    }
    if changes:
        await change(changes)
    return list(changes)


HOW_KEPT: Final = ("name", "read_only", "schedule", "watch", "excludes")


async def take_libraries(work: Work, kept: list[Library]) -> None:
    """Have these libraries, kept as they were, unless their comics are in others by now."""
    taken = await libraries.claim_roots(work.conn)
    ours = {one.root: one for one in await libraries.every(work.conn)}
    for one in kept:
        how = {name: getattr(one, name) for name in HOW_KEPT}
        if known := ours.get(one.root):
            number = known.id
            differing = {name: how[name] for name in how if how[name] != getattr(known, name)}
            await libraries.change(work.conn, number, differing)
        elif rivals := [root for root in taken.values() if roots.overlap(one.root, root)]:
            work.report.left.append(
                f"The library {one.root}, with the marks in it: it overlaps with {rivals[0]}."
            )
            continue
        else:
            number = await libraries.add(work.conn, {"root": one.root, **how})
            work.report.libraries.append(one.root)
        await restored.place_library(work.conn, one, number)


async def take_users(work: Work, kept: list[User]) -> None:
    """Admit the users who are not here."""
    work.report.users += await restored.add_users(work.conn, kept)


async def take_tokens(work: Work, kept: list[Token]) -> None:
    """Add those users' tokens."""
    work.report.tokens += await restored.add_tokens(work.conn, kept)


async def take_files(work: Work, kept: list[File]) -> None:
    """Mark the comics that are here, and have rows wait for those that are not."""
    places = {place.old: place for place in await restored.find(work.conn, kept)}
    waiting = [
        Waiting(places[one.id], one, file_key(one.path), fold(one.path))
        for one in kept
        if one.id in places and places[one.id].waits
    ]
    await restored.wait(work.conn, waiting)
    rows = {place.old: place.new for place in places.values()}
    marked, duplicate = await restored.mark(work.conn, kept, rows)
    report = work.report
    report.waiting += len(waiting)
    report.marked += marked + sum(one.kept.marked for one in waiting)
    report.duplicate += duplicate + sum(one.kept.duplicate for one in waiting)


async def take_batches(work: Work, kept: list[Batch]) -> None:
    """Add the batches that are not here."""
    work.report.batches += await restored.add_batches(work.conn, kept, work.shift)


async def take_slices(work: Work, kept: list[Slice]) -> None:
    """Add what batches have marked."""
    await restored.add_slices(work.conn, kept)


async def take_items(work: Work, kept: list[Item]) -> None:
    """Add the history of those batches."""
    work.report.history += await restored.add_items(work.conn, kept, work.shift)


async def take_audit(work: Work, kept: list[Audit]) -> None:
    """Add who changed what."""
    work.report.audit += await restored.add_audit(work.conn, kept)


TAKE: Final[dict[type[Content], Callable[[Work, list[Any]], Awaitable[None]]]] = {
    Setting: take_settings,
    Preference: take_preferences,
    Library: take_libraries,
    User: take_users,
    Token: take_tokens,
    File: take_files,
    Batch: take_batches,
    Slice: take_slices,
    Item: take_items,
    Audit: take_audit,
}
