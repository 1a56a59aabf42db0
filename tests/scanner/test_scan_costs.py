"""What a scan costs: as much as has changed, and no more of anything the more comics there are."""

import asyncio
import os
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import URL

from db import differences, engine, libraries
from db.differences import Listing, Seen
from db.scans import Progress
from scanner import scan as scanning
from scanner.scan import ScanError
from tests.disk import write_comic, write_comics
from tests.scanner.conftest import Shelf
from tests.wire_tap import Tap, tap

SIZES = ("files", "file_tags", "file_search", "folders", "counts", "tallies")


@pytest.fixture
async def wire(url: URL) -> AsyncIterator[Tap]:
    """Have a tap on the way to the database."""
    async with tap(url) as opened:
        yield opened


def spoil(path: Path) -> None:
    """Make a comic unreadable, which no listing of its folder shows."""
    before = path.stat()
    with path.open("r+b") as file:
        file.write(bytes(before.st_size))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


async def test_a_rescan_opens_no_comic_that_is_listed_as_it_was(shelf: Shelf) -> None:
    """Libraries of others were read through for hours each night."""
    paths = write_comics(shelf.root, 60)
    await shelf.scan()
    for path in paths:
        spoil(shelf.root / path)
    write_comic(shelf.root / "00" / "new.cbz")
    assert await shelf.scan() == Progress(seen=61, added=1, to_read=1, read=1)


async def test_a_rescan_costs_the_same_statements_however_many_comics_and_rescans(
    shelf: Shelf, wire: Tap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as a walk hands them over at once; each scanner.walk.CHUNK more is a little more."""
    monkeypatch.setattr(scanning, "SAVED_EVERY", 600)  # nor does it beat meanwhile
    tapped = shelf._replace(url=wire.url)
    cost = []
    for count in (60, 1_500):
        write_comics(shelf.root, count)
        await shelf.scan()
        for _ in range(3):
            wire.sent.clear()
            assert await tapped.scan() == Progress(seen=count)
            cost.append(wire.round_trips)
    assert len(set(cost)) == 1, cost


async def test_rescans_leave_every_table_as_large_as_it_was(shelf: Shelf) -> None:
    write_comics(shelf.root, 60)
    await shelf.scan()
    size = " + ".join(f"pg_relation_size('{table}')" for table in SIZES)
    before = await shelf.ask(f"SELECT {size}")
    for _ in range(5):
        await shelf.scan()
    assert await shelf.ask(f"SELECT {size}") == before


async def invent(count: int) -> AsyncIterator[list[Listing]]:
    """Be a walk that meets so many comics, fifty to a folder, and no folder that is known."""
    for folder in range(count // 50):
        seen = [Seen(f"{folder:06}/{n}.cbz", n, n, folder * 50 + n) for n in range(50)]
        yield [Listing(f"{folder:06}/", None, is_mount=False, seen=seen)]


async def test_what_a_scan_holds_in_memory_does_not_grow_with_the_library(url: URL) -> None:
    """Libraries of others took all there was, and the scan was killed."""
    peaks = []
    async with engine.job(url) as conn:
        library = await libraries.ensure(conn, "/comics", "comics")
        for count in (1_000, 2_000, 20_000):
            tracemalloc.start()
            await differences.bring(conn, library, invent(count))
            await differences.check(conn, library, folder=None, unlisted=[])
            await differences.compare(conn, library, unlisted=[])
            met = sum([len(chunk) async for chunk in differences.unread(conn)])
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert met == count
            await conn.invalidate()
    assert peaks[2] < 2 * peaks[1], peaks


@pytest.mark.usefixtures("quick_tongue")
async def test_lists_and_health_answer_and_lists_grow_while_a_scan_runs(
    shelf: Shelf, client: ASGIConductor
) -> None:
    """The programs of others were restarted in the middle of a scan, as they did not answer."""
    write_comics(shelf.root, 300)
    task = asyncio.create_task(shelf.scan())
    totals: list[int] = []
    read: list[int] = []
    while not task.done():
        for path in ("/health/live", "/health/ready", "/api/files?search=number"):
            assert (await client.simulate_get(path)).status_code == 200
        listed = (await client.simulate_get("/api/files")).json
        totals.append(listed["total_files"])
        read.append(sum(bool(file["title"]) for file in listed["files"]))
    assert (await task).read == 300
    assert totals == sorted(totals)
    assert read == sorted(read)
    assert len({*read}) > 3, read


async def test_a_share_that_comes_back_is_as_it_was_and_nothing_is_read_again(shelf: Shelf) -> None:
    """Programs of others read all of it once more, or had marked it as deleted."""
    write_comics(shelf.root, 3)
    await shelf.scan()
    await shelf.ask("UPDATE files SET marked = true WHERE id = 1 RETURNING id")
    before = await shelf.versions()
    shelf.root.rename(shelf.root.with_name("away"))
    for mounted in (False, True):  # at last the folder where it belongs is there, and empty
        if mounted:
            shelf.root.mkdir()
        with pytest.raises(ScanError):
            await shelf.scan()
    shelf.root.rmdir()
    shelf.root.with_name("away").rename(shelf.root)
    assert await shelf.scan() == Progress(seen=3)
    assert await shelf.versions() == before
