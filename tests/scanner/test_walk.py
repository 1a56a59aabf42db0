"""Walking real folders: what is seen, what is skipped, and what cannot be seen."""

import asyncio
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import NamedTuple

import pytest

from comics.names.portable import LONGEST_PATH
from db import rows
from db.differences import Seen
from scanner import walk
from scanner.walk import CHUNK, WALKERS, Walk
from tests.disk import as_ordinary_user


class Walked(NamedTuple):
    """All that a walk has told; paths and sentences are sorted."""

    seen: list[Seen]
    paths: list[str]
    faults: list[str]
    unlisted: list[str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Have a folder for a library, beside which there is room for what links lead to."""
    library = tmp_path / "library"
    library.mkdir()
    return library


@pytest.fixture
def open_root() -> Iterator[Path]:
    """Have a folder that every user can reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="longbox-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    assert not [thread.name for thread in threading.enumerate() if "walk" in thread.name]


def put(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


async def look(root: Path | str) -> Walked:
    """Walk a library to the end."""
    one = Walk(str(root))
    async with aclosing(one.chunks()) as chunks:
        seen = [comic async for chunk in chunks for listing in chunk for comic in listing.seen]
    paths = sorted(comic.path for comic in seen)
    return Walked(seen, paths, sorted(one.faults), sorted(one.unlisted))


async def test_comics_are_told_by_their_extension_in_any_case(root: Path) -> None:
    put(*(root / name for name in ("a.cbz", "b.CBR", "c.Cb7", "d.cbT", ".cbz.cbz")))
    put(*(root / name for name in ("e.zip", "f.cbz.part", "g", "cbz", "h.cbzx", "i.pdf")))
    walked = await look(root)
    assert walked.paths == ["a.cbz", "b.CBR", "c.Cb7", "d.cbT"]
    assert not walked.faults


async def test_a_comic_is_seen_with_its_size_time_and_inode(root: Path) -> None:
    comic = root / "Saga" / "Saga 1.cbz"
    put(comic)
    comic.write_bytes(b"12345")
    os.utime(comic, ns=(0, 1_234_567_890_123_456_789))
    walked = await look(root)
    inode = rows.signed(comic.stat().st_ino)
    assert walked.seen == [Seen("Saga/Saga 1.cbz", 5, 1_234_567_890_123_456_789, inode)]


@pytest.mark.parametrize(
    ("inode", "stored"), [(0, 0), (2**63 - 1, 2**63 - 1), (2**63, -(2**63)), (2**64 - 1, -1)]
)
def test_an_inode_of_64_bits_fits_into_a_bigint(inode: int, stored: int) -> None:
    assert rows.signed(inode) == stored


async def test_a_time_that_no_bigint_holds_is_brought_into_its_range(root: Path) -> None:
    put(root / "future.cbz")
    os.utime(root / "future.cbz", (0, 10_000_000_000))  # in 2286
    (comic,) = (await look(root)).seen
    assert comic.mtime_ns == 2**63 - 1
    assert rows.bounded(-(2**70)) == -(2**63)


@pytest.mark.parametrize(
    "skipped",
    [".hidden.cbz", "._Saga 1.cbz", ".Trash/a.cbz", "__MACOSX/a.cbz", "@eaDir/a.cbz/a.cbz"],
)
async def test_hidden_names_and_what_systems_leave_behind_are_skipped(
    root: Path, skipped: str
) -> None:
    put(root / skipped, root / "sub" / skipped, root / "sub" / "seen.cbz")
    walked = await look(root)
    assert walked.paths == ["sub/seen.cbz"]
    assert not walked.faults


async def test_a_library_may_lie_in_a_hidden_folder_and_behind_a_link(tmp_path: Path) -> None:
    put(tmp_path / ".comics" / "a.cbz")
    (tmp_path / "link").symlink_to(tmp_path / ".comics")
    assert (await look(tmp_path / "link")).paths == ["a.cbz"]


async def test_links_to_folders_outside_are_followed_and_named_as_they_are_here(
    tmp_path: Path, root: Path
) -> None:
    put(tmp_path / "disk 2" / "Manga" / "a.cbz", tmp_path / "disk 3" / "b.cbz")
    (root / "more").symlink_to("../disk 2")
    (tmp_path / "disk 2" / "and more").symlink_to(tmp_path / "disk 3")
    assert (await look(root)).paths == ["more/Manga/a.cbz", "more/and more/b.cbz"]


async def test_links_to_comics_are_comics(tmp_path: Path, root: Path) -> None:
    put(tmp_path / "elsewhere" / "a.zip", root / "real.cbz")
    (root / "a.cbz").symlink_to(tmp_path / "elsewhere" / "a.zip")
    (root / "again.cbz").symlink_to("real.cbz")
    assert (await look(root)).paths == ["a.cbz", "again.cbz", "real.cbz"]


async def test_links_into_the_library_and_above_it_are_not_followed(
    tmp_path: Path, root: Path
) -> None:
    put(root / "Saga" / "a.cbz", tmp_path / "beside.cbz")
    (root / "favourite").symlink_to("Saga")
    (root / "itself").symlink_to(".")
    (root / "Saga" / "back").symlink_to("..")
    (root / "above").symlink_to(tmp_path)
    (root / "everything").symlink_to("/")
    walked = await look(root)
    assert walked.paths == ["Saga/a.cbz"]
    assert not walked.faults


async def test_links_in_a_circle_outside_the_library_come_to_an_end(
    tmp_path: Path, root: Path
) -> None:
    put(tmp_path / "one" / "a.cbz", tmp_path / "two" / "b.cbz")
    (root / "one").symlink_to(tmp_path / "one")
    (tmp_path / "one" / "two").symlink_to(tmp_path / "two")
    (tmp_path / "two" / "one").symlink_to(tmp_path / "one")
    (tmp_path / "two" / "home").symlink_to(root)
    assert (await look(root)).paths == ["one/a.cbz", "one/two/b.cbz"]


async def test_a_link_to_no_comic_is_told_and_its_neighbours_are_seen(root: Path) -> None:
    put(root / "a.cbz", root / "z.cbz")
    (root / "gone.cbz").symlink_to("nothing")
    walked = await look(root)
    assert walked.paths == ["a.cbz", "z.cbz"]
    assert walked.faults == ["gone.cbz leads to nothing."]
    assert not walked.unlisted


async def test_what_is_behind_a_link_to_a_disk_that_is_away_counts_as_unlisted(root: Path) -> None:
    (root / "Manga").symlink_to("/nowhere/manga")
    put(root / "Manga 2" / "a.cbz")
    walked = await look(root)
    assert walked.paths == ["Manga 2/a.cbz"]
    assert walked.faults == ["Manga/ leads to nothing."]
    assert walked.unlisted == ["Manga/"]


async def test_a_link_to_itself_is_told_and_its_neighbours_are_seen(root: Path) -> None:
    put(root / "a.cbz", root / "z.cbz")
    (root / "loop").symlink_to("loop")
    (root / "loop.cbz").symlink_to("loop.cbz")
    walked = await look(root)
    assert walked.paths == ["a.cbz", "z.cbz"]
    assert walked.unlisted == ["loop.cbz", "loop/"]
    assert [fault.partition(":")[0] for fault in walked.faults] == [
        "loop.cbz could not be looked at",
        "loop/ could not be looked at",
    ]


async def test_what_is_neither_file_nor_folder_is_told_and_never_opened(root: Path) -> None:
    os.mkfifo(root / "pipe.cbz")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(root)  # a socket's path has to be short
        try:
            listener.bind("socket.cbz")
        finally:
            os.chdir(here)
        walked = await look(root)
    assert not walked.paths
    assert walked.faults == ["pipe.cbz is not a file.", "socket.cbz is not a file."]


async def test_a_folder_named_like_a_comic_is_a_folder(tmp_path: Path, root: Path) -> None:
    put(root / "Saga.cbz" / "a.cbz", tmp_path / "outside" / "b.cbz")
    (root / "link.cbz").symlink_to(tmp_path / "outside")
    assert (await look(root)).paths == ["Saga.cbz/a.cbz", "link.cbz/b.cbz"]


async def test_a_folder_that_may_not_be_read_is_told_and_its_neighbours_are_seen(
    open_root: Path,
) -> None:
    put(open_root / "closed" / "a.cbz", open_root / "open" / "b.cbz")
    (open_root / "closed").chmod(0)
    (open_root / "link").symlink_to("closed/inside")
    try:
        with as_ordinary_user():
            walked = await look(open_root)
    finally:
        (open_root / "closed").chmod(0o755)
    assert walked.paths == ["open/b.cbz"]
    assert walked.unlisted == ["closed/", "link/"]
    assert walked.faults == [
        "closed/ could not be listed: Permission denied.",
        "link/ could not be looked at: Permission denied.",
    ]


async def test_a_folder_removed_while_the_walk_is_under_way_is_unlisted(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root / "a.cbz", root / "gone" / "b.cbz")

    def move_before_listing(path: str) -> object:
        if path.endswith("/gone"):
            Path(path).rename(f"{path} before")
        return os_scandir(path)

    os_scandir = os.scandir
    monkeypatch.setattr(os, "scandir", move_before_listing)
    walked = await look(root)
    assert walked.paths == ["a.cbz"]
    assert walked.unlisted == ["gone/"]
    assert walked.faults == ["gone/ could not be listed: No such file or directory."]


async def test_a_root_that_cannot_be_listed_makes_everything_unlisted(tmp_path: Path) -> None:
    walked = await look(tmp_path / "nowhere")
    assert walked.unlisted == [""]
    assert walked.faults == ["The folder could not be listed: No such file or directory."]


async def test_names_that_are_not_utf_8_are_seen_and_told_apart(root: Path) -> None:
    for name in (b"caf\xe9.cbz", b"caf\xe8.cbz", "café.cbz".encode(), b"\xff/a.cbz"):
        path = os.path.join(os.fsencode(root), name)  # noqa: PTH118  pathlib takes no bytes
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
        os.close(os.open(path, os.O_CREAT))
    walked = await look(root)
    assert walked.paths == ["café.cbz", "caf\ufffdE8.cbz", "caf\ufffdE9.cbz", "\ufffdFF/a.cbz"]
    assert all(path.encode() for path in walked.paths)


async def test_a_path_that_no_index_holds_is_told_and_the_others_are_seen(root: Path) -> None:
    folder = Path(*["x" * 199] * 9)
    (root / folder).mkdir(parents=True)
    room = LONGEST_PATH - len(str(folder)) - 1
    put(root / folder / ("a" * (room - 4) + ".cbz"), root / folder / ("b" * (room - 3) + ".cbz"))
    walked = await look(root)
    assert [len(path) for path in walked.paths] == [LONGEST_PATH]
    assert walked.faults == [
        f"{folder}/{'b' * (room - 3)}.cbz is too long: a path may have {LONGEST_PATH} bytes."
    ]


def make_deep(root: Path, depth: int) -> None:
    """Make folders in folders, deeper than any path that the system takes."""
    here = Path.cwd()
    try:
        os.chdir(root)
        for _ in range(depth):
            Path("x" * 250).mkdir()
            os.chdir("x" * 250)
    finally:
        os.chdir(here)


async def test_folders_deeper_than_the_system_can_name_are_told(root: Path) -> None:
    put(root / "a.cbz")
    make_deep(root, 18)
    walked = await look(root)
    assert walked.paths == ["a.cbz"]
    (fault,) = walked.faults
    assert fault.endswith("/ could not be listed: File name too long.")


async def test_a_large_library_comes_in_chunks_and_every_comic_once(root: Path) -> None:
    expected = []
    for folder in range(12):
        (root / str(folder)).mkdir()
        for number in range(250):
            (root / str(folder) / f"{number}.cbz").touch()
            expected.append(f"{folder}/{number}.cbz")
    async with aclosing(Walk(str(root)).chunks()) as chunks:
        sizes = [sum(len(one.seen) for one in chunk) async for chunk in chunks]
    assert max(sizes) < CHUNK + 250
    assert sum(sizes) == len(expected)
    assert (await look(root)).paths == sorted(expected)


async def test_an_empty_library_is_walked_to_its_end(root: Path) -> None:
    assert await look(root) == Walked([], [], [], [])


async def test_a_reader_that_stops_early_leaves_no_thread_behind(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fixture above looks for threads; the walkers are waiting for room when it stops."""
    monkeypatch.setattr(walk, "AHEAD", 1)
    monkeypatch.setattr(walk, "CHUNK", 1)
    put(*(root / f"{number}" / "a.cbz" for number in range(50)))
    async with aclosing(Walk(str(root)).chunks()) as chunks:
        async for chunk in chunks:
            assert chunk
            break


async def test_a_walk_that_is_cancelled_leaves_no_thread_behind(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing, go_on = threading.Event(), threading.Event()

    def list_slowly(path: str) -> object:
        listing.set()
        assert go_on.wait(10)
        return os_scandir(path)

    os_scandir = os.scandir
    monkeypatch.setattr(os, "scandir", list_slowly)
    task = asyncio.create_task(look(root))
    await asyncio.to_thread(listing.wait, 10)
    task.cancel()
    asyncio.get_running_loop().call_soon(go_on.set)
    threading.Timer(0.2, go_on.set).start()  # for a loop that waits for the threads
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("folders", [0, 1, 3 * WALKERS])
async def test_what_goes_wrong_in_a_thread_reaches_the_caller(
    root: Path, monkeypatch: pytest.MonkeyPatch, folders: int
) -> None:
    """It must not end as a folder that was empty, for then the whole library would vanish."""
    put(*(root / str(number) / "a.cbz" for number in range(folders)))

    def run_out_of_memory(path: str) -> object:
        if path.endswith(f"/{folders - 1}" if folders else "library"):
            raise MemoryError(path)
        return os_scandir(path)

    os_scandir = os.scandir
    monkeypatch.setattr(os, "scandir", run_out_of_memory)
    with pytest.raises(MemoryError):
        await look(root)
