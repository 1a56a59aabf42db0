"""`longbox backup` and `longbox restore`: what is there afterwards is what was there before."""

import asyncio
import gzip
import json
import tracemalloc
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection
from typer.testing import CliRunner

from cli.backup.archive import Unusable
from cli.backup.command import keep, take_in
from cli.backup.restoring import Report
from cli.commands import app
from comics.rules import Settings
from db import backup, batches, history, libraries, preferences, settings
from db.engine import job
from tests.batches import ended, make, make_undo, work
from tests.conftest import ASTRAY, TABLES, Shelve
from tests.disk import write_comic
from tests.scanner.conftest import Shelf, root, shelf
from tests.worker.conftest import Batched, make_batch, undo, work_off

__all__ = ["make_batch", "root", "shelf", "undo"]

NUMBERS = {"id", "library", "libraries", "file", "files", "event", "missing_since", "made_at"}
USERS = """
    INSERT INTO users (name, name_key, password, role, libraries)
    VALUES ('Ann', 'ann', '$argon2id$secret', 'editor', '{1}'), ('Bob', 'bob', NULL, 'admin', NULL)
"""
TOKENS = """
    INSERT INTO tokens (key, user_id, name, role)
    SELECT '\\xabcd', id, 'Script', 'viewer' FROM users WHERE name = 'Ann'
"""

Ask = Callable[[str], Awaitable[list[Any]]]


@pytest.fixture(autouse=True)
def named(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the commands find the database of the tests."""
    monkeypatch.setenv("DATABASE_URL", database_url)


@pytest.fixture
async def ask(conn: AsyncConnection) -> Ask:
    """Return a function that runs a statement, commits, and returns the rows there are."""

    async def ask(statement: str) -> list[Any]:
        result = await conn.execute(text(statement))
        rows = [tuple(row) for row in result] if result.returns_rows else []
        await conn.commit()
        return rows

    return ask


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return where the backup is."""
    return tmp_path / "longbox.backup"


async def lose_all(ask: Ask) -> None:
    """Have an empty database."""
    await ask(f"TRUNCATE {', '.join(await names(ask))} RESTART IDENTITY")


async def names(ask: Ask) -> list[str]:
    """Return the names of all tables."""
    return [name for (name,) in await ask(TABLES)]


def lines(backup: Path) -> list[dict[str, Any]]:
    """Return the lines of a backup."""
    with gzip.open(backup) as file:
        return [json.loads(line) for line in file]


def write(backup: Path, *lines: object) -> None:
    """Write a backup of these lines."""
    with gzip.open(backup, "wt") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def meant(backup: Path, first: Path) -> list[dict[str, Any]]:
    """Return what a backup says, but for its database's own numbers and what came after another."""
    made = lines(first)[0]["made_at"]
    return [
        {name: value for name, value in line.items() if name not in NUMBERS}
        for line in lines(backup)[:-1]
        if line.get("at", "") < made
    ]


async def fill(conn: AsyncConnection, shelve: Shelve, ask: Ask) -> None:
    """Have something of all that is kept, and as much that is not."""
    marked = await shelve(["Saga/1.cbz", "Été/caf�E9.cbz"], marked=True)
    await shelve(["Saga/2.cbz"], duplicate=True, missing=True)
    await shelve(["Saga/3.cbz", "Saga/4.cbz"])
    await settings.change(conn, {"scan_every_minutes": 7})
    await preferences.change(conn, {"theme": "dark", "odd": "\0"})
    await conn.commit()
    await ask(USERS)
    await ask(TOKENS)
    request = batches.Request("mine", b"digest")
    renamed = await make(conn, marked, title="Renamed", request=request)
    await work(conn)
    await make_undo(conn, renamed)
    await work(conn)
    await make(conn, marked, title="Tried", preview=True)
    await make(conn, marked, title="Fails")
    await work(conn, lambda claimed: ended(claimed, "failed", error="The disk is full."))
    await ask("UPDATE batches SET user_id = 1, who = 'Ann' WHERE title = 'Renamed'")


async def test_what_was_kept_is_there_again_in_an_empty_database(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, kept: Path
) -> None:
    await fill(conn, shelve, ask)
    before = [entry.after for entry in await history.page(conn, 10)]
    await conn.commit()
    assert (await keep(kept))["item"] == 6
    await lose_all(ask)
    report = await take_in(kept)
    assert report == Report(
        settings=["scan_every_minutes"],
        preferences=["odd", "theme"],
        libraries=["/comics"],
        users=["Ann", "Bob"],
        tokens=1,
        marked=2,
        duplicate=1,
        waiting=3,
        batches=3,
        history=6,
        audit=4,
    )
    again = kept.with_name("again")
    await keep(again)
    assert meant(again, kept) == meant(kept, kept)
    assert [entry.after for entry in await history.page(conn, 10)] == before
    assert (await libraries.every(conn))[0].missing == 3
    assert (await conn.execute(ASTRAY)).all() == []


async def test_to_restore_again_changes_nothing_nor_does_a_dry_run(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, kept: Path
) -> None:
    await fill(conn, shelve, ask)
    await keep(kept)
    await lose_all(ask)
    tables = await names(ask)
    told = await take_in(kept, dry_run=True)
    assert [await ask(f"SELECT * FROM {table}") for table in tables] == [[] for _ in tables]  # noqa: S608
    assert await take_in(kept) == told
    state = f"SELECT {', '.join(f'(SELECT array_agg({t}::text ORDER BY {t}::text) FROM {t})' for t in tables)}"  # noqa: S608, E501
    before = await ask(state)
    assert await take_in(kept) == Report()
    assert await ask(state) == before


async def test_marks_wait_for_the_comics_that_the_first_scan_finds(
    shelf: Shelf, ask: Ask, kept: Path
) -> None:
    """One of them is elsewhere by then, one holds other tags, one is gone."""
    for place in range(5):
        write_comic(shelf.root / f"Saga/{place}.cbz", f"Title {place}")
    await shelf.scan()
    await ask("UPDATE files SET marked = true WHERE path <> 'Saga/4.cbz'")
    await keep(kept)
    await lose_all(ask)
    (shelf.root / "Saga/0.cbz").rename(shelf.root / "Zero.cbz")
    write_comic(shelf.root / "Saga/1.cbz", "Title 1", Series="Saga")
    (shelf.root / "Saga/2.cbz").unlink()
    await take_in(kept)
    await shelf.scan()
    rows = await ask("SELECT path, marked, missing_since IS NOT NULL, series FROM files ORDER BY 1")
    assert [row[:3] for row in rows] == [
        ("Saga/1.cbz", True, False),
        ("Saga/2.cbz", True, True),
        ("Saga/3.cbz", True, False),
        ("Saga/4.cbz", False, False),
        ("Zero.cbz", True, False),
    ]
    assert (await take_in(kept)).waiting == 0


async def test_what_was_restored_can_be_undone(
    shelf: Shelf, make_batch: Batched, undo: Batched, ask: Ask, kept: Path
) -> None:
    comic = shelf.root / "Saga/first.cbz"
    write_comic(comic, "Title", Number="1", Series="Saga")
    before = comic.read_bytes()
    await shelf.scan()
    renaming = make_batch("process", settings=Settings(filename_format="{series} {number}"))
    await work_off(shelf, await renaming)
    assert not comic.exists()
    await keep(kept)
    await lose_all(ask)
    await take_in(kept)
    await shelf.scan()
    (batch,) = await batches.newest(shelf.conn, 5)
    (undone,) = await work_off(shelf, await undo(batch))
    assert undone.done == 1
    assert len(comic.read_bytes()) == len(before)


async def test_a_database_in_use_keeps_what_it_has_and_gets_what_it_lacks(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, kept: Path
) -> None:
    await fill(conn, shelve, ask)
    await keep(kept)
    await ask("UPDATE files SET marked = NOT marked WHERE missing_since IS NULL")
    await ask("UPDATE users SET password = 'another', role = 'viewer' WHERE name = 'Ann'")
    await ask("DELETE FROM tokens")
    await ask("DELETE FROM users WHERE name = 'Bob'")
    await ask("DELETE FROM batches WHERE title = 'Fails'")
    await settings.change(conn, {"scan_every_minutes": 8})
    await conn.commit()
    report = await take_in(kept)
    assert report == Report(
        settings=["scan_every_minutes"], users=["Bob"], marked=2, batches=1, history=2
    )
    assert await ask("SELECT count(*) FROM files WHERE marked") == [(4,)]
    assert await ask("SELECT password, role FROM users WHERE name = 'Ann'") == [
        ("another", "viewer")
    ]
    assert await ask("SELECT * FROM tokens") == []
    assert await settings.stored(conn) == {"scan_every_minutes": 7}
    assert [entry.kind for entry in await history.page(conn, 9)] == [
        "undo",
        "undo",
        "rename",
        "rename",
    ]


async def test_what_was_under_way_is_not_begun_again_and_comes_before_what_was_done_since(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, kept: Path
) -> None:
    ids = await shelve(2)
    await make(conn, ids, title="Under way")
    await work(conn, most=1, attempt=lambda one: ended(one, "failed" if one.seq else "done"))
    await ask("UPDATE batches SET state = 'running'")
    await keep(kept)
    await lose_all(ask)
    ids = await shelve(2)
    await make(conn, ids, title="Since")
    await work(conn)
    await take_in(kept)
    assert await ask("SELECT title, state FROM batches ORDER BY event") == [
        ("Under way", "cancelled"),
        ("Since", "done"),
    ]
    past = await history.page(conn, 9)
    assert [(entry.event < 0, entry.batch) for entry in past] == [(False, 1), (False, 1), (True, 2)]


async def test_a_comic_that_has_moved_is_known_by_its_pages_unless_it_may_be_the_one_to_keep(
    shelve: Shelve, ask: Ask, kept: Path
) -> None:
    await shelve(["Saga/1.cbz"], marked=True)
    await shelve(["Saga/2.cbz"], duplicate=True)
    await ask("UPDATE file_tags SET fingerprint = int4send(file_id)")
    await keep(kept)
    await ask("UPDATE files SET marked = false, duplicate = false, path = 'Moved/' || path")
    report = await take_in(kept)
    assert (report.marked, report.duplicate, report.waiting) == (1, 1, 1)
    assert await ask("SELECT path, marked, duplicate FROM files ORDER BY path") == [
        ("Moved/Saga/1.cbz", True, False),
        ("Moved/Saga/2.cbz", False, False),
        ("Saga/2.cbz", False, True),
    ]


async def test_a_backup_is_of_one_moment(url: URL, shelve: Shelve, conn: AsyncConnection) -> None:
    await shelve(["Saga/1.cbz"], marked=True)
    async with job(url) as reader:
        await backup.begin(reader)
        await shelve(["Saga/2.cbz"], marked=True)
        told = [kind.__name__ async for kind, lines in backup.lines(reader) for _ in lines]
    assert told == ["Library", "File"]
    assert (await libraries.every(conn))[0].marked == 2


async def test_a_comic_with_other_pages_is_not_taken_for_one_that_was_marked(
    shelve: Shelve, ask: Ask, kept: Path
) -> None:
    await shelve(["Saga/1.cbz", "Saga/2.cbz"], marked=True)
    await ask("UPDATE file_tags SET fingerprint = '\\x01'")
    await keep(kept)
    await ask("UPDATE file_tags SET fingerprint = '\\x02'")
    await ask("UPDATE files SET marked = false")
    assert (await take_in(kept)).waiting == 2
    rows = "SELECT marked, count(missing_since) FROM files GROUP BY marked ORDER BY marked"
    assert await ask(rows) == [(False, 0), (True, 2)]
    assert (await take_in(kept)).waiting == 0


async def test_a_library_that_would_share_comics_with_another_is_left(
    conn: AsyncConnection, shelve: Shelve, ask: Ask, kept: Path
) -> None:
    """Whoever may see nothing but that library sees nothing, and not everything."""
    await fill(conn, shelve, ask)
    await keep(kept)
    await lose_all(ask)
    await libraries.ensure(conn, "/comics/Saga", "Saga")
    await conn.commit()
    report = await take_in(kept)
    assert report.left == [
        "The library /comics, with the marks in it: it overlaps with /comics/Saga."
    ]
    assert (report.marked, report.waiting, report.history) == (0, 0, 6)
    assert await ask("SELECT libraries FROM users ORDER BY name") == [([],), (None,)]
    assert await take_in(kept) == Report(left=report.left)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda found: [{**found[0], "version": 99, "made_by": None}, *found[1:]], "later version"),
        (lambda found: [{**found[0], "line": "other"}, *found[1:]], "no backup"),
        (lambda found: found[:-1], "has no end"),
        (lambda found: [*found[:-2], found[-1]], "too few"),
        (lambda found: [*found[:-1], {"line": "item"}, found[-1]], "damaged"),
    ],
)
async def test_what_is_no_whole_backup_of_this_version_is_refused_and_nothing_is_restored(
    shelve: Shelve, ask: Ask, kept: Path, spoil: Callable[[list[Any]], list[Any]], why: str
) -> None:
    await shelve(3, marked=True)
    await keep(kept)
    await lose_all(ask)
    write(kept, *spoil(lines(kept)))
    with pytest.raises(Unusable, match=why):
        await take_in(kept)
    assert await ask("SELECT name FROM libraries") == []


def test_a_file_that_was_cut_off_is_refused(kept: Path) -> None:
    asyncio.run(keep(kept))
    kept.write_bytes(kept.read_bytes()[:-9])
    with pytest.raises(Unusable, match="damaged"):
        asyncio.run(take_in(kept))


def test_a_backup_is_for_its_owner_and_takes_the_place_of_the_last_as_a_whole(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(keep(kept))
    assert kept.stat().st_mode & 0o777 == 0o600
    before = kept.read_bytes()
    monkeypatch.setattr("cli.backup.command.End", None)
    with pytest.raises(TypeError):
        asyncio.run(keep(kept))
    assert kept.read_bytes() == before
    assert list(kept.parent.iterdir()) == [kept]


async def test_ten_thousand_marks_take_hardly_more_memory_than_a_thousand(
    shelve: Shelve, ask: Ask, kept: Path
) -> None:
    peaks = []
    for count in (1_200, 10_000):
        await lose_all(ask)
        await shelve(count, marked=True)
        tracemalloc.start()
        assert (await keep(kept))["file"] == count
        await lose_all(ask)
        assert (await take_in(kept)).marked == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_the_commands_say_what_came(kept: Path) -> None:
    run = partial(CliRunner().invoke, app)
    assert "0 lines are in" in run(["backup", str(kept)]).stdout
    refused = run(["restore", f"{kept}.none"])
    assert (refused.exit_code, "cannot be read" in refused.stderr) == (65, True)
    told = run(["restore", str(kept), "--dry-run", "--json"])
    assert msgspec.json.decode(told.stdout, type=Report) == Report()
    assert "0 comics are marked now" in run(["restore", str(kept)]).stdout
