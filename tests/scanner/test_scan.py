"""Scans of real folders into a real database, and what stays whole whatever happens to them."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.paths import to_text
from db import differences, engine, libraries, scans
from db.libraries import Library
from db.scans import Progress, Scan
from scanner import scan as scanning
from scanner.scan import Busy, Orders, ScanError, Tell, scan
from tests import processes
from tests.disk import EIO, write_comic, write_comics

ROWS = """
    SELECT array_agg(xmin::text || ' ' || f::text ORDER BY f::text) FROM {} AS f
"""
TOUCHED = ("files", "file_tags", "file_search", "counts")  # by a scan, beside its own row

needs_eio = pytest.mark.skipif(not EIO.exists(), reason="no file here is unreadable for root too")


class Shelf(NamedTuple):
    """A library's folder, and what the database knows of it."""

    root: Path
    library: Library
    url: URL
    conn: AsyncConnection

    async def scan(
        self, *, readers: int = 1, accept_empty: bool = False, tell: Tell = lambda _: None
    ) -> Progress:
        """Scan it as the command does."""
        orders = Orders(readers=readers, accept_empty=accept_empty)
        return await scan(partial(engine.job, self.url), self.library, orders, tell)

    async def ask(self, statement: str) -> list[Any]:
        """Return the rows of a statement, those of one column without their tuples."""
        rows = [tuple(row) for row in await self.conn.execute(text(statement))]
        await self.conn.commit()
        return [row[0] for row in rows] if rows and len(rows[0]) == 1 else rows

    async def versions(self) -> list[Any]:
        """Return every row that a scan may touch, with the transaction that wrote it."""
        return [await self.ask(ROWS.format(table)) for table in TOUCHED]

    async def present(self) -> list[str]:
        """Return the paths of what is listed and not missing."""
        return await self.ask("SELECT path FROM files WHERE missing_since IS NULL ORDER BY path")

    async def newest(self) -> Scan:
        """Return the newest scan."""
        (newest,) = await scans.newest(self.conn, 1)
        await self.conn.commit()
        return newest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Have a folder for comics."""
    folder = tmp_path / "comics"
    folder.mkdir()
    return folder


@pytest.fixture
async def shelf(root: Path, url: URL, conn: AsyncConnection) -> Shelf:
    """Have a library whose folder is empty."""
    return await put_up(root, url, conn)


async def put_up(root: Path, url: URL, conn: AsyncConnection) -> Shelf:
    """Make a library of this folder."""
    number = await libraries.ensure(conn, str(root), root.name)
    (library,) = [one for one in await libraries.every(conn) if one.id == number]
    await conn.commit()
    return Shelf(root, library, url, conn)


@pytest.fixture
def quick_tongue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have scans save and tell more often, so that a small library shows it."""
    monkeypatch.setattr(scanning, "SAVED_AT_ONCE", 10)
    monkeypatch.setattr(scanning, "SAVED_EVERY", 0.02)


async def until(true: Callable[[], Awaitable[object]]) -> None:
    """Wait until something is true, for twenty seconds."""
    async with asyncio.timeout(20):
        while not await true():  # noqa: ASYNC110  the database tells of no such event
            await asyncio.sleep(0.01)


async def check_whole(shelf: Shelf, paths: list[str]) -> None:
    """Check that each comic is listed once, was read, and is counted."""
    read = await shelf.ask("""
        SELECT f.path, title, tags->>'title', search_key LIKE '%' || lower(title) || '%'
          FROM files AS f JOIN file_tags ON file_id = id JOIN file_search USING (file_id)
         WHERE fault IS NULL AND read_mtime_ns = mtime_ns ORDER BY path
    """)
    assert read == [(path, f"Number {path}", f"Number {path}", True) for path in paths]
    assert await shelf.present() == paths
    assert await shelf.ask("SELECT sum(present)::int FROM counts") == [len(paths)]


async def test_the_first_scan_lists_and_reads_every_comic(shelf: Shelf) -> None:
    paths = write_comics(shelf.root, 60)
    progress = await shelf.scan(readers=2)
    assert progress == Progress(seen=60, added=60, to_read=60, read=60)
    await check_whole(shelf, paths)
    newest = await shelf.newest()
    assert newest.state == "done"
    assert newest.started_at
    assert newest.finished_at
    assert (newest.seen, newest.added, newest.read, newest.error) == (60, 60, 60, None)
    assert await shelf.ask("SELECT scanned_at IS NOT NULL FROM libraries") == [True]


async def test_a_library_without_comics_is_scanned_with_nothing_to_tell(shelf: Shelf) -> None:
    assert await shelf.scan() == Progress()
    assert (await shelf.newest()).state == "done"


async def test_a_second_scan_touches_no_row(shelf: Shelf) -> None:
    write_comics(shelf.root, 30)
    (shelf.root / "bad.cbz").write_bytes(b"PK\3\4")
    await shelf.scan()
    before = await shelf.versions()
    assert await shelf.scan() == Progress(seen=31)
    assert await shelf.versions() == before


@pytest.mark.parametrize("changed", ["size", "time"])
async def test_a_comic_that_has_changed_is_read_again_and_no_other(
    shelf: Shelf, changed: str
) -> None:
    comic = write_comic(shelf.root / "a.cbz", "Old")
    write_comic(shelf.root / "b.cbz", "Other")
    await shelf.scan()
    other = await shelf.ask("SELECT xmin::text, f FROM files AS f WHERE path = 'b.cbz'")
    before = comic.stat()
    write_comic(comic, "New" if changed == "time" else "Another title")
    later = before.st_mtime_ns + (1 if changed == "time" else 0)
    os.utime(comic, ns=(later, later))
    assert (comic.stat().st_size == before.st_size) == (changed == "time")
    assert await shelf.scan() == Progress(seen=2, changed=1, to_read=1, read=1)
    assert (await shelf.ask("SELECT title FROM files ORDER BY path"))[0] != "Old"
    assert await shelf.ask("SELECT xmin::text, f FROM files AS f WHERE path = 'b.cbz'") == other


async def test_a_comic_that_vanished_keeps_its_row_and_returns_to_it(shelf: Shelf) -> None:
    comic = write_comic(shelf.root / "a.cbz", "Number a.cbz")
    write_comic(shelf.root / "b.cbz")
    await shelf.scan()
    known = await shelf.ask("UPDATE files SET marked = true WHERE path = 'a.cbz' RETURNING id")
    comic.rename(shelf.root / "aside")
    assert await shelf.scan() == Progress(seen=1, vanished=1)
    assert await shelf.ask("SELECT id FROM files WHERE missing_since IS NOT NULL") == known
    assert await shelf.present() == ["b.cbz"]
    before = await shelf.versions()
    assert await shelf.scan() == Progress(seen=1)
    assert await shelf.versions() == before
    (shelf.root / "aside").rename(comic)
    assert await shelf.scan() == Progress(seen=2, returned=1)
    assert await shelf.ask("SELECT id, title, marked FROM files WHERE path = 'a.cbz'") == [
        (known[0], "Number a.cbz", True)
    ]


async def test_a_comic_that_returns_changed_is_read_again(shelf: Shelf) -> None:
    comic = write_comic(shelf.root / "a.cbz", "Old")
    write_comic(shelf.root / "b.cbz")
    await shelf.scan()
    comic.unlink()
    await shelf.scan()
    write_comic(comic, "Newer")
    assert await shelf.scan() == Progress(seen=2, changed=1, returned=1, to_read=1, read=1)
    assert await shelf.ask("SELECT title, missing_since FROM files WHERE path = 'a.cbz'") == [
        ("Newer", None)
    ]


async def test_a_renamed_comic_is_one_gone_and_one_new(shelf: Shelf) -> None:
    write_comic(shelf.root / "old.cbz").rename(shelf.root / "new.cbz")
    write_comic(shelf.root / "old.cbz")
    await shelf.scan()
    (shelf.root / "old.cbz").rename(shelf.root / "newer.cbz")
    assert await shelf.scan() == Progress(seen=2, added=1, vanished=1, to_read=1, read=1)
    assert await shelf.present() == ["new.cbz", "newer.cbz"]


def write_faulty_archives(root: Path) -> list[str]:
    """Write what no program can read, and return the paths as they are listed."""
    sound = write_comic(root / "sound.cbz").read_bytes()
    faulty = {
        b"cut.cbz": sound[: len(sound) // 2],
        b"empty.cbr": b"",
        b"odd \xff.cb7": b"What is this?",
        b"page.cbz": b"<!DOCTYPE html><title>404</title>",
        b"tape.cbt": b"\x1f\x8b\x08" + bytes(40),
    }
    for name, content in faulty.items():
        (root / os.fsdecode(name)).write_bytes(content)
    return sorted(to_text(os.fsdecode(name)) for name in faulty)


async def test_every_faulty_archive_is_a_row_with_a_sentence(shelf: Shelf) -> None:
    faulty = write_faulty_archives(shelf.root)
    progress = await shelf.scan(readers=2)
    assert (progress.read, progress.faulty, progress.faults) == (6, 5, [])
    rows = await shelf.ask("SELECT path, fault FROM files WHERE fault IS NOT NULL ORDER BY path")
    assert [path for path, _ in rows] == faulty
    assert all(fault.endswith(".") and len(fault.split()) > 3 for _, fault in rows)
    assert await shelf.scan() == Progress(seen=6)


@needs_eio
async def test_a_new_comic_that_the_disk_cannot_read_is_tried_again(shelf: Shelf) -> None:
    comic = shelf.root / "a.cbz"
    comic.symlink_to(EIO)
    for _ in range(2):
        progress = await shelf.scan()
        assert (progress.to_read, progress.read, progress.faulty) == (1, 1, 1)
        assert progress.faults == (await shelf.newest()).faults
        (fault,) = progress.faults
        assert fault.startswith("a.cbz: The disk could not read this file just now (Input/output")
        assert fault.endswith(" The next scan tries it again.")
        assert await shelf.ask("SELECT fault IS NOT NULL FROM files") == [True]
    comic.unlink()
    write_comic(comic, "Number a.cbz")
    assert (await shelf.scan()).faulty == 0
    await check_whole(shelf, ["a.cbz"])


@needs_eio
async def test_what_an_earlier_scan_read_stays_while_the_disk_cannot_read_the_file(
    shelf: Shelf,
) -> None:
    comic = write_comic(shelf.root / "a.cbz", "Number a.cbz")
    await shelf.scan()
    before = await shelf.versions()
    comic.rename(shelf.root / "aside")
    comic.symlink_to(EIO)
    for _ in range(2):
        progress = await shelf.scan()
        assert (progress.changed, progress.faulty, len(progress.faults)) == (1, 1, 1)
        assert await shelf.versions() == before
    (shelf.root / "aside").rename(comic)
    assert await shelf.scan() == Progress(seen=1)
    await check_whole(shelf, ["a.cbz"])


async def check_refused(shelf: Shelf, sentence: str, *, accept_empty: bool = False) -> None:
    """Check that a scan stops with this sentence, and touches nothing."""
    before = await shelf.versions()
    with pytest.raises(ScanError, match=sentence):
        await shelf.scan(accept_empty=accept_empty)
    assert await shelf.versions() == before
    newest = await shelf.newest()
    assert newest.state == "failed"
    assert newest.finished_at
    assert sentence in str(newest.error)


async def test_a_folder_that_is_missing_stops_the_scan_and_touches_no_row(shelf: Shelf) -> None:
    write_comics(shelf.root, 3)
    await shelf.scan()
    shelf.root.rename(shelf.root.with_name("elsewhere"))
    await check_refused(shelf, "is not there")
    await check_refused(shelf, "is not there", accept_empty=True)


async def test_a_folder_that_turns_up_empty_stops_the_scan_and_touches_no_row(
    shelf: Shelf,
) -> None:
    write_comics(shelf.root, 3)
    await shelf.scan()
    (shelf.root / "00").rename(shelf.root.with_name("elsewhere"))
    await check_refused(shelf, "holds no comics, but the index knows of some")


async def test_a_folder_that_is_meant_to_be_empty_may_be(shelf: Shelf) -> None:
    write_comics(shelf.root, 3)
    await shelf.scan()
    (shelf.root / "00").rename(shelf.root.with_name("elsewhere"))
    assert await shelf.scan(accept_empty=True) == Progress(vanished=3)
    assert await shelf.scan() == Progress()
    (shelf.root.with_name("elsewhere")).rename(shelf.root / "00")
    assert await shelf.scan() == Progress(seen=3, returned=3)


@pytest.mark.parametrize("known", [0, 3])
@pytest.mark.parametrize("accept_empty", [False, True])
async def test_a_folder_that_cannot_be_listed_is_not_an_empty_one(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, known: int, *, accept_empty: bool
) -> None:
    write_comics(shelf.root, known)
    await shelf.scan()

    def fail(path: str) -> object:
        raise OSError(5, "Input/output error", path)

    monkeypatch.setattr(os, "scandir", fail)
    sentence = "could not be listed: Input/output error. Nothing was changed."
    await check_refused(shelf, sentence, accept_empty=accept_empty)


async def test_the_comics_of_a_folder_that_cannot_be_listed_do_not_vanish(shelf: Shelf) -> None:
    """The names of two folders begin like that of the one, whose disk is away."""
    disk = shelf.root.with_name("disk")
    for folder in ("Manga", "Manga 2", "Mang"):
        write_comic(shelf.root / folder / "a.cbz")
        write_comic(shelf.root / folder / "b.cbz")
    write_comic(disk / "inner" / "c.cbz")
    (shelf.root / "Manga" / "link").symlink_to(disk)
    await shelf.scan()
    disk.rename(disk.with_name("away"))
    (shelf.root / "Manga" / "b.cbz").unlink()
    (shelf.root / "Manga 2" / "b.cbz").unlink()
    progress = await shelf.scan()
    assert (progress.seen, progress.vanished) == (4, 2)
    assert progress.faults == ["Manga/link/ leads to nothing."]
    assert await shelf.present() == [
        "Mang/a.cbz",
        "Mang/b.cbz",
        "Manga 2/a.cbz",
        "Manga/a.cbz",
        "Manga/link/inner/c.cbz",
    ]


async def test_a_second_scan_at_the_same_time_is_refused_at_once(shelf: Shelf) -> None:
    write_comics(shelf.root, 3)
    await shelf.scan()
    async with engine.job(shelf.url) as other:
        assert await scans.begin(other, 1)
        async with asyncio.timeout(2):
            with pytest.raises(Busy, match=r"Another scan of .*/comics is running"):
                await shelf.scan()
        assert len(await scans.newest(other, 9)) == 2
    assert await shelf.scan() == Progress(seen=3)


async def test_of_two_scans_that_start_together_one_does_it_all(shelf: Shelf) -> None:
    paths = write_comics(shelf.root, 40)
    outcomes = await asyncio.gather(shelf.scan(), shelf.scan(), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Busy, Progress}
    await check_whole(shelf, paths)


async def test_two_libraries_are_scanned_at_the_same_time(shelf: Shelf, tmp_path: Path) -> None:
    other = await put_up(tmp_path / "more", shelf.url, shelf.conn)
    write_comics(shelf.root, 5)
    write_comics(tmp_path / "more", 5)
    await asyncio.gather(shelf.scan(), other.scan())
    assert len(await shelf.present()) == 10


@pytest.mark.usefixtures("quick_tongue")
async def test_progress_is_told_and_stored_while_the_scan_runs(shelf: Shelf) -> None:
    write_comics(shelf.root, 200)
    told: list[tuple[int, int]] = []
    task = asyncio.create_task(
        shelf.scan(tell=lambda progress: told.append((progress.seen, progress.read)))
    )
    stored: list[Scan] = []
    async with engine.job(shelf.url) as conn:
        while not task.done():
            stored += await scans.newest(conn, 1)
            await conn.commit()
            await asyncio.sleep(0.01)
    running = [one for one in stored if one.state == "running"]
    assert {one.id for one in running} == {1}
    assert any(0 < one.read < one.to_read == 200 for one in running)
    assert [one.read for one in stored] == sorted(one.read for one in stored)
    assert told == sorted(told)
    assert any(0 < read < 200 for _, read in told)
    assert told[-1] == (200, 200)


@pytest.mark.usefixtures("quick_tongue")
async def test_comics_are_listed_by_their_names_before_they_are_read(shelf: Shelf) -> None:
    paths = write_comics(shelf.root, 200)
    task = asyncio.create_task(shelf.scan())
    unread = "SELECT count(*)::int FROM files WHERE read_mtime_ns IS NULL"
    met: set[int] = set()
    async with engine.job(shelf.url) as conn:
        other = shelf._replace(conn=conn)
        while not task.done():
            if await other.present():
                assert await other.present() == paths
                met.update(await other.ask(unread))
    assert max(met) == 200
    assert len(met) > 3


@pytest.mark.usefixtures("quick_tongue")
async def test_a_scan_beats_while_it_runs(shelf: Shelf) -> None:
    write_comics(shelf.root, 100)
    task = asyncio.create_task(shelf.scan())
    beats: set[Any] = set()
    async with engine.job(shelf.url) as conn:
        other = shelf._replace(conn=conn)
        while not task.done():
            beats.update(await other.ask("SELECT heartbeat_at FROM scans"))
            await asyncio.sleep(0.01)
    assert len(beats) > 5


async def test_a_scan_that_nobody_can_be_told_of_ends(shelf: Shelf) -> None:
    """As `longbox scan | head` does, whose output is a closed pipe after some lines."""
    write_comics(shelf.root, 20)

    def tell(_: Progress) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await shelf.scan(tell=tell)
    assert (await shelf.newest()).state == "interrupted"


@pytest.mark.usefixtures("quick_tongue")
async def test_a_cancelled_scan_is_interrupted_and_the_next_goes_on(shelf: Shelf) -> None:
    paths = write_comics(shelf.root, 200)
    task = asyncio.create_task(shelf.scan())
    read = "SELECT count(*)::int FROM files WHERE read_mtime_ns IS NOT NULL"
    async with engine.job(shelf.url) as conn:
        other = shelf._replace(conn=conn)
        await until(lambda: other.ask(f"{read} HAVING count(*) > 20"))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        newest = await other.newest()
        assert (newest.state, newest.error) == ("interrupted", "It was stopped before its end.")
        (done,) = await other.ask(read)
    assert 20 < done < 200
    progress = await shelf.scan()
    assert (progress.added, progress.to_read) == (0, 200 - done)
    await check_whole(shelf, paths)
    assert not processes.below(os.getpid(), "scanner.reader")


@pytest.mark.usefixtures("quick_tongue")
async def test_a_scan_may_be_cancelled_at_any_moment(shelf: Shelf) -> None:
    """In each statement and between any two, until there is one that is not caught in time."""
    paths = write_comics(shelf.root, 60)
    moment = 0.0
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(shelf.scan(), moment)
            break
        await shelf.ask("DELETE FROM files RETURNING id")
        moment += 0.011
    await check_whole(shelf, paths)
    assert set(await shelf.ask("SELECT state FROM scans")) == {"interrupted", "done"}


@pytest.mark.usefixtures("quick_tongue")
async def test_readers_killed_in_the_middle_lose_nothing(shelf: Shelf) -> None:
    paths = write_comics(shelf.root, 300)
    task = asyncio.create_task(shelf.scan(readers=2))
    killed: set[int] = set()
    while not task.done():
        readers = await asyncio.to_thread(processes.below, os.getpid(), "scanner.reader")
        if len(killed) < 4:
            for reader in readers:
                processes.kill(reader.pid, signal.SIGKILL)
                killed.add(reader.pid)
        await asyncio.sleep(0.15)
    assert len(killed) >= 4
    assert (await task).faulty == 0
    await check_whole(shelf, paths)


LATEST = """
    SELECT pid, pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')
      FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend'
       AND pid <> pg_backend_pid()
     ORDER BY backend_start DESC LIMIT 2
"""


@pytest.mark.usefixtures("quick_tongue")
@pytest.mark.parametrize("holds_lock", [False, True])
async def test_a_scan_that_loses_a_connection_ends_and_the_next_goes_on(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, *, holds_lock: bool
) -> None:
    monkeypatch.setattr(differences, "CHUNK", 20)
    paths = write_comics(shelf.root, 300)
    task = asyncio.create_task(shelf.scan())
    async with engine.job(shelf.url) as conn:
        other = shelf._replace(conn=conn)
        await until(lambda: other.ask("SELECT 1 FROM files WHERE read_mtime_ns IS NOT NULL"))
        dropped = [pid for pid, holds in await other.ask(LATEST) if holds == holds_lock]
        await other.ask(f"SELECT pg_terminate_backend({dropped[0]})")
        assert len(dropped) == 1
    with pytest.raises(OperationalError):
        await task
    progress = await shelf.scan()
    assert (progress.added, progress.seen) == (0, 300)
    await check_whole(shelf, paths)


async def test_a_library_larger_than_a_chunk_is_read_whole(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "CHUNK", 7)
    paths = write_comics(shelf.root, 50)
    assert await shelf.scan() == Progress(seen=50, added=50, to_read=50, read=50)
    await check_whole(shelf, paths)
