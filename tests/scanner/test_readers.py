"""The reading processes, and what happens when one is slow, dies or is killed."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing, suppress
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest

from scanner.reader import Result, Wanted
from scanner.readers import read_all

Shelve = Callable[..., list[Wanted]]
Children = Callable[[], set[int]]

REPOSITORY = Path(__file__).parents[2]

# Loaded by each child at its start, in place of archives that crash or hang a library in C.
ODD_ARCHIVES = """
import os, signal, time
from comics.archives import reading

read_soundly = reading.read

def read(path):
    name = os.path.basename(path)
    if name.startswith("slow"):
        time.sleep(60)
    if name.startswith("nap"):
        time.sleep(0.3)
    if name.startswith("SIG"):
        os.kill(os.getpid(), getattr(signal, name.split()[0]))
    if name.startswith("exit"):
        os._exit(3)
    if name.startswith("once") and not os.path.exists(path + ".met"):
        open(path + ".met", "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return read_soundly(path)

reading.read = read
"""


@pytest.fixture
def shelve(tmp_path: Path) -> Shelve:
    """Return a function that writes comics of the given names and says how to ask for them."""
    root = tmp_path / "library"
    root.mkdir()

    def shelve(*names: str) -> list[Wanted]:
        for name in names:
            with ZipFile(root / name, "w") as archive:
                archive.writestr("1.jpg", name)
                archive.writestr("ComicInfo.xml", f"<ComicInfo><Title>{name}</Title></ComicInfo>")
        return [Wanted(place, name, str(root)) for place, name in enumerate(names)]

    return shelve


@pytest.fixture
def odd_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(ODD_ARCHIVES)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{REPOSITORY}")


@pytest.fixture(autouse=True)
def children() -> Iterator[Children]:
    """Return a function that tells which processes the test has started and not ended."""
    before = list_children()

    def since() -> set[int]:
        return list_children() - before

    yield since
    assert since() == set()


def list_children() -> set[int]:
    """Return the ids of this process's children, where the system tells."""
    found: set[int] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        found |= {int(child) for child in task.read_text().split()}
    return found


def numbered(count: int) -> list[str]:
    return [f"{number}.cbz" for number in range(count)]


def run(
    wanted: AsyncIterator[Wanted] | Iterable[Wanted], *, children: int = 2, seconds: float = 20
) -> list[Result]:
    async def collect() -> list[Result]:
        async with aclosing(read_all(wanted, children=children, seconds=seconds)) as results:
            return [result async for result in results]

    return asyncio.run(collect())


def check_each_is_read_once(wanted: list[Wanted], results: list[Result]) -> None:
    """Check that nothing is lost, doubled, mixed up or faulty."""
    assert sorted(result.id for result in results) == [file.id for file in wanted]
    titles = {result.id: result.tags.title for result in results}
    assert titles == {file.id: file.path for file in wanted}
    assert {result.fault for result in results} <= {None}


@pytest.mark.parametrize("children", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 8, 9, 300])
def test_every_file_has_one_result(shelve: Shelve, count: int, children: int) -> None:
    wanted = shelve(*numbered(count))
    check_each_is_read_once(wanted, run(wanted, children=children))


def test_files_may_come_bit_by_bit(shelve: Shelve) -> None:
    wanted = shelve(*numbered(30))

    async def trickle() -> AsyncIterator[Wanted]:
        for file in wanted:
            await asyncio.sleep(0.005)
            yield file

    check_each_is_read_once(wanted, run(trickle()))


def test_results_come_while_more_files_are_awaited(shelve: Shelve) -> None:
    (file,) = shelve("1.cbz")

    async def ask_and_wait() -> AsyncIterator[Wanted]:
        yield file
        await asyncio.sleep(60)

    async def read_first() -> Result:
        async with aclosing(read_all(ask_and_wait(), children=1, seconds=20)) as results:
            return await anext(results)

    assert asyncio.run(read_first()).pages == 1


def test_files_are_not_taken_far_ahead_of_a_slow_caller(shelve: Shelve) -> None:
    wanted = shelve(*numbered(300))
    taken = 0

    def take() -> Iterator[Wanted]:
        nonlocal taken
        for file in wanted:
            taken += 1
            yield file

    async def read_slowly() -> None:
        async with aclosing(read_all(take(), children=1, seconds=20)) as results:
            await anext(results)
            await asyncio.sleep(0.5)

    asyncio.run(read_slowly())
    assert taken <= 70


@pytest.mark.usefixtures("odd_archives")
def test_a_slow_file_is_given_up_and_the_others_are_read(shelve: Shelve) -> None:
    wanted = shelve(*numbered(10), "slow.cbz", *[f"{number}.cbz" for number in range(10, 20)])
    started = time.monotonic()
    results = run(wanted, seconds=1.5)
    assert time.monotonic() - started < 10
    (slow,) = [result for result in results if result.id == 10]
    assert slow.fault == "This file could not be read within 1.5 seconds."
    assert slow.again
    check_each_is_read_once(
        [file for file in wanted if file.id != 10],
        [result for result in results if result is not slow],
    )


@pytest.mark.usefixtures("odd_archives")
def test_the_limit_is_for_each_file_and_not_for_all_that_a_child_was_asked_for(
    shelve: Shelve,
) -> None:
    wanted = shelve(*[f"nap {number}.cbz" for number in range(6)])
    check_each_is_read_once(wanted, run(wanted, children=1, seconds=1))


def test_a_busy_caller_is_not_mistaken_for_a_slow_file(shelve: Shelve) -> None:
    wanted = shelve(*numbered(20))

    async def read_busily() -> list[Result]:
        read = []
        async with aclosing(read_all(wanted, children=1, seconds=0.3)) as results:
            async for result in results:
                read.append(result)
                if len(read) in {1, 10}:
                    time.sleep(0.6)  # noqa: ASYNC251 (as busy as one can be)
        return read

    check_each_is_read_once(wanted, asyncio.run(read_busily()))


@pytest.mark.usefixtures("odd_archives")
@pytest.mark.parametrize(
    ("name", "end"), [("SIGKILL", "SIGKILL"), ("SIGSEGV", "SIGSEGV"), ("exit", "status 3")]
)
def test_a_file_that_ends_its_process_twice_is_a_fault(shelve: Shelve, name: str, end: str) -> None:
    wanted = shelve(*numbered(5), f"{name} .cbz", *[f"{number}.cbz" for number in range(5, 20)])
    results = run(wanted, children=1)
    (deadly,) = [result for result in results if result.id == 5]
    assert (
        deadly.fault == f"The process that read this file was ended by {end}, and so was another."
    )
    assert deadly.again
    check_each_is_read_once(
        [file for file in wanted if file.id != 5],
        [result for result in results if result is not deadly],
    )


@pytest.mark.usefixtures("odd_archives")
def test_a_file_whose_process_was_ended_once_is_read_by_another(shelve: Shelve) -> None:
    wanted = shelve("1.cbz", "once.cbz", "2.cbz")
    check_each_is_read_once(wanted, run(wanted))


@pytest.mark.skipif(sys.platform != "linux", reason="the children are found in /proc")
def test_killing_processes_at_random_loses_nothing(shelve: Shelve, children: Children) -> None:
    wanted = shelve(*numbered(400))
    chance = random.Random(1)  # noqa: S311 (a test, not a secret)
    killed = 0

    async def kill_and_read() -> list[Result]:
        nonlocal killed
        read = []
        async with aclosing(read_all(wanted, children=2, seconds=20)) as results:
            async for result in results:
                read.append(result)
                if len(read) % 50 == 0 and (alive := sorted(children())):
                    with suppress(ProcessLookupError):
                        os.kill(chance.choice(alive), signal.SIGKILL)
                        killed += 1
        return read

    results = asyncio.run(kill_and_read())
    assert killed > 3
    assert len(results) == len(wanted)
    # Who is hit twice is left for the next scan.
    sound = [result for result in results if not result.again]
    left = {file.id for file in wanted} - {result.id for result in sound}
    check_each_is_read_once(wanted, sound + run(wanted[place] for place in left))


def test_a_caller_who_leaves_early_leaves_no_process(shelve: Shelve, children: Children) -> None:
    wanted = shelve(*numbered(100))

    async def leave() -> None:
        async with aclosing(read_all(wanted, children=2, seconds=20)) as results:
            await anext(results)
        assert children() == set()

    asyncio.run(leave())


@pytest.mark.usefixtures("odd_archives")
def test_a_caller_who_is_cancelled_leaves_no_process(shelve: Shelve, children: Children) -> None:
    wanted = shelve("slow 1.cbz", "slow 2.cbz")

    async def cancel() -> None:
        async with (
            asyncio.timeout(1),
            aclosing(read_all(wanted, children=2, seconds=60)) as results,
        ):
            async for _ in results:
                pass

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(cancel())
    assert time.monotonic() - started < 5
    assert children() == set()


HANGING = """#!/bin/sh
echo $$ > {folder}/pid
exec sleep 600
"""


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Wanted, Path]:
    """Have a RAR that takes a program which hangs, and the file where that writes its id."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("unrar", "bsdtar", "unar"):
        (programs / name).write_text(HANGING.format(folder=tmp_path))
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return Wanted(1, "rar50.cbr", f"{REPOSITORY}/tests/comics/archives/rars"), tmp_path / "pid"


def has_ended(process: int) -> bool:
    """Wait until a process is gone, or is a zombie that nobody has buried."""
    for _ in range(100):
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, check=False, text=True
        ).stdout
        if state.strip()[:1] in {"", "Z"}:
            return True
        time.sleep(0.1)
    return False


def test_a_program_that_unpacks_ends_with_the_child_that_started_it(
    hanging: tuple[Wanted, Path],
) -> None:
    wanted, pid = hanging
    (result,) = run([wanted], seconds=2)
    assert result.fault == "This file could not be read within 2 seconds."
    assert has_ended(int(pid.read_text()))


def test_a_program_that_unpacks_ends_when_the_child_s_parent_does(
    hanging: tuple[Wanted, Path], tmp_path: Path
) -> None:
    wanted, pid = hanging
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN, msgspec.json.encode(wanted)],
        stdin=subprocess.PIPE,
        cwd=REPOSITORY,
    ) as parent:
        while not (tmp_path / "pid").exists() or not pid.read_text():
            time.sleep(0.05)
        parent.kill()
    assert has_ended(int(pid.read_text()))


ORPHAN = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "scanner.reader"], stdin=subprocess.PIPE)
child.stdin.write(sys.argv[1].encode() + b"\\n")
child.stdin.flush()
sys.stdin.read()
"""


def test_what_goes_wrong_where_the_files_come_from_is_raised(shelve: Shelve) -> None:
    wanted = shelve(*numbered(10))

    def fail() -> Iterator[Wanted]:
        yield from wanted
        raise ConnectionError("the database has gone")

    with pytest.raises(ConnectionError, match="the database has gone"):
        run(fail())


def test_processes_that_do_not_start_are_an_error_and_not_a_fault_of_the_comics(
    shelve: Shelve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os; os._exit(1)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ChildProcessError, match="do not start"):
        run(shelve("1.cbz"))


def test_the_current_folder_cannot_change_what_the_processes_import(
    shelve: Shelve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zipfile.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    wanted = shelve("1.cbz")
    check_each_is_read_once(wanted, run(wanted))
