"""Watching real folders through the real system, until it cannot."""

import asyncio
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog
import watchfiles
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, libraries, watches
from scanner import changes, listening, watching
from scanner.listening import Unwatchable
from tests.disk import write_comic

Start = Callable[[], "asyncio.Task[None]"]

# Eight watches for a namespace of our own, and a folder that needs more.
LIMITED = """
    echo 8 > /proc/sys/user/max_inotify_watches && exec "$@"
"""
LISTEN = """
import asyncio, sys
from scanner.listening import Unwatchable, changes
async def main():
    try:
        await anext(changes(sys.argv[1], []))
    except Unwatchable as why:
        print(why)
asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be quiet sooner than for a user."""
    monkeypatch.setattr(changes, "QUIET", 0.6)
    monkeypatch.setattr(listening, "TICK", 100)
    monkeypatch.setattr(watching, "LOOK", 0.1)
    monkeypatch.setattr(watching, "AGAIN", 0.2)


@pytest.fixture
async def start(url: URL) -> AsyncIterator[Start]:
    """Return a function that starts to watch, which ends with the test."""
    started: list[asyncio.Task[None]] = []

    def start() -> asyncio.Task[None]:
        started.append(asyncio.create_task(watching.run(partial(engine.job, url))))
        return started[-1]

    yield start
    for task in started:
        task.cancel()
    await asyncio.gather(*started, return_exceptions=True)


@pytest.fixture
async def library(root: Path, conn: AsyncConnection) -> int:
    """Have a library that is to be watched, with a folder in it."""
    (root / "Saga").mkdir()
    number = await libraries.ensure(conn, str(root), root.name)
    await libraries.change(conn, number, {"watch": True})
    await conn.commit()
    return number


async def state(conn: AsyncConnection, library: int) -> str:
    """Return how the library is watched."""
    found = await libraries.one(conn, library)
    await conn.commit()
    assert found
    return found.watching


async def is_watched(conn: AsyncConnection, library: int, how: str = "on") -> None:
    """Wait until the library is watched, or is not."""
    async with asyncio.timeout(10):
        while not (await state(conn, library)).startswith(how):  # noqa: ASYNC110  as in until
            await asyncio.sleep(0.02)


async def asked(conn: AsyncConnection, count: int) -> list[str | None]:
    """Wait until so many scans are asked for, and return of what."""
    async with asyncio.timeout(10):
        while True:
            found = list(await conn.scalars(text("SELECT folder FROM scans ORDER BY id")))
            await conn.commit()
            if len(found) >= count:
                return found
            await asyncio.sleep(0.02)


async def settle(conn: AsyncConnection) -> list[str | None]:
    """Wait until whatever has changed would have been asked for."""
    await asyncio.sleep(1.6)
    return await asked(conn, 0)


async def test_a_new_comic_is_asked_for(
    start: Start, conn: AsyncConnection, root: Path, library: int
) -> None:
    start()
    await is_watched(conn, library)
    write_comic(root / "Saga" / "1.cbz")
    assert await asked(conn, 1) == ["Saga/1.cbz"]


async def test_a_comic_is_asked_for_once_it_is_written(
    start: Start,
    conn: AsyncConnection,
    root: Path,
    library: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes, "QUIET", 1.5)
    start()
    await is_watched(conn, library)
    with (root / "1.cbz").open("wb") as slow:
        for _ in range(20):
            slow.write(b"PK" * 1_000)
            slow.flush()
            await asyncio.sleep(0.1)
            assert await asked(conn, 0) == []
    assert await asked(conn, 1) == ["1.cbz"]


async def test_a_new_tree_of_folders_is_asked_for_as_one(
    start: Start, conn: AsyncConnection, root: Path, library: int
) -> None:
    """The system may not tell of what comes into a folder before that is watched itself."""
    start()
    await is_watched(conn, library)
    for number in range(200):
        write_comic(root / "New" / str(number % 9) / f"{number}.cbz")
    assert await asked(conn, 1) == ["New"]
    assert await settle(conn) == ["New"]


async def test_what_was_moved_is_asked_for_where_it_went_from_first(
    start: Start, conn: AsyncConnection, root: Path, library: int
) -> None:
    comic = write_comic(root / "Saga" / "1.cbz")
    await list_file(conn, library, "Saga/1.cbz")
    start()
    await is_watched(conn, library)
    comic.rename(root / "0.cbz")
    assert await asked(conn, 2) == ["Saga/1.cbz", "0.cbz"]


async def test_a_folder_that_went_is_asked_for_if_comics_of_it_are_known(
    start: Start, conn: AsyncConnection, root: Path, library: int
) -> None:
    (root / "Other").mkdir()
    await list_file(conn, library, "Saga/deep/1.cbz")
    start()
    await is_watched(conn, library)
    shutil.rmtree(root / "Other")
    shutil.rmtree(root / "Saga")
    assert await asked(conn, 1) == ["Saga"]
    assert await settle(conn) == ["Saga"]


async def list_file(conn: AsyncConnection, library: int, path: str) -> None:
    """Have a row of this path."""
    await conn.execute(
        text("""
            INSERT INTO files (library_id, path, sort_key, size, mtime_ns, inode, fragment)
            VALUES (:library, :path, '', 1, 1, 1, '')
        """),
        {"library": library, "path": path},
    )
    await conn.commit()


async def test_what_no_scan_would_look_at_is_not_asked_for(
    start: Start, conn: AsyncConnection, root: Path, library: int
) -> None:
    await libraries.change(conn, library, {"excludes": ["Extras/", "*.tmp.cbz"]})
    await conn.commit()
    (root / "Extras").mkdir()
    (root / ".hidden").mkdir()
    start()
    await is_watched(conn, library)
    for name in ("Extras/1.cbz", "a.tmp.cbz", ".hidden/1.cbz", ".b.cbz", "@eaDir/c.cbz"):
        write_comic(root / name)
    (root / "Saga" / "cover.jpg").write_bytes(b"")
    (root / "Saga" / "cover.jpg").unlink()
    assert await settle(conn) == []


async def test_after_a_name_that_is_no_text_the_library_is_asked_for_and_watched_on(
    start: Start, conn: AsyncConnection, root: Path, library: int
) -> None:
    start()
    await is_watched(conn, library)
    os.mknod(bytes(root / "Saga") + b"/\xff.cbz")
    assert await asked(conn, 1) == [None]
    await conn.execute(text("DELETE FROM scans"))
    await conn.commit()
    write_comic(root / "1.cbz")
    assert await asked(conn, 1) == ["1.cbz"]
    assert await state(conn, library) == "on"


async def test_a_watch_begins_and_ends_as_the_library_says(
    start: Start, conn: AsyncConnection, root: Path, library: int
) -> None:
    await libraries.change(conn, library, {"watch": False})
    await conn.commit()
    start()
    assert await settle(conn) == []
    assert await state(conn, library) == "off"
    await libraries.change(conn, library, {"watch": True})
    await conn.commit()
    await is_watched(conn, library)
    await libraries.change(conn, library, {"watch": False})
    await conn.commit()
    await is_watched(conn, library, "off")
    write_comic(root / "1.cbz")
    assert await settle(conn) == []


async def test_a_library_that_is_pointed_elsewhere_is_watched_there(
    start: Start, conn: AsyncConnection, root: Path, library: int
) -> None:
    elsewhere = root.with_name("elsewhere")
    elsewhere.mkdir()
    start()
    await is_watched(conn, library)
    await libraries.change(conn, library, {"root": str(elsewhere)})
    await conn.commit()
    await asyncio.sleep(0.5)
    await is_watched(conn, library)
    write_comic(root / "1.cbz")
    write_comic(elsewhere / "2.cbz")
    assert await asked(conn, 1) == ["2.cbz"]


async def test_whoever_was_killed_watches_no_longer(
    start: Start, conn: AsyncConnection, library: int
) -> None:
    task = start()
    await is_watched(conn, library)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await state(conn, library) == "off"


async def test_one_watches_and_the_next_takes_over(
    start: Start, conn: AsyncConnection, library: int
) -> None:
    async with engine.job(conn.engine.url) as other:
        assert await watches.begin(other, library)
        start()
        await asyncio.sleep(0.6)
        assert not await watches.begin(conn, library)
        await watches.end(other, library)
    await asyncio.sleep(0.6)
    await is_watched(conn, library)


async def test_a_folder_that_is_not_there_is_told_of_once_and_watched_when_it_is_back(
    start: Start, conn: AsyncConnection, root: Path, library: int
) -> None:
    away = root.with_name("away")
    with structlog.testing.capture_logs() as logs:
        start()
        await is_watched(conn, library)
        shutil.move(root, away)
        await is_watched(conn, library, "unavailable: its folder is not there")
        await asyncio.sleep(0.8)
        shutil.move(away, root)
        await is_watched(conn, library)
    assert [one["why"] for one in logs if one["log_level"] == "warning"] == [
        "its folder is not there"
    ]
    write_comic(root / "1.cbz")
    assert "1.cbz" in await asked(conn, 1)


async def test_where_no_more_files_can_be_opened_the_schedule_is_all_there_is(
    start: Start, conn: AsyncConnection, library: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is real; only the moment is ours: while the watch itself is asked for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    watch: Any = watchfiles.watch

    def watch_without_files(*paths: str, **options: object) -> Iterator[object]:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            yield from watch(*paths, **options)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    with structlog.testing.capture_logs() as logs, monkeypatch.context() as patched:
        patched.setattr(watchfiles, "watch", watch_without_files)
        start()
        await is_watched(conn, library, "unavailable: it has more folders than the system watches")
        await asyncio.sleep(0.5)
    assert [one["event"] for one in logs].count("library not watched") == 1
    await is_watched(conn, library)


def can_limit() -> bool:
    """Tell whether this system lets us have a namespace with a limit of its own."""
    tried = ["unshare", "-Ur", "sh", "-c", LIMITED, "sh", "true"]
    return (
        bool(shutil.which("unshare"))
        and not subprocess.run(tried, check=False, capture_output=True).returncode
    )


@pytest.mark.skipif(not can_limit(), reason="the system's limit is not ours to set")
def test_more_folders_than_the_system_watches_are_told_of(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / str(number)).mkdir()
    listen = [sys.executable, "-c", LISTEN, str(tmp_path)]
    told = subprocess.run(
        ["unshare", "-Ur", "sh", "-c", LIMITED, "sh", *listen],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert told.startswith("it has more folders than the system watches; raise fs.inotify")


async def test_a_folder_that_never_was_there_is_told_of(tmp_path: Path) -> None:
    async with aclosing(listening.changes(str(tmp_path / "nowhere"), [])) as found:
        with pytest.raises(Unwatchable, match="its folder is not there"):
            await anext(found)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look at every folder")
async def test_a_folder_that_is_closed_to_us_is_named(tmp_path: Path) -> None:
    """What lies beyond it would silently not be watched."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    async with aclosing(listening.changes(str(tmp_path), [])) as found:
        with pytest.raises(Unwatchable, match=f"is closed to Longbox: .*{closed}"):
            await anext(found)
    closed.chmod(0o700)
