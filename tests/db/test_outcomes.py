"""What saving does, all at once: items, rows of files, marks, counts, and what is told."""

import asyncio
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.folding import natural_key
from db import batch_items, batch_states, outcomes
from db.batch_items import Claimed
from db.engine import conninfo, working
from db.files import Entry
from db.listing import Wanted
from db.outcomes import Outcome
from db.placements import Placed
from db.tables import ItemState
from tests.batches import WORKER, column, ended, make, one, until_waiting, work
from tests.conftest import Shelve, reading

PATHS = "SELECT path FROM files WHERE missing_since IS NULL ORDER BY id"


def placed(claimed: Claimed, path: str, **known: Any) -> Placed:  # noqa: ANN401  of Entry
    """Say that a file is there now, and as it was but for what is known to be otherwise."""
    entry = Entry(
        claimed.file, path, **{"size": claimed.size, "mtime_ns": claimed.mtime_ns} | known
    )
    folder, _, name = path.rpartition("/")
    return Placed(reading(entry), natural_key(name, folder))


async def claim(conn: AsyncConnection, ids: list[int], **more: Any) -> list[Claimed]:  # noqa: ANN401  of New
    """Claim these files for a batch of their own."""
    await make(conn, ids, **more)
    return await batch_items.claim(conn, WORKER, 1_000)


async def test_each_way_to_end_is_counted_and_the_last_ends_the_batch(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(6))
    states: list[ItemState] = ["done", "unchanged", "done", "skipped", "failed", "failed"]
    claimed = await batch_items.claim(conn, WORKER, 5)
    await outcomes.save(conn, WORKER, [ended(one, states[one.seq]) for one in claimed])
    now = await one(conn, made)
    assert (now.state, now.ended, now.finished_at) == ("running", 5, None)
    await work(conn, lambda one: ended(one, states[one.seq]))
    now = await one(conn, made)
    assert (now.done, now.unchanged, now.skipped, now.failed) == (2, 1, 1, 2)
    assert now.state == "done"
    assert now.started_at
    assert now.finished_at
    assert await column(conn, "SELECT state FROM batch_items ORDER BY seq") == states


async def test_what_is_said_of_an_item_is_kept(conn: AsyncConnection, shelve: Shelve) -> None:
    (claimed,) = await claim(conn, await shelve(1))
    said = ended(
        claimed, error="Odd.", comic_info=b"\0\xff", had_comic_info=False, after={"path": "b.cbz"}
    )
    await outcomes.save(conn, WORKER, [said])
    row = (await conn.execute(text("SELECT * FROM batch_items"))).one()
    assert (row.error, row.before, row.after) == ("Odd.", said.before, {"path": "b.cbz"})
    assert (row.comic_info, row.had_comic_info) == (b"\0\xff", False)
    assert (row.worker, row.lease, row.ended_at is None) == (None, None, False)


async def test_ordinals_have_no_gap_whoever_saves(
    conn: AsyncConnection, shelve: Shelve, url: URL
) -> None:
    await shelve(200)
    made = await make(conn, Wanted())

    async def labour(worker: str) -> None:
        async with working(url) as own:
            await work(own, worker=worker, most=7)

    await asyncio.gather(*(labour(f"here:{n}") for n in range(3)))
    await work(conn)
    ordinals = "SELECT ordinal FROM batch_items ORDER BY event"
    assert await column(conn, ordinals) == list(range(1, 201))
    assert (await one(conn, made)).state == "done"


async def test_events_are_numbered_in_the_order_in_which_they_are_committed(
    conn: AsyncConnection, shelve: Shelve, url: URL
) -> None:
    """So who asks for what came after the last that it saw, sees all, each once."""
    await shelve(50)
    for _ in range(2):
        await make(conn, Wanted())
    seen: list[int] = []

    def watch() -> None:
        query = "SELECT event FROM batch_items WHERE event > %s ORDER BY event"
        with psycopg.connect(conninfo(url), autocommit=True) as own:
            while len(seen) < 100:
                seen.extend(row[0] for row in own.execute(query, [seen[-1] if seen else 0]))

    async def labour(worker: str) -> None:
        async with working(url) as own:
            while (await batches_left(own)) > 0:
                await work(own, worker=worker, most=3)

    watching = asyncio.create_task(asyncio.to_thread(watch))
    await asyncio.gather(*(labour(f"here:{n}") for n in range(4)))
    await asyncio.wait_for(watching, 20)
    assert await column(conn, "SELECT event FROM batch_items ORDER BY event") == seen


async def batches_left(conn: AsyncConnection) -> int:
    """Count the batches that run."""
    (left,) = await column(conn, "SELECT count(*) FROM batches WHERE state = 'running'")
    return int(left)


async def test_a_file_that_moved_and_changed_is_where_and_what_it_is(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    (claimed,) = await claim(conn, await shelve(["old/a.cbz"]))
    now = placed(claimed, "new/b 2.cbz", size=9, mtime_ns=99, series="Saga", title="Éa")
    await outcomes.save(conn, WORKER, [ended(claimed, placed=now, marked=True, duplicate=True)])
    row = (await conn.execute(text("SELECT * FROM files JOIN file_search ON id = file_id"))).one()
    assert (row.path, row.sort_key) == ("new/b 2.cbz", natural_key("b 2.cbz", "new"))
    assert (row.size, row.mtime_ns, row.read_mtime_ns, row.series) == (9, 99, 99, "Saga")
    assert (row.marked, row.duplicate) == (True, True)
    assert '"relative_path":"new/b 2.cbz"' in row.fragment
    assert row.search_key == now.reading.search_key
    assert await column(conn, "SELECT tags ->> 'series' FROM file_tags") == ["Saga"]


async def test_files_may_change_places(conn: AsyncConnection, shelve: Shelve) -> None:
    ids = await shelve(["a.cbz", "b.cbz", "c.cbz"])
    claimed = await claim(conn, ids)
    paths = ["b.cbz", "c.cbz", "a.cbz"]
    await outcomes.save(
        conn,
        WORKER,
        [ended(one, placed=placed(one, path)) for one, path in zip(claimed, paths, strict=True)],
    )
    assert await column(conn, PATHS) == paths
    assert await column(conn, "SELECT sum(present) FROM counts") == [3]


async def test_our_row_takes_the_place_of_one_that_a_scan_has_made_of_the_same_file(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    (ours,) = await shelve(["a.cbz"])
    (claimed,) = await claim(conn, [ours])
    (theirs,) = await shelve(["b.cbz"])
    await conn.execute(text("UPDATE files SET inode = :ours"), {"ours": ours})
    await conn.commit()
    await outcomes.save(conn, WORKER, [ended(claimed, placed=placed(claimed, "b.cbz"))])
    assert await column(conn, "SELECT id FROM files WHERE path = 'b.cbz'") == [ours]
    assert theirs not in await column(conn, "SELECT id FROM files")


async def test_a_row_whose_file_has_made_way_is_missing_not_lost(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ours, other = await shelve(["a.cbz", "b.cbz"])
    (claimed,) = await claim(conn, [ours])
    await outcomes.save(conn, WORKER, [ended(claimed, placed=placed(claimed, "b.cbz"))])
    missing = "SELECT id FROM files WHERE missing_since IS NOT NULL"
    assert await column(conn, missing) == [other]
    assert await column(conn, PATHS) == ["b.cbz"]


async def test_what_was_taken_away_is_missing_and_its_path_is_free(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    gone, other = await claim(conn, await shelve(["a.cbz", "b.cbz"]))
    here = ended(other, placed=placed(other, "a.cbz"))
    await outcomes.save(conn, WORKER, [ended(gone, gone=True), here])
    assert await column(conn, PATHS) == ["a.cbz"]
    rows = "SELECT id FROM files WHERE missing_since IS NOT NULL AND path = 'a.cbz'"
    assert await column(conn, rows) == [gone.file]


async def test_what_was_brought_back_is_there_again(conn: AsyncConnection, shelve: Shelve) -> None:
    (claimed,) = await claim(conn, await shelve(["a.cbz"], missing=True))
    await outcomes.save(conn, WORKER, [ended(claimed, placed=placed(claimed, "a.cbz"))])
    assert await column(conn, PATHS) == ["a.cbz"]


async def test_folders_of_what_changed_are_compared_by_file_again(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    """Else a scan might take one for known that holds what it did before."""
    claimed, _ = await claim(conn, await shelve(["a/1.cbz", "b/2.cbz"]))
    await conn.execute(text("UPDATE folders SET fingerprint = 'x'"))
    await outcomes.save(conn, WORKER, [ended(claimed, placed=placed(claimed, "c/1.cbz"))])
    trusted = "SELECT path FROM folders WHERE fingerprint IS NOT NULL"
    assert await column(conn, trusted) == ["b/"]
    assert await column(conn, "SELECT path FROM folders ORDER BY 1") == ["a/", "b/", "c/"]


async def test_a_mark_alone_leaves_the_rest_of_the_row(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    first, second = await claim(conn, await shelve(["a.cbz", "b.cbz"], duplicate=True))
    before = await column(conn, "SELECT ctid::text FROM files WHERE id = :id", id=second.file)
    same = ended(second, "unchanged", marked=False, duplicate=True)
    await outcomes.save(conn, WORKER, [ended(first, "unchanged", marked=True), same])
    rows = (await conn.execute(text("SELECT marked, duplicate FROM files ORDER BY id"))).all()
    assert [tuple(row) for row in rows] == [(True, True), (False, True)]
    after = await column(conn, "SELECT ctid::text FROM files WHERE id = :id", id=second.file)
    assert after == before


async def test_a_preview_ends_without_touching_a_file(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(2), preview=True)
    claimed = await batch_items.claim(conn, WORKER, 10)
    assert [one.preview for one in claimed] == [True, True]
    await outcomes.save(
        conn,
        WORKER,
        [ended(one, after={"path": f"{one.seq}.cbz"}, gone=True, marked=True) for one in claimed],
    )
    assert (await one(conn, made)).state == "previewed"
    assert (
        await column(conn, "SELECT marked OR missing_since IS NOT NULL FROM files") == [False] * 2
    )


async def test_a_preview_that_was_cancelled_meanwhile_touches_nothing_either(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(1), preview=True)
    (claimed,) = await batch_items.claim(conn, WORKER, 10)
    await batch_states.cancel(conn, made.id)
    await conn.commit()
    await outcomes.save(conn, WORKER, [ended(claimed, marked=True)])
    assert await column(conn, "SELECT marked FROM files") == [False]
    assert await column(conn, "SELECT preview FROM batch_items") == [True]
    assert (await one(conn, made)).state == "cancelled"


async def test_of_two_comics_that_a_preview_gives_one_name_the_second_is_refused(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    """Whatever the chunks in which they were planned, and on disks that know no upper case."""
    ids = await shelve(["1.cbz", "2.cbz", "3.cbz", "4.cbz"])
    made = await make(conn, ids, preview=True)
    names = ["Été.cbz", "x.cbz", "E\u0301TE\u0301.cbz", "y.cbz"]
    await work(conn, lambda one: ended(one, after={"path": names[one.seq]}), most=1)
    now = await one(conn, made)
    assert (now.state, now.done, now.skipped, now.ended) == ("previewed", 3, 1, 4)
    refused = "SELECT seq FROM batch_items WHERE state = 'skipped' AND after IS NULL"
    assert await column(conn, refused) == [2]
    assert await column(conn, "SELECT error FROM batch_items WHERE seq = 2") == [outcomes.SAME_NAME]


async def test_a_preview_refuses_whoever_wants_the_name_of_one_that_it_refuses(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    made = await make(conn, await shelve(["1.cbz", "2.cbz", "3.cbz", "4.cbz"]), preview=True)
    names = ["x.cbz", "X.cbz", "2.cbz", "3.cbz"]
    await work(conn, lambda one: ended(one, after={"path": names[one.seq]}))
    assert (await one(conn, made)).skipped == 3
    assert await column(conn, "SELECT error FROM batch_items WHERE seq > 0 ORDER BY seq") == [
        *(outcomes.SAME_NAME, outcomes.TAKEN, outcomes.TAKEN),
    ]


async def test_two_who_are_in_each_others_way_both_get_through(
    conn: AsyncConnection, shelve: Shelve, url: URL
) -> None:
    """PostgreSQL breaks the tie by an error for one of them, who saves once more.

    That is whoever looks for a tie when there is one: each looks once, after it has waited for
    `deadlock_timeout`. Here the other has looked, and found none, before there is one.
    """
    first, second = await shelve(["a.cbz", "b.cbz"])
    made = await make(conn, [first, second])
    claimed = await batch_items.claim(conn, WORKER, 10)
    lock = text("UPDATE files SET duplicate = true WHERE id = :id")
    async with working(url) as other:
        await conn.execute(lock, {"id": first})
        await other.execute(lock, {"id": second})
        waiting = asyncio.create_task(other.execute(lock, {"id": first}))
        await until_waiting(conn)
        looked = "SELECT pg_sleep_for(2 * current_setting('deadlock_timeout')::interval)"
        await conn.execute(text(looked))
        marking = [ended(one, marked=True) for one in claimed]
        saving = asyncio.create_task(outcomes.save(conn, WORKER, marking))
        await waiting
        await other.rollback()
    assert len(await saving) == 2
    assert (await one(conn, made)).done == 2


@pytest.mark.parametrize("state", ["paused", "running"])
async def test_the_last_file_ends_a_batch_that_was_paused_too(
    conn: AsyncConnection, shelve: Shelve, state: str
) -> None:
    made = await make(conn, await shelve(1))
    claimed = await batch_items.claim(conn, WORKER, 10)
    if state == "paused":
        await batch_states.pause(conn, made.id)
        await conn.commit()
    await outcomes.save(conn, WORKER, [Outcome(batch=made.id, seq=0, state="unchanged")])
    assert claimed
    assert (await one(conn, made)).state == "done"
