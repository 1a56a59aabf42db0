"""Whatever Longbox itself fails at is one comic's failure, and never the end of a worker."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from comics.paths import locate
from db import batch_items, engine
from db.batch_items import Claimed, Journalled
from db.outcomes import Outcome
from db.placements import Placed
from tests.disk import write_comic
from tests.scanner.conftest import Shelf
from tests.worker.conftest import Batched, work_off
from tests.worker.test_circles import ORDERS, numbers, right, write_circle
from tests.worker.test_undoing import members
from worker import looking, outcomes, recording
from worker.looking import Sight
from worker.planning import Intention
from worker.steps import Write

COMICS = 6
ROOT = Path(__file__).parents[2]
DONE = "SELECT 1 FROM batches WHERE state = 'done'"
ENDED = "SELECT state, error FROM batch_items WHERE state <> 'done' ORDER BY seq"
FAILED = outcomes.UNEXPECTED.format("RuntimeError")


@pytest.fixture
async def full_shelf(shelf: Shelf) -> Shelf:
    """Have some comics to process."""
    for number in range(COMICS):
        write_comic(shelf.root / f"Saga/{number}.cbz", "x", Number=str(number))
    await shelf.scan()
    return shelf


def is_odd(path: str) -> bool:
    """Tell the comic at which Longbox is to fail."""
    return Path(path).stem in {"3", "Saga - Chapter 0003"}


async def test_a_comic_that_cannot_be_planned_fails_alone(
    full_shelf: Shelf, make_batch: Batched, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = looking.look

    def fail_to_look(claimed: Claimed) -> Sight:
        if is_odd(claimed.path):
            raise RuntimeError("This was not thought of.")
        return look(claimed)

    monkeypatch.setattr(looking, "look", fail_to_look)
    (batch,) = await work_off(full_shelf, await make_batch("process"))
    assert (batch.state, batch.done, batch.failed) == ("done", COMICS - 1, 1)
    assert await full_shelf.ask(ENDED) == [("failed", FAILED)]


async def test_a_comic_that_fails_half_way_is_as_it_was(
    full_shelf: Shelf, make_batch: Batched, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform, before = Write.perform, members(full_shelf.root)

    def fail_to_write(step: Write, root: str) -> None:
        if is_odd(step.path):
            raise RuntimeError("This was not thought of.")
        perform(step, root)

    monkeypatch.setattr(Write, "perform", fail_to_write)
    (batch,) = await work_off(full_shelf, await make_batch("process"))
    assert (batch.state, batch.done, batch.failed) == ("done", COMICS - 1, 1)
    assert await full_shelf.ask(ENDED) == [("failed", FAILED)]
    assert members(full_shelf.root)["Saga/3.cbz"] == before["Saga/3.cbz"]
    assert "Saga/3.cbz" in await full_shelf.present()


async def test_a_circle_of_which_one_fails_is_as_the_index_tells(
    shelf: Shelf, make_batch: Batched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_to_write(step: Write, root: str) -> None:
        raise RuntimeError(f"{locate(root, step.path)} was not thought of.")

    write_circle(shelf.root, 3)
    await shelf.scan()
    monkeypatch.setattr(Write, "perform", fail_to_write)
    (batch,) = await work_off(shelf, await make_batch("process", settings=ORDERS))
    assert (batch.state, batch.failed) == ("done", 3)
    assert numbers(shelf.root) == right(0, 1, 2)
    assert await shelf.present() == [f"Saga/Saga {number}.cbz" for number in range(3)]
    scanned = await shelf.scan()
    assert (scanned.added, scanned.vanished) == (0, 0)


async def test_what_no_row_can_hold_is_one_comic_s_failure(
    full_shelf: Shelf, make_batch: Batched, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = outcomes.done

    def say_what_no_json_holds(intention: Intention, placed: Placed | None) -> Outcome:
        outcome = done(intention, placed)
        if is_odd(intention.claimed.path):
            outcome.after = {"title": "\0"}
        return outcome

    monkeypatch.setattr(outcomes, "done", say_what_no_json_holds)
    (batch,) = await work_off(full_shelf, await make_batch("process"))
    assert (batch.state, batch.done, batch.failed) == ("done", COMICS - 1, 1)


@pytest.mark.parametrize("said", ["\0", "\ud800"])
async def test_what_no_journal_can_hold_is_not_begun(
    full_shelf: Shelf, make_batch: Batched, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    journalled, before = outcomes.journalled, members(full_shelf.root)

    def say_what_no_json_holds(intention: Intention) -> Journalled:
        told = journalled(intention)
        if is_odd(intention.claimed.path):
            told.plan["after"] = {"title": said}
        return told

    monkeypatch.setattr(recording, "journalled", say_what_no_json_holds)
    (batch,) = await work_off(full_shelf, await make_batch("process"))
    assert (batch.state, batch.done, batch.failed) == ("done", COMICS - 1, 1)
    assert members(full_shelf.root)["Saga/3.cbz"] == before["Saga/3.cbz"]


async def test_a_comic_that_ends_every_worker_ends_three_and_takes_no_other_along(
    full_shelf: Shelf, make_batch: Batched
) -> None:
    """Each is a process of its own, that dies of one comic."""
    code = (
        "import asyncio, os, sys\n"
        "from db import engine\n"
        "from worker import looking, run\n"
        "look = looking.look\n"
        "looking.look = lambda one: os._exit(9) if one.path == 'Saga/3.cbz' else look(one)\n"
        "asyncio.run(run.run(engine.working, sys.argv[1]))\n"
    )
    environment = os.environ | {"DATABASE_URL": engine.conninfo(full_shelf.url)}
    await make_batch("process")
    ends: list[int | None] = []
    while not await full_shelf.ask(DONE):
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, f"worker {len(ends)}", cwd=ROOT, env=environment
        )
        async with asyncio.timeout(60):
            while worker.returncode is None and not await full_shelf.ask(DONE):  # noqa: ASYNC110  as above
                await asyncio.sleep(0.05)
        ends.append(worker.returncode)
        if worker.returncode is None:
            worker.kill()
            await worker.wait()
        await full_shelf.ask("UPDATE batch_items SET lease = now() WHERE worker <> '' RETURNING 1")
    assert ends == [9, 9, 9, None]
    assert await full_shelf.ask(ENDED) == [("failed", batch_items.FAILED)]
