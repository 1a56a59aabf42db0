"""Files that move: which row is whose afterwards. A row is told by the path that it had before."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from db import libraries
from db.scans import Progress
from tests.disk import write_comic
from tests.scanner.conftest import Shelf, put_up

Act = Callable[[Path], object]


def move(old: str, new: str) -> Act:
    def act(root: Path) -> None:
        (root / new).parent.mkdir(parents=True, exist_ok=True)
        (root / old).rename(root / new)

    return act


def copy(old: str, new: str) -> Act:
    """Copy as `cp -p` does; the copy has an inode of its own."""
    return lambda root: shutil.copy2(root / old, root / new)


def copy_anew(old: str, new: str) -> Act:
    """Copy as to another disk, without the time."""
    return lambda root: (root / new).write_bytes((root / old).read_bytes())


def link(old: str, new: str) -> Act:
    return lambda root: (root / new).hardlink_to(root / old)


def remove(path: str) -> Act:
    return lambda root: (root / path).unlink()


def write(path: str) -> Act:
    return lambda root: write_comic(root / path, f"Something else than {path}")


def retag(path: str, title: str) -> Act:
    """Write other tags beside the same page, as programs do: into a new file in the same place."""

    def act(root: Path) -> None:
        (root / path).unlink()
        write_comic(root / path, title, Series="A longer name than it had")

    return act


# What happens between two scans, and whose row each path then has: None is a new one.
STORIES: dict[str, tuple[list[Act], dict[str, str | None]]] = {
    "nothing": ([], {}),
    "a rename": ([move("a.cbz", "z.cbz")], {"z.cbz": "a.cbz"}),
    "a rename of case alone": ([move("a.cbz", "A.cbz")], {"A.cbz": "a.cbz"}),
    "a move to a folder": ([move("a.cbz", "new/deep/a.cbz")], {"new/deep/a.cbz": "a.cbz"}),
    "a folder is renamed": (
        [move("Saga", "Saga 2")],
        {"Saga 2/1.cbz": "Saga/1.cbz", "Saga 2/2.cbz": "Saga/2.cbz"},
    ),
    "two swap": (
        [move("a.cbz", "x"), move("b.cbz", "a.cbz"), move("x", "b.cbz")],
        {"a.cbz": "b.cbz", "b.cbz": "a.cbz"},
    ),
    "three go round": (
        [move("a.cbz", "x"), move("c.cbz", "a.cbz"), move("b.cbz", "c.cbz"), move("x", "b.cbz")],
        {"a.cbz": "c.cbz", "c.cbz": "b.cbz", "b.cbz": "a.cbz"},
    ),
    "each moves up": (
        [move("c.cbz", "d.cbz"), move("b.cbz", "c.cbz"), move("a.cbz", "b.cbz")],
        {"d.cbz": "c.cbz", "c.cbz": "b.cbz", "b.cbz": "a.cbz"},
    ),
    "one is written over by another": ([move("a.cbz", "b.cbz")], {"b.cbz": "a.cbz"}),
    "one moves, and another is written there": (
        [move("a.cbz", "z.cbz"), write("a.cbz")],
        {"z.cbz": "a.cbz", "a.cbz": None},
    ),
    "one is changed in its place": ([write("a.cbz")], {}),
    "a copy": ([copy("a.cbz", "z.cbz")], {"z.cbz": None}),
    "a hard link": ([link("a.cbz", "z.cbz")], {"z.cbz": None}),
    "two links to one file that went": (
        [link("a.cbz", "y.cbz"), move("a.cbz", "z.cbz")],
        {"y.cbz": None, "z.cbz": None},
    ),
    "a move and a change": ([move("a.cbz", "z.cbz"), write("z.cbz")], {"z.cbz": None}),
    "a rename and other tags": (
        [retag("a.cbz", "Number a.cbz"), move("a.cbz", "z.cbz")],
        {"z.cbz": "a.cbz"},
    ),
    "a rename and other tags beside a copy that stays as it was": (
        [retag("Saga/1.cbz", "Number Saga/1.cbz"), copy("Saga/1.cbz", "Saga/1 (copy).cbz")],
        {"Saga/1 (copy).cbz": None},
    ),
    "a move to another disk": (
        [copy_anew("a.cbz", "Saga/z.cbz"), remove("a.cbz")],
        {"Saga/z.cbz": "a.cbz"},
    ),
    "a move to another disk and a copy with other tags": (
        [
            copy_anew("a.cbz", "z.cbz"),
            move("a.cbz", "y.cbz"),
            retag("y.cbz", "Number a.cbz"),
        ],
        {"y.cbz": None, "z.cbz": "a.cbz"},
    ),
    "two copies of what went": (
        [copy_anew("a.cbz", "y.cbz"), copy_anew("a.cbz", "z.cbz"), remove("a.cbz")],
        {"y.cbz": None, "z.cbz": None},
    ),
    "a new file where one went": ([remove("a.cbz"), write("z.cbz")], {"z.cbz": None}),
}
GONE = {
    "one is written over by another": {"b.cbz"},
    "two links to one file that went": {"a.cbz"},
    "a move and a change": {"a.cbz"},
    "two copies of what went": {"a.cbz"},
    "a new file where one went": {"a.cbz"},
}
FIRST = ("a.cbz", "b.cbz", "c.cbz", "Saga/1.cbz", "Saga/2.cbz")


async def rows(shelf: Shelf) -> dict[str, int]:
    """Return whose row each path has."""
    present = "SELECT path, id FROM files WHERE missing_since IS NULL AND library_id = "
    return dict(await shelf.ask(present + str(shelf.library.id)))


async def check_search(shelf: Shelf) -> None:
    """Check that each row says where it is wherever it says so."""
    wrong = await shelf.ask("""
        SELECT path, fragment, search_key FROM files JOIN file_search ON file_id = id
         WHERE missing_since IS NULL
           AND NOT (fragment::text LIKE '%"relative_path":"' || path || '"%'
                    AND fragment LIKE '%"id":' || id || '}'
                    AND starts_with(search_key, lower(path)))
    """)
    assert wrong == []


@pytest.mark.parametrize("story", STORIES)
async def test_a_row_follows_its_file(shelf: Shelf, story: str) -> None:
    for path in FIRST:
        write_comic(shelf.root / path, f"Number {path}")
    await shelf.scan()
    await shelf.ask("UPDATE files SET marked = true WHERE id % 2 = 0 RETURNING id")
    before = await rows(shelf)
    acts, expected = STORIES[story]
    for act in acts:
        act(shelf.root)
    await shelf.scan()
    on_disk = {str(one.relative_to(shelf.root)) for one in shelf.root.rglob("*.cbz")}
    after = await rows(shelf)
    assert set(after) == on_disk
    whose = {number: path for path, number in before.items()}
    assert {path: whose.get(after[path]) for path in on_disk} == {
        path: expected.get(path, path) for path in on_disk
    }
    gone = await shelf.ask("SELECT path FROM files WHERE missing_since IS NOT NULL")
    assert set(gone) == GONE.get(story, set())
    marked = await shelf.ask("SELECT id FROM files WHERE marked ORDER BY id")
    assert marked == [number for number in sorted(before.values()) if number % 2 == 0]
    await check_search(shelf)
    left = await shelf.versions()
    assert await shelf.scan() == Progress(seen=len(on_disk))
    assert await shelf.versions() == left


async def test_a_move_onto_the_path_of_a_comic_that_went_before(shelf: Shelf) -> None:
    """It crashed this and every later scan of another program (PEERS 25)."""
    write_comic(shelf.root / "a.cbz", "A")
    write_comic(shelf.root / "b.cbz", "B")
    await shelf.scan()
    before = await rows(shelf)
    (shelf.root / "b.cbz").unlink()
    await shelf.scan()
    move("a.cbz", "b.cbz")(shelf.root)
    for _ in range(2):
        await shelf.scan()
        assert await rows(shelf) == {"b.cbz": before["a.cbz"]}
    assert await shelf.ask("SELECT path, id FROM files WHERE missing_since IS NOT NULL") == [
        ("b.cbz", before["b.cbz"])
    ]


async def test_a_comic_that_is_not_read_again_when_it_moves_keeps_what_was_read(
    shelf: Shelf,
) -> None:
    write_comic(shelf.root / "a.cbz", "A", Series="The whole of it")
    await shelf.scan()
    move("a.cbz", "b.cbz")(shelf.root)
    assert await shelf.scan() == Progress(seen=1, moved=1)
    assert await shelf.ask("SELECT path, title FROM files") == [("b.cbz", "A")]


async def test_what_the_name_told_is_told_anew_when_that_changes(shelf: Shelf) -> None:
    write_comic(shelf.root / "a.cbz", "A")
    await shelf.scan()
    assert await shelf.ask("SELECT series FROM files") == ["a"]
    move("a.cbz", "b.cbz")(shelf.root)
    assert await shelf.scan() == Progress(seen=1, moved=1, to_read=1, read=1)
    assert await shelf.ask("SELECT series FROM files") == ["b"]


@pytest.mark.parametrize("first", ["from", "to"])
async def test_a_comic_keeps_its_row_in_another_library(
    shelf: Shelf, tmp_path: Path, first: str
) -> None:
    """Whichever of the two libraries is scanned first."""
    other = await put_up(tmp_path / "more", shelf.url, shelf.conn)
    write_comic(shelf.root / "a.cbz", "A")
    write_comic(shelf.root / "b.cbz", "B")
    write_comic(other.root / "c.cbz", "C")
    for library in (shelf, other):
        await library.scan()
    before = await rows(shelf)
    await shelf.ask("UPDATE files SET marked = true WHERE path = 'a.cbz' RETURNING id")
    (shelf.root / "a.cbz").rename(other.root / "a.cbz")
    for library in (shelf, other) if first == "from" else (other, shelf):
        await library.scan()
    assert (await rows(other))["a.cbz"] == before["a.cbz"]
    assert await rows(shelf) == {"b.cbz": before["b.cbz"]}
    assert await shelf.ask("SELECT path FROM files WHERE marked") == ["a.cbz"]
    assert await shelf.ask("SELECT count(*)::int FROM files") == [3]
    assert await shelf.ask("SELECT sum(present)::int, sum(missing)::int FROM counts") == [(3, 0)]


async def test_a_library_that_is_not_mounted_loses_no_row_to_another(
    shelf: Shelf, tmp_path: Path
) -> None:
    """A snapshot of its disk, with the same inodes, is another library."""
    other = await put_up(tmp_path / "snapshot", shelf.url, shelf.conn)
    other.root.mkdir()
    write_comic(shelf.root / "a.cbz", "A")
    await shelf.scan()
    (shelf.root / "a.cbz").rename(other.root / "a.cbz")  # all that the root had: it is empty
    await other.scan()
    assert await rows(shelf) == {"a.cbz": 1}


async def test_a_comic_found_again_by_its_pages_in_a_later_scan_has_its_mark(
    shelf: Shelf,
) -> None:
    comic = write_comic(shelf.root / "a.cbz", "A")
    write_comic(shelf.root / "b.cbz", "B")
    await shelf.scan()
    await shelf.ask("UPDATE files SET marked = true WHERE path = 'a.cbz' RETURNING id")
    content = comic.read_bytes()
    comic.unlink()
    await shelf.scan()
    (shelf.root / "c.cbz").write_bytes(content)
    await shelf.scan()
    assert await rows(shelf) == {"b.cbz": 2, "c.cbz": 1}
    assert await shelf.ask("SELECT path FROM files WHERE marked") == ["c.cbz"]
    assert await shelf.ask("SELECT count(*)::int FROM file_tags") == [2]
    await check_search(shelf)


async def test_a_copy_of_what_is_there_is_not_what_went(shelf: Shelf) -> None:
    """The two were the same; which of them the new one is a copy of nobody can tell."""
    write_comic(shelf.root / "a.cbz", "A")
    copy_anew("a.cbz", "b.cbz")(shelf.root)
    await shelf.scan()
    remove("b.cbz")(shelf.root)
    await shelf.scan()
    copy_anew("a.cbz", "c.cbz")(shelf.root)
    await shelf.scan()
    assert set((await rows(shelf)).values()).isdisjoint({2})
    assert await shelf.ask("SELECT id FROM files WHERE missing_since IS NOT NULL") == [2]


async def test_an_inode_that_is_used_again_is_no_move(shelf: Shelf) -> None:
    comic = write_comic(shelf.root / "a.cbz", "A")
    await shelf.scan()
    other = write_comic(shelf.root / "b.cbz", "B")
    os.utime(other, ns=(0, comic.stat().st_mtime_ns))
    await shelf.conn.execute(
        text("UPDATE files SET size = size + 1, inode = :inode"), {"inode": other.stat().st_ino}
    )
    await shelf.conn.commit()
    comic.unlink()
    assert (await shelf.scan()).moved == 0


async def test_a_library_that_was_copied_to_another_disk_keeps_every_row(
    shelf: Shelf, tmp_path: Path
) -> None:
    """Its root is changed; all inodes are others (PEERS 23)."""
    for path in FIRST:
        write_comic(shelf.root / path, f"Number {path}")
    await shelf.scan()
    await shelf.ask("UPDATE files SET marked = true RETURNING id")
    new = tmp_path / "new disk"
    shutil.copytree(shelf.root, new)
    shelf.library.root = str(new)
    before = await shelf.ask("SELECT id, path, marked, xmin::text FROM files ORDER BY id")
    await libraries.change(shelf.conn, shelf.library.id, {"root": str(new)})
    await shelf.conn.commit()
    shutil.rmtree(shelf.root)
    assert await shelf.scan() == Progress(seen=5)
    assert await shelf.ask("SELECT id, path, marked, xmin::text FROM files ORDER BY id") == before
