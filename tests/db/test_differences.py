"""How a walk is compared with the index: the kinds of difference, and what they change."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import chain

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import differences, files
from db.differences import Difference, Listing, Seen, Unread
from db.files import Entry
from scanner.walk import fingerprint
from tests.conftest import Shelve, found, reading

Compare = Callable[..., Awaitable[Difference]]


async def walked(seen: list[Seen], *, known: bool) -> AsyncIterator[list[Listing]]:
    """Be a walk: two folders at a time, with or without their fingerprints."""
    folders: defaultdict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        folder, slash, _ = one.path.rpartition("/")
        folders[folder + slash].append(one)
    listings = [
        Listing(path, fingerprint(seen) if known else None, is_mount=False, seen=seen)
        for path, seen in folders.items()
    ]
    for start in range(0, len(listings), 2):
        yield listings[start : start + 2]


def same(entry: Entry, **other: int) -> Seen:
    """See what an entry says, but for what has changed."""
    known = {"size": entry.size, "mtime_ns": entry.mtime_ns, "inode": entry.id, **other}
    return Seen(entry.path, **known)


@pytest.fixture
def compare(conn: AsyncConnection) -> Compare:
    """Return a function that compares library 1 with what a walk sees, and stores what it can."""

    async def compare(
        *seen: Seen, unlisted: list[str] | None = None, known: bool = False
    ) -> Difference:
        await conn.execute(text("DROP TABLE IF EXISTS listed, seen, checked, known, difference"))
        await differences.bring(conn, 1, walked(list(seen), known=known))
        if not await differences.check(conn, 1, folder=None, unlisted=unlisted or []):
            return Difference(0, 0, 0, 0, 0)
        await differences.compare(conn, 1, unlisted=unlisted or [])
        found = await differences.total(conn)
        await differences.apply(conn, 1)
        await differences.trust(conn, 1)
        return found

    return compare


async def to_read(conn: AsyncConnection) -> list[Unread]:
    return [one async for chunk in differences.unread(conn) for one in chunk]


async def missing(conn: AsyncConnection) -> list[str]:
    """Return the paths that are gone."""
    gone = text("SELECT path FROM files WHERE missing_since IS NOT NULL ORDER BY path")
    return list((await conn.scalars(gone)).all())


def entries(*paths: str) -> list[Entry]:
    """Make entries as `shelve` has them, by path."""
    return [
        Entry(place, path, size=place, mtime_ns=place * 10**9)
        for place, path in enumerate(paths, start=1)
    ]


async def test_an_unchanged_library_differs_in_nothing(
    conn: AsyncConnection, compare: Compare, shelve: Shelve
) -> None:
    shelf = entries("a.cbz", "b/c.cbz", "d.cbz")
    await shelve([entry.path for entry in shelf])
    assert await compare(*map(same, shelf)) == Difference(0, 0, 0, 0, 0)
    assert await to_read(conn) == []


async def test_only_folders_that_hold_something_else_are_compared_by_file(
    conn: AsyncConnection, compare: Compare, shelve: Shelve
) -> None:
    shelf = entries("a/1.cbz", "a/2.cbz", "b/3.cbz", "c/4.cbz")
    await shelve([entry.path for entry in shelf])
    await compare(*map(same, shelf), known=True)
    changed = [same(shelf[0]), same(shelf[1], size=9), same(shelf[2])]
    assert await compare(*changed, known=True) == Difference(0, 1, 0, vanished=1, to_read=1)
    looked_at = await conn.scalars(text("SELECT path FROM known ORDER BY path"))
    assert looked_at.all() == ["a/1.cbz", "a/2.cbz", "c/4.cbz"]


async def test_a_folder_with_a_file_yet_to_be_read_is_compared_again(
    conn: AsyncConnection, compare: Compare, shelve: Shelve
) -> None:
    shelf = entries("a/1.cbz", "b/2.cbz")
    await shelve([entry.path for entry in shelf])
    await conn.execute(text("UPDATE files SET read_mtime_ns = NULL WHERE id = 1"))
    for _ in range(2):
        assert (await compare(*map(same, shelf), known=True)).to_read == 1
    await conn.execute(text("UPDATE files SET read_mtime_ns = mtime_ns"))
    await compare(*map(same, shelf), known=True)
    looked_at = await conn.scalars(text("SELECT path FROM known"))
    assert looked_at.all() == ["a/1.cbz"]


async def test_new_files_get_ids_and_are_to_be_read_in_the_order_of_paths(
    conn: AsyncConnection, compare: Compare, shelve: Shelve
) -> None:
    await shelve([])
    found = await compare(Seen("b.cbz", 2, 20, 200), Seen("a.cbz", 1, 10, 100))
    assert found == Difference(added=2, changed=0, returned=0, vanished=0, to_read=2)
    first, second = await to_read(conn)
    assert (first.path, first.size, first.mtime_ns, first.inode) == ("a.cbz", 1, 10, 100)
    assert (first.is_new, second.path) == (True, "b.cbz")
    assert {first.id, second.id} == {1, 2}


@pytest.mark.parametrize("change", [{"size": 99}, {"mtime_ns": 99}, {"mtime_ns": 10**9 + 1}])
async def test_another_size_or_another_time_is_a_change(
    conn: AsyncConnection, compare: Compare, shelve: Shelve, change: dict[str, int]
) -> None:
    (entry,) = entries("a.cbz")
    await shelve(["a.cbz"])
    assert (await compare(same(entry, **change))).changed == 1
    (unread,) = await to_read(conn)
    assert (unread.id, unread.is_new) == (1, False)
    assert {name: getattr(unread, name) for name in change} == change


async def test_another_inode_alone_is_no_change(compare: Compare, shelve: Shelve) -> None:
    (entry,) = entries("a.cbz")
    await shelve(["a.cbz"])
    assert (await compare(same(entry, inode=99))).to_read == 0


async def test_a_file_that_was_never_read_is_to_be_read(
    conn: AsyncConnection, compare: Compare, shelve: Shelve
) -> None:
    (entry,) = entries("a.cbz")
    await shelve(["a.cbz"])
    await conn.execute(text("UPDATE files SET read_mtime_ns = NULL"))
    assert await compare(same(entry)) == Difference(0, 0, 0, 0, to_read=1)
    assert [unread.is_new for unread in await to_read(conn)] == [False]


async def test_a_file_that_is_gone_keeps_its_row_and_comes_back_as_it_was(
    conn: AsyncConnection, compare: Compare, shelve: Shelve
) -> None:
    (entry,) = entries("a.cbz")
    await shelve(["a.cbz"], marked=True, title="One")
    assert await compare() == Difference(0, 0, 0, vanished=1, to_read=0)
    assert await missing(conn) == ["a.cbz"]
    assert await compare() == Difference(0, 0, 0, 0, 0)
    assert await compare(same(entry)) == Difference(0, 0, returned=1, vanished=0, to_read=0)
    row = await conn.execute(text("SELECT id, marked, title, missing_since FROM files"))
    assert row.one() == (1, True, "One", None)


async def test_a_file_that_comes_back_changed_is_both(
    conn: AsyncConnection, compare: Compare, shelve: Shelve
) -> None:
    (entry,) = entries("a.cbz")
    await shelve(["a.cbz"], missing=True)
    assert await compare(same(entry, size=9)) == Difference(0, 1, 1, 0, to_read=1)
    assert await missing(conn) == []


async def test_files_of_a_folder_that_could_not_be_listed_do_not_vanish(
    conn: AsyncConnection, compare: Compare, shelve: Shelve
) -> None:
    await shelve(["Saga/1.cbz", "Saga/Deep/2.cbz", "Saga 2/3.cbz", "Saga.cbz", "A/Saga/4.cbz"])
    assert (await compare(unlisted=["Saga/"])).vanished == 3
    assert await missing(conn) == ["A/Saga/4.cbz", "Saga 2/3.cbz", "Saga.cbz"]


async def test_the_name_of_an_unlisted_folder_is_no_pattern(
    conn: AsyncConnection, compare: Compare, shelve: Shelve
) -> None:
    await shelve(["100%/1.cbz", "100 a/2.cbz", "a_b/3.cbz", "axb/4.cbz", "c\\d/5.cbz"])
    await compare(unlisted=["100%/", "a_b/", "c\\d/"])
    assert await missing(conn) == ["100 a/2.cbz", "axb/4.cbz"]


async def test_another_library_is_left_alone(
    conn: AsyncConnection, compare: Compare, shelve: Shelve
) -> None:
    await shelve(["mine.cbz"])
    await shelve(["mine.cbz", "yours.cbz"], library="/other")
    assert (await compare()).vanished == 1
    assert await missing(conn) == ["mine.cbz"]


async def test_what_is_to_be_read_comes_in_chunks(
    conn: AsyncConnection, compare: Compare, shelve: Shelve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "CHUNK", 3)
    await shelve([])
    await compare(*(Seen(f"{n:02}.cbz", n, n, n) for n in range(7)))
    chunks = [[one.path for one in chunk] async for chunk in differences.unread(conn)]
    assert [len(chunk) for chunk in chunks] == [3, 3, 1]
    assert list(chain(*chunks)) == [f"{n:02}.cbz" for n in range(7)]


async def test_a_disk_error_keeps_what_an_earlier_scan_has_read(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(["a.cbz"], title="One")
    failed = reading(Entry(1, "a.cbz", 1, 10**9, fault="The disk does not answer."))
    failed.final = False
    await files.save(conn, [failed])
    row = text("SELECT title, fault, read_mtime_ns FROM files")
    assert (await conn.execute(row)).one() == ("One", None, 10**9)


async def test_a_disk_error_of_a_file_never_read_is_told_and_tried_again(
    conn: AsyncConnection, compare: Compare, shelve: Shelve
) -> None:
    await shelve([])
    entry = Entry(7, "a.cbz", 1, 10**9)
    await files.add(conn, 1, [found(entry)])
    failed = reading(Entry(7, "a.cbz", 1, 10**9, fault="The disk does not answer."))
    failed.final = False
    await files.save(conn, [failed])
    row = text("SELECT fault, read_mtime_ns FROM files")
    assert (await conn.execute(row)).one() == ("The disk does not answer.", None)
    assert (await compare(same(entry))).to_read == 1


async def test_a_file_that_another_process_has_listed_is_left(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(["a.cbz"], title="One")
    await files.add(conn, 1, [found(Entry(9, "a.cbz", 5, 5)), found(Entry(10, "b.cbz", 5, 5))])
    ids = await conn.scalars(text("SELECT id FROM files ORDER BY id"))
    assert ids.all() == [1, 10]
