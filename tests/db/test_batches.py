"""How batches are made: of which files, only once for a request, and marks in one statement."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.folding import fold
from db import batch_items, batches, places
from db.batches import KeyUsed, New, Request, undoing
from db.engine import job
from db.listing import Wanted
from tests.batches import column, ended, make, make_undo, one, work
from tests.conftest import Shelve

MARKED = "SELECT id FROM files WHERE marked ORDER BY id"


async def library_of(conn: AsyncConnection, root: str) -> int:
    """Return the library of this root."""
    (library,) = await column(conn, "SELECT id FROM libraries WHERE root = :root", root=root)
    return int(library)


async def test_a_batch_has_the_ids_in_their_order_and_each_once(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(3)
    made = await make(conn, [ids[2], ids[0], ids[2], 999], title="Rename", orders={"a": [1]})
    assert (made.total, made.state, made.title, made.ended) == (2, "running", "Rename", 0)
    done = await work(conn)
    assert [claimed.file for claimed in done] == [ids[2], ids[0]]
    assert [(claimed.seq, claimed.orders) for claimed in done] == [(0, {"a": [1]}), (1, {"a": [1]})]


async def test_a_batch_has_files_by_their_paths(conn: AsyncConnection, shelve: Shelve) -> None:
    first, second = await shelve(["a/1.cbz", "a/2.cbz"])
    found = await places.find(conn, ["a/2.cbz", "a/3.cbz", "/comics/a/1.cbz"])
    assert (await make(conn, list(found.values()))).total == 2
    assert [claimed.file for claimed in await work(conn)] == [second, first]


@pytest.mark.parametrize(
    ("wanted", "paths"),
    [
        ({}, ["a/1.cbz", "b/2.cbz", "ü/3.cbz", "a/10.cbz"]),
        ({"direction": "desc"}, ["a/10.cbz", "ü/3.cbz", "b/2.cbz", "a/1.cbz"]),
        ({"page": 2, "per_page": 1}, ["a/1.cbz", "b/2.cbz", "ü/3.cbz", "a/10.cbz"]),
        ({"sort": "size", "filter": "unmarked"}, ["a/1.cbz", "b/2.cbz"]),
        ({"filter": "marked"}, ["ü/3.cbz", "a/10.cbz"]),
        ({"filter": "duplicates"}, ["ü/3.cbz", "a/10.cbz"]),
        ({"needle": "U/"}, ["ü/3.cbz"]),
        ({"needle": "/10."}, ["a/10.cbz"]),
        ({"folder": "a"}, ["a/1.cbz", "a/10.cbz"]),
        ({"library": 2}, ["ü/3.cbz"]),
        ({"series": "Saga"}, ["b/2.cbz"]),
        ({"series": "Saga", "filter": "marked"}, []),
        ({"missing": True}, ["gone.cbz"]),
    ],
)
async def test_a_batch_has_all_that_a_list_would_show_in_its_order(
    conn: AsyncConnection, shelve: Shelve, wanted: dict[str, Any], paths: list[str]
) -> None:
    await shelve(["a/1.cbz"])
    await shelve(["a/10.cbz"], marked=True, duplicate=True)
    await shelve(["b/2.cbz"], series="Saga")
    await shelve(["ü/3.cbz"], library="/other", marked=True, duplicate=True)
    await shelve(["gone.cbz"], missing=True)
    if "library" in wanted:
        wanted = {"library": await library_of(conn, "/other")}
    needle = fold(wanted.get("needle", ""))
    made = await make(conn, Wanted(**{**wanted, "needle": needle}))
    assert made.total == len(paths)
    assert [claimed.path for claimed in await work(conn)] == paths


async def test_a_batch_of_nothing_is_done_at_once(conn: AsyncConnection) -> None:
    made = await make(conn, [])
    assert (made.state, made.total, made.finished_at is None) == ("done", 0, False)
    assert (await make(conn, [], preview=True)).state == "previewed"


async def test_files_become_items_a_slice_at_a_time(conn: AsyncConnection, shelve: Shelve) -> None:
    await shelve(1_500)
    made = await make(conn, Wanted())
    count = "SELECT count(*) FROM batch_items"
    assert await column(conn, count) == [1_000]
    await work(conn, most=60)
    assert await column(conn, count) == [1_500]
    assert await column(conn, "SELECT count(*) FROM batch_slices") == [0]
    assert (await one(conn, made)).done == 1_500


async def test_a_worker_that_needs_no_more_opens_no_slice(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(1_500)
    await make(conn, Wanted())
    assert len(await batch_items.claim(conn, "here:1", 1_000)) == 1_000
    assert await column(conn, "SELECT first FROM batch_slices") == [1_000]


REQUEST = Request("again", b"1")


async def test_a_request_that_comes_again_makes_no_other_batch(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(2)
    made = await make(conn, ids, request=REQUEST)
    await shelve(["new.cbz"])
    again = await make(conn, Wanted(), request=REQUEST)
    assert (again.id, again.total) == (made.id, 2)
    assert len(await batches.newest(conn, 10)) == 1


async def test_another_request_by_the_same_key_is_an_error(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(2)
    await make(conn, ids, request=REQUEST)
    with pytest.raises(KeyUsed, match="Idempotency-Key"):
        await make(conn, ids, request=Request("again", b"2"))


async def test_a_request_that_comes_twice_at_once_makes_one_batch(
    conn: AsyncConnection, shelve: Shelve, url: URL
) -> None:
    ids = await shelve(3)

    async def ask() -> int:
        async with job(url) as other:
            return (await make(other, ids, request=REQUEST)).id

    assert len({*await asyncio.gather(*(ask() for _ in range(4)))}) == 1
    assert len(await batches.newest(conn, 10)) == 1


async def test_a_batch_that_is_rolled_back_has_never_been(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(2)
    await batches.make(conn, New(kind="mark", title="", chosen=ids))
    await conn.rollback()
    assert await batches.newest(conn, 10) == []
    assert await column(conn, MARKED) == []


async def test_marking_changes_what_differs_and_is_done_at_once(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    first, second, third = await shelve(3)
    await conn.execute(text("UPDATE files SET marked = true WHERE id = :id"), {"id": second})
    untouched = "SELECT ctid::text FROM files WHERE id = :id"
    before = await column(conn, untouched, id=second)
    made = await make(conn, [third, second, first], kind="mark")
    assert (made.state, made.total, made.done, made.unchanged) == ("done", 3, 2, 1)
    assert await column(conn, MARKED) == [first, second, third]
    assert await column(conn, untouched, id=second) == before


async def test_all_that_a_list_shows_is_marked(conn: AsyncConnection, shelve: Shelve) -> None:
    await shelve(2)
    await shelve(["b.cbz", "c.cbz"], library="/other", series="Saga", year=2012)
    library = await library_of(conn, "/other")
    wanted = Wanted(library=library, series="Saga", needle="b.", filter="unmarked", year=2012)
    made = await make(conn, wanted, kind="mark")
    assert (made.total, made.done) == (1, 1)
    assert await column(conn, "SELECT path FROM files WHERE marked") == ["b.cbz"]


async def test_to_undo_marks_unmarks_what_was_not_marked_before(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(5)
    await conn.execute(text("UPDATE files SET marked = true WHERE id = 1"))
    made = await make(conn, Wanted(), kind="mark")
    await conn.execute(text("UPDATE files SET marked = false WHERE id = 2"))
    undone = await batches.make(conn, undoing(made, "Undo"))
    assert (undone.kind, undone.undoes, undone.total, undone.done) == ("unmark", made.id, 4, 3)
    assert await column(conn, MARKED) == [1]
    await batches.make(conn, undoing(undone, "Redo"))
    assert await column(conn, MARKED) == [ids[0], *ids[2:]]
    one_of_them = await batches.make(conn, undoing(made, "Undo", file=ids[4]))
    assert one_of_them.done == 1


async def test_a_preview_of_marks_counts_and_marks_nothing(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    await shelve(3)
    await shelve(["marked.cbz"], marked=True)
    made = await make(conn, Wanted(), kind="mark", preview=True)
    assert (made.state, made.total, made.done, made.unchanged) == ("previewed", 4, 3, 1)
    assert await column(conn, MARKED) == [4]


async def test_undo_takes_what_was_done_the_last_first_and_not_twice(
    conn: AsyncConnection, shelve: Shelve
) -> None:
    ids = await shelve(4)
    made = await make(conn, ids)
    await work(conn, lambda item: ended(item, "done" if item.file != ids[1] else "failed"))
    undone = await make_undo(conn, made, file=ids[3])
    assert [claimed.file for claimed in await work(conn)] == [ids[3]]
    rest = await make_undo(conn, made)
    done = await work(conn)
    assert [claimed.file for claimed in done] == [ids[2], ids[0]]
    assert (undone.undoes, rest.undoes, rest.kind) == (made.id, made.id, "undo")
    assert (await make_undo(conn, made)).total == 0
