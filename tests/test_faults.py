"""Faults of ComicMaintainer that no other test shows, and that each of them has its test.

docs/compatibility.md lists them, by their numbers in the contract.
"""

import asyncio
import contextlib
import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, libraries
from db.listing import Wanted
from db.scans import Progress
from scanner.scan import Busy, Orders, scan
from tests.batches import make, work
from tests.conftest import Shelve
from tests.disk import write_comics
from tests.functions import following
from tests.functions.posting import blocks
from tests.functions.running import Run, runs
from tests.scanner.conftest import Shelf, check_whole, root, shelf

__all__ = ["root", "shelf"]

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (\d+) \| .* \| (.*) \|$", re.MULTILINE)
SHOWN = re.compile(r"`(tests/\S+\.py)`: `(test_\w+)`")
FAULTS = {0, *range(9, 19), *range(28, 36)}

JSON = {"Content-Type": "application/json"}
COMICS = 30
TABS = 8
TIMEOUT = 2  # seconds after which gunicorn kills a process that does not answer it


@pytest.fixture
def run(url: URL) -> Iterator[Run]:
    """Lend what runs gunicorn."""
    with runs(url) as run:
        yield run


def test_each_fault_has_a_test_that_is_there() -> None:
    table = (ROOT / "docs" / "compatibility.md").read_text()
    shown = {int(number): SHOWN.findall(tests) for number, tests in ROW.findall(table)}
    assert shown.keys() == FAULTS
    for tests in shown.values():
        assert tests
        for file, name in tests:
            assert f"def {name}(" in (ROOT / file).read_text(), name


async def test_fault_16_many_that_look_at_a_library_at_once_list_each_comic_once(
    shelf: Shelf,
) -> None:
    """Its watcher and each of its web processes did, and all but one failed by a constraint."""
    paths = write_comics(shelf.root, 120)

    async def begin(folder: str | None) -> Progress:
        async with engine.job(shelf.url) as conn:
            await libraries.ensure(conn, str(shelf.root), "comics")
            await conn.commit()
        orders = Orders(readers=1, folder=folder)
        return await scan(partial(engine.job, shelf.url), shelf.library, orders, lambda _: None)

    looks = [begin(folder) for folder in (None, None, "00", None, "01", paths[0])]
    found = await asyncio.gather(*looks, return_exceptions=True)
    assert {type(one) for one in found} <= {Busy, Progress}
    await shelf.scan()
    await check_whole(shelf, paths)


async def test_fault_18_a_folder_that_is_chosen_is_all_of_its_comics(
    client: ASGIConductor, shelve: Shelve
) -> None:
    """The page sent the ticks that it had drawn, which were none if the folder was ticked."""
    await shelve([f"Saga/{number}.cbz" for number in range(150)])
    await shelve([f"Sagas/{number}.cbz" for number in range(20)])
    wanted = {"kind": "mark", "filter": {"folder": "Saga"}}
    made = await client.simulate_post("/api/batches", json=wanted)
    assert (made.status_code, made.json["total"], made.json["done"]) == (201, 150, 150)
    listed = await client.simulate_get("/api/files", params={"filter": "marked"})
    assert listed.json["total_files"] == 150


def told(client: socket.socket, comics: int) -> list[str]:
    """Return the comics that a tab is told of, once it was told of so many."""
    received = b""
    while received.count(b'"file_processed"') < comics:
        received += client.recv(2**16)
    events = re.findall(rb"^data: (.*)$", received, re.MULTILINE)
    named = (json.loads(event) for event in events)
    return [one["data"]["filename"] for one in named if one["type"] == "file_processed"]


async def test_fault_28_open_tabs_stop_nobody_and_hear_of_every_comic(
    run: Run, shelve: Shelve, conn: AsyncConnection
) -> None:
    """Two tabs took both processes; and what one did, tabs of the other were not told of."""
    await shelve(COMICS)
    gunicorn = run(GUNICORN_WORKERS="2")
    with ExitStack() as stack:
        tabs = [stack.enter_context(gunicorn.follow()) for _ in range(TABS)]
        for _ in range(4):  # whichever process answers
            asking = HTTPConnection("127.0.0.1", gunicorn.port, timeout=30)
            asking.request("GET", "/api/files")
            assert len(json.loads(asking.getresponse().read())["files"]) == COMICS
            asking.close()
        await make(conn, Wanted())
        await work(conn)
        names = [await asyncio.to_thread(told, tab, COMICS) for tab in tabs]
    expected = sorted(f"Saga {number}.cbz" for number in range(1, COMICS + 1))
    assert [sorted(one) for one in names] == [expected] * TABS


async def test_fault_29_a_stream_lasts_longer_than_gunicorn_waits_for_a_process(
    run: Run, shelve: Shelve, conn: AsyncConnection
) -> None:
    """A process that streamed was killed in the middle, and the batch with it."""
    await shelve(COMICS)
    gunicorn = run(GUNICORN_WORKERS="1", GUNICORN_CMD_ARGS=f"--timeout {TIMEOUT}")
    with contextlib.closing(HTTPConnection("127.0.0.1", gunicorn.port, timeout=30)) as asking:
        asking.request("POST", "/api/process-all?stream=true", headers=JSON)
        stream = await asyncio.to_thread(asking.getresponse)
        for _ in range(COMICS):
            await following.work(conn, 1)
            await asyncio.sleep(2 * TIMEOUT / COMICS)
        read = blocks(await asyncio.to_thread(stream.read))
    assert [one.get("current") for one in read] == [*range(1, COMICS + 1), None]
    assert len(read[-1]["results"]) == COMICS
