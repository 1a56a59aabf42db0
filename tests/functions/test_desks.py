"""The processes that read pages, and what happens when one hangs, dies, or has too much to do."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import falcon
import pytest

from comics.pictures.questions import Listed, Listing, Showing, Withheld
from functions import desks
from functions.desks import Picture, ask, open_desks
from tests.comics.archives.packing import pack_zip
from tests.comics.pictures.drawing import RED, draw
from tests.processes import below

ROOT = Path(__file__).parents[2]
READER = "comics.pictures.reader"

# Loaded by each process at its start, in place of archives that crash or hang a library in C.
ODD_ARCHIVES = """
import os, signal, time
from comics.archives import reading

read_soundly = reading.read

def read(path):
    if "slow" in path:
        time.sleep(60)
    if "nap" in path:
        time.sleep(0.5)
    if "deadly" in path:
        os.kill(os.getpid(), signal.SIGSEGV)
    return read_soundly(path)

reading.read = read
"""

Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that writes a comic of this name and says where; some names do harm."""
    (tmp_path / "sitecustomize.py").write_text(ODD_ARCHIVES)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")

    def write(name: str) -> str:
        path = tmp_path / name
        path.write_bytes(pack_zip({"1.png": draw(RED)}))
        return str(path)

    return write


def readers() -> list[int]:
    """Return the processes that read."""
    return [process.pid for process in below(os.getpid(), READER)]


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is true, for ten seconds."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  no process tells that it has ended
            await asyncio.sleep(0.02)


async def test_a_process_starts_when_it_is_needed_and_ends_when_it_is_not(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "IDLE", 0.3)
    path = write("1.cbz")
    async with open_desks():
        assert readers() == []
        assert isinstance(await ask(Listing(path)), Listed)
        assert len(readers()) == 1
        await until(lambda: not readers())
        assert isinstance(await ask(Listing(path)), Listed)


async def test_no_process_outlives_the_desks(write: Write) -> None:
    async with open_desks():
        waiting = [asyncio.ensure_future(ask(Listing(write(f"slow {n}.cbz")))) for n in range(3)]
        await until(lambda: len(readers()) == desks.DESKS)
    await until(lambda: not readers())
    for one in waiting:
        one.cancel()


async def test_an_archive_that_hangs_is_given_up_and_the_others_are_read(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "SECONDS", 1.0)
    async with open_desks():
        slow = [asyncio.ensure_future(ask(Listing(write(f"slow {n}.cbz")))) for n in range(2)]
        sound = [asyncio.ensure_future(ask(Listing(write(f"{n}.cbz")))) for n in range(5)]
        assert (
            await asyncio.gather(*slow) == [Withheld("It could not be read within 1 seconds.")] * 2
        )
        assert all(isinstance(answer, Listed) for answer in await asyncio.gather(*sound))


async def test_an_archive_that_kills_its_process_is_told(write: Write) -> None:
    async with open_desks():
        answers = [await ask(Listing(write(name))) for name in ("deadly.cbz", "1.cbz")]
    assert answers[0] == Withheld("The process that read it was ended by SIGSEGV.")
    assert isinstance(answers[1], Listed)


async def test_whoever_finds_the_line_full_is_told_to_come_again(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "LINE", 3)
    path = write("nap.cbz")
    async with open_desks():
        waiting = [asyncio.ensure_future(ask(Listing(path))) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(falcon.HTTPServiceUnavailable, match="503") as refused:
            await ask(Listing(path))
        assert refused.value.headers == {"Retry-After": "2"}
        assert all(isinstance(answer, Listed) for answer in await asyncio.gather(*waiting))


async def test_what_nobody_waits_for_any_more_is_not_read(write: Write) -> None:
    naps = write("nap.cbz")
    async with open_desks():
        gone = [asyncio.ensure_future(ask(Listing(naps))) for _ in range(40)]
        await asyncio.sleep(0.1)
        for one in gone:
            one.cancel()
        async with asyncio.timeout(5):
            assert isinstance(await ask(Listing(write("1.cbz"))), Listed)


async def test_a_picture_leaves_nothing_behind(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    path = write("1.cbz")
    async with open_desks():
        for page in (1, 1, 9, None):
            answer = await ask(Showing(path, page=page, width=160))
            if isinstance(answer, Picture):
                with answer.file as file:
                    assert file.read()
        assert list(folder.iterdir()) == []


async def test_a_process_that_does_not_start_is_an_answer_too(write: Write, tmp_path: Path) -> None:
    path = write("1.cbz")
    (tmp_path / "sitecustomize.py").write_text("import os; os._exit(1)")
    async with open_desks():
        answer = await ask(Listing(path))
    assert isinstance(answer, Withheld)
    assert "do not start" in answer.fault


def test_the_functions_do_not_load_what_decodes_images() -> None:
    """Each worker would have its memory, and each bomb its event loop."""
    script = "import sys, functions.app; print([n for n in sys.modules if n.startswith('PIL')])"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT)
    assert told.stdout == b"[]\n"
