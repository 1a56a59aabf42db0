"""Scans and workers agree on who has changed a comic, whichever of them comes first."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

from comics import telling
from comics.tag_edits import Set, TagEdits
from db import differences, engine, touched
from db.differences import Listing, Seen, Unread
from db.rows import bounded, combine, signed
from scanner.scan import Orders, Pass, save
from tests.disk import write_comic
from tests.scanner.conftest import Shelf
from tests.worker.conftest import Batched, ended, work_off, working

COMICS = 120
EDITS = TagEdits((Set("publisher", "P"),))
BEGUN = """
    UPDATE batch_items SET state = 'running', worker = 'w', lease = now(), plan = '{}'
    RETURNING seq
"""
ROWS = "SELECT id, path, size, mtime_ns, missing_since FROM files ORDER BY id"


def walk(shelf: Shelf) -> list[Listing]:
    """Say what a walk sees now, and where it is."""
    folders: dict[str, list[Seen]] = {}
    for path in sorted(shelf.root.rglob("*.cbz")):
        name, found = path.relative_to(shelf.root).as_posix(), path.stat()
        seen = Seen(name, found.st_size, bounded(found.st_mtime_ns), signed(found.st_ino))
        folders.setdefault(name.rpartition("/")[0] + "/", []).append(seen)
    return [Listing(name, b"new", is_mount=False, seen=seen) for name, seen in folders.items()]


async def store(shelf: Shelf, walked: list[Listing], since: int) -> None:
    """Do with what a walk has seen at some time what a scan does with it now."""

    async def chunks() -> AsyncIterator[list[Listing]]:
        yield walked

    conn = shelf.conn
    await differences.bring(conn, shelf.library.id, chunks())
    await differences.check(conn, shelf.library.id, folder=None, unlisted=[])
    await differences.compare(conn, shelf.library.id, unlisted=[])
    await touched.spare(conn, shelf.library.id, since)
    await differences.apply(conn, shelf.library.id)
    await differences.trust(conn, shelf.library.id)


async def test_what_a_batch_renames_after_a_walk_is_neither_gone_nor_new(
    shelf: Shelf, make_batch: Batched
) -> None:
    for number in range(3):
        write_comic(shelf.root / f"Saga/{number}.cbz", "x", Number=str(number))
    await shelf.scan()
    since, walked = await touched.newest(shelf.conn), walk(shelf)
    await work_off(shelf, await make_batch("process"))
    rows = await shelf.ask(ROWS)
    await store(shelf, walked, since)
    assert await shelf.ask(ROWS) == rows
    ids = [row[0] for row in rows]
    assert await touched.among(shelf.conn, ids, since) == set(ids)
    assert await touched.among(shelf.conn, ids, await touched.newest(shelf.conn)) == set()
    scanned = await shelf.scan()
    assert (scanned.added, scanned.vanished, scanned.to_read) == (0, 0, 0)


async def test_what_a_worker_has_renamed_but_not_saved_is_neither_gone_nor_new(
    shelf: Shelf, make_batch: Batched
) -> None:
    write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    rows = await shelf.ask(ROWS)
    await make_batch("rename")
    await shelf.ask(BEGUN.format('{"after": {"path": "Saga/b.cbz"}}'))
    since = await touched.newest(shelf.conn)
    (shelf.root / "Saga/a.cbz").rename(shelf.root / "Saga/b.cbz")
    await store(shelf, walk(shelf), since)
    assert await shelf.ask(ROWS) == rows


async def test_what_was_read_before_a_worker_wrote_is_not_saved_after_it(
    shelf: Shelf, make_batch: Batched
) -> None:
    comic = write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    ((file, path, size, mtime_ns, _),) = await shelf.ask(ROWS)
    under_way = Pass(
        *(shelf.conn, shelf.conn, shelf.library, 1, await touched.newest(shelf.conn), Orders())
    )
    seen = Unread(file, path, size, mtime_ns, signed(comic.stat().st_ino), is_new=False)
    reading = combine(seen, telling.columns(telling.read(str(comic), path), path))
    await work_off(shelf, await make_batch("tags", edits=EDITS))
    await save(under_way, [reading])
    assert await shelf.ask("SELECT publisher, size > 0 FROM files") == [("P", True)]
    assert (await shelf.scan()).to_read == 0


async def test_what_was_changed_beside_a_worker_is_seen_by_the_next_scan(
    shelf: Shelf, make_batch: Batched
) -> None:
    """The folder of what a scan has left alone is not trusted."""
    comic = write_comic(shelf.root / "Saga/a.cbz", "x", Number="1")
    await shelf.scan()
    await make_batch("rename")
    await shelf.ask(BEGUN.format("{}"))
    write_comic(comic, "by hand", Number="1")
    await shelf.scan()
    assert await shelf.ask("SELECT title FROM files") == ["x"]
    await shelf.ask("DELETE FROM batch_items RETURNING seq")
    await shelf.scan()
    assert await shelf.ask("SELECT title FROM files") == ["by hand"]


async def test_scans_that_run_while_a_batch_renames_lose_nothing_and_list_nothing_twice(
    shelf: Shelf, make_batch: Batched
) -> None:
    for number in range(COMICS):
        write_comic(shelf.root / f"Saga {number % 7}/{number}.cbz", "x", Number=str(number))
    await shelf.scan()
    ids = await shelf.ask("SELECT id FROM files ORDER BY id")
    batches = [await make_batch("process"), await make_batch("tags", edits=EDITS)]
    async with engine.job(shelf.url) as conn, working(shelf, 2):
        beside = shelf._replace(conn=conn)
        waiting = asyncio.create_task(ended(shelf, *batches))
        while not waiting.done():
            await beside.scan()
        first, second = await waiting
    assert (first.done, second.done) == (COMICS, COMICS)
    await shelf.scan()
    assert await shelf.ask("SELECT id FROM files WHERE missing_since IS NULL ORDER BY id") == ids
    there = (path.relative_to(shelf.root).as_posix() for path in shelf.root.rglob("*.cbz"))
    assert Counter(await shelf.present()) == Counter(there)
    listed = "SELECT path FROM files WHERE fragment LIKE '%' || path || '%' AND publisher = 'P'"
    assert len(await shelf.ask(listed)) == COMICS
