"""A library on a disk and in the database, for the tests of scans."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, libraries, scans
from db.libraries import Library
from db.scans import Progress, Scan
from scanner import scan as scanning
from scanner.scan import Orders, Tell, scan

ROWS = """
    SELECT array_agg(xmin::text || ' ' || f::text ORDER BY f::text) FROM {} AS f
"""
TOUCHED = (
    "files",
    "file_tags",
    "file_search",
    "counts",
    "folders",
)  # by a scan, beside its own row


class Shelf(NamedTuple):
    """A library's folder, and what the database knows of it."""

    root: Path
    library: Library
    url: URL
    conn: AsyncConnection

    async def scan(
        self,
        folder: str | None = None,
        *,
        readers: int = 1,
        accept_empty: bool = False,
        tell: Tell = lambda _: None,
    ) -> Progress:
        """Scan it as the command does, all or a folder or file of it."""
        orders = Orders(readers=readers, accept_empty=accept_empty, folder=folder)
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
