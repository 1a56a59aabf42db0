"""ComicMaintainer's page, route by route as it asked, with real comics and a real worker."""

from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

from falcon.testing import ASGIConductor

from tests.disk import write_comic
from tests.functions.conftest import Ask
from tests.functions.posting import blocks, stream
from tests.functions.test_jobs import start, until_ended
from tests.scanner.conftest import Shelf, root, shelf
from tests.worker.conftest import working

__all__ = ["root", "shelf"]

ENTRY = {"path", "name", "relative_path", "size", "modified", "processed", "duplicate"}


def named(path: str) -> str:
    """Write a path as browsers write it into an address."""
    return quote(path, safe="")


def listing(root: Path) -> list[str]:
    """Return the paths of the comics that are on the disk, but for the trash."""
    return sorted(path.relative_to(root).as_posix() for path in root.glob("[!.]*/*.cb?"))


def comic_info(path: Path) -> str:
    """Return what a comic holds of tags."""
    with ZipFile(path) as comic:
        return comic.read("ComicInfo.xml").decode()


async def look(ask: Ask, **query: object) -> list[tuple[str, bool, bool]]:
    """Return the list as the page drew it: names, and whether processed or a duplicate."""
    answer = await ask("/api/files", page=1, per_page=100, sort="name", direction="asc", **query)
    assert answer.keys() >= {"files", "page", "per_page", "total_files", "total_pages"}
    assert all(file.keys() >= ENTRY for file in answer["files"])
    return [(file["name"], file["processed"], file["duplicate"]) for file in answer["files"]]


async def test_unmarked_comics_are_processed_by_a_job(
    client: ASGIConductor, ask: Ask, shelf: Shelf
) -> None:
    write_comic(shelf.root / "Saga/Saga 1.cbz", "Old", Series="Sage", Number="1")
    write_comic(shelf.root / "Saga/Saga v1 #002 (2012).cbz")
    await shelf.scan()
    assert (await ask("/api/active-job"))["job_id"] is None
    assert await ask("/api/scan-unmarked") == {
        "unmarked_count": 2,
        "marked_count": 0,
        "total_count": 2,
    }
    key = await start(client, "process-unmarked")
    assert (await ask("/api/active-job"))["job_title"] == "Processing Unmarked Files..."
    async with working(shelf):
        job = await until_ended(ask, key)
    assert (job["status"], job["progress"]) == ("completed", 1.0)
    assert {result["item"]: result["details"]["final"] for result in job["results"]} == {
        "Saga 1.cbz": f"{shelf.root}/Saga/Saga - Chapter 0001.cbz",
        "Saga v1 #002 (2012).cbz": f"{shelf.root}/Saga/Saga - Chapter 0002.cbz",
    }
    names = ["Saga - Chapter 0001.cbz", "Saga - Chapter 0002.cbz"]
    assert await look(ask) == [(name, True, False) for name in names]
    assert listing(shelf.root) == [f"Saga/{name}" for name in names]
    assert (await ask("/api/active-job"))["job_id"] is None
    assert (await ask("/api/scan-unmarked"))["unmarked_count"] == 0
    tags = await ask(f"/api/file/{named('Saga/Saga - Chapter 0001.cbz')}/tags")
    assert (tags["title"], tags["series"], tags["issue"]) == ("Chapter 1", "Saga", "1")


async def test_what_was_done_is_in_the_history(
    client: ASGIConductor, ask: Ask, shelf: Shelf
) -> None:
    write_comic(shelf.root / "Saga/Saga 1.cbz", "Old", Series="Sage", Number="1")
    await shelf.scan()
    async with working(shelf):
        done = await client.simulate_post(f"/api/process-file/{named('Saga/Saga 1.cbz')}")
        again = await client.simulate_post(
            f"/api/process-file/{named('Saga/Saga - Chapter 0001.cbz')}"
        )
    assert (done.json, again.json) == ({"success": True}, {"success": True})
    history = await ask("/api/processing-history", limit=50, offset=0)
    assert (history["total"], history["limit"], history["offset"]) == (1, 50, 0)
    (entry,) = history["history"]
    told = {
        name: (entry[f"before_{name}"], entry[f"after_{name}"])
        for name in ("filename", "title", "series")
    }
    assert told == {
        "filename": ("Saga 1.cbz", "Saga - Chapter 0001.cbz"),
        "title": ("Old", "Chapter 1"),
        "series": ("Sage", "Saga"),
    }


async def test_tags_are_edited_in_the_comic(client: ASGIConductor, ask: Ask, shelf: Shelf) -> None:
    path = write_comic(shelf.root / "Saga/Saga 1.cbz", "Old", Year="2012", Number="1", GTIN="978")
    await shelf.scan()
    address = f"/api/file/{named('Saga/Saga 1.cbz')}/tags"
    sent = {"title": "New & better", "issue": "1.5", "volume": "3", "year": "", "summary": "é"}
    async with working(shelf):
        answer = await client.simulate_post(address, json=sent)
    assert answer.json["success"] is True
    shown = await ask(address)
    assert {name: shown[name] for name in sent} == sent
    held = comic_info(path)
    assert "<Title>New &amp; better</Title>" in held
    assert "<GTIN>978</GTIN>" in held
    assert "<Year>" not in held
    assert await look(ask) == [("Saga 1.cbz", False, False)]


async def test_tags_of_many_are_edited_with_a_stream(
    client: ASGIConductor, ask: Ask, shelf: Shelf
) -> None:
    for number in (1, 2):
        write_comic(shelf.root / f"Saga/Saga {number}.cbz", f"Number {number}")
    await shelf.scan()
    sent = {"files": ["Saga/Saga 1.cbz", "Saga/Saga 2.cbz"], "tags": {"publisher": "Image"}}
    async with working(shelf):
        answer = await stream(client, "/api/files/tags", sent)
    *steps, last = blocks(answer.content)
    assert [(step["current"], step["total"], step["success"]) for step in steps] == [
        (1, 2, True),
        (2, 2, True),
    ]
    assert last["results"] == [{"file": file, "success": True} for file in sent["files"]]
    for file in sent["files"]:
        assert (await ask(f"/api/file/{named(file)}/tags"))["publisher"] == "Image"
        assert "<Publisher>Image</Publisher>" in comic_info(shelf.root / file)


async def test_selected_comics_are_renamed_with_a_stream(
    client: ASGIConductor, ask: Ask, shelf: Shelf
) -> None:
    for number in (1, 2, 3):
        write_comic(shelf.root / f"Saga/{number}.cbz", "Any", Series="Saga", Number=str(number))
    await shelf.scan()
    async with working(shelf):
        answer = await stream(
            client, "/api/rename-selected", {"files": ["Saga/3.cbz", "Saga/1.cbz"]}
        )
    *steps, last = blocks(answer.content)
    assert sorted(step["file"] for step in steps) == ["1.cbz", "3.cbz"]
    assert all(result["success"] for result in last["results"])
    assert await look(ask) == [
        ("2.cbz", False, False),
        ("Saga - Chapter 0001.cbz", True, False),
        ("Saga - Chapter 0003.cbz", True, False),
    ]


async def test_two_comics_that_want_one_name_are_both_kept_and_the_second_is_told(
    client: ASGIConductor, ask: Ask, shelf: Shelf
) -> None:
    """One of them was written over the other, with success for both.

    Or the second was a duplicate, with its tags rewritten, and marked as processed.
    """
    for name in ("a", "b"):
        write_comic(shelf.root / f"Saga/{name}.cbz", f"Of {name}", Series="Saga", Number="1")
    await shelf.scan()
    async with working(shelf):
        answer = await client.simulate_post("/api/process-all")
    results = {result["file"]: result for result in answer.json["results"]}
    assert sorted(results) == ["Saga - Chapter 0001.cbz", "b.cbz"]
    assert results["Saga - Chapter 0001.cbz"]["success"]
    assert not results["b.cbz"]["success"]
    assert await look(ask) == [("b.cbz", False, True), ("Saga - Chapter 0001.cbz", True, False)]
    assert await look(ask, filter="duplicates") == [("b.cbz", False, True)]
    assert listing(shelf.root) == ["Saga/Saga - Chapter 0001.cbz", "Saga/b.cbz"]
    assert "<Title>Of b</Title>" in comic_info(shelf.root / "Saga/b.cbz")


async def test_a_comic_that_nothing_is_known_of_keeps_its_name_and_is_not_marked(
    client: ASGIConductor, ask: Ask, shelf: Shelf
) -> None:
    """It was renamed to "- Chapter.cbz", and the next one was a duplicate, both with success."""
    for name in ("Special", "Other"):
        write_comic(shelf.root / f"Saga/{name}.cbz")
    await shelf.scan()
    async with working(shelf):
        one = await client.simulate_post(f"/api/rename-file/{named('Saga/Special.cbz')}")
        job = await until_ended(ask, await start(client, "rename-unmarked"))
    assert one.status_code == 409
    assert "which its name needs" in one.json["error"]
    assert [result["success"] for result in job["results"]] == [False, False]
    assert await look(ask) == [("Other.cbz", False, False), ("Special.cbz", False, False)]


async def test_a_comic_that_is_deleted_is_in_the_trash_and_not_in_the_list(
    client: ASGIConductor, ask: Ask, shelf: Shelf
) -> None:
    write_comic(shelf.root / "Saga/Saga 1.cbz", "One")
    outside = write_comic(shelf.root.parent / "outside.cbz", "Not ours")
    await shelf.scan()
    async with working(shelf):
        lost = [
            await client.simulate_delete(f"/api/delete-file/{named(path)}")
            for path in ("../outside.cbz", str(outside))
        ]
        gone = await client.simulate_delete(f"/api/delete-file/{named('Saga/Saga 1.cbz')}")
    assert [answer.status_code for answer in lost] == [404, 404]
    assert gone.json == {"success": True}
    assert await look(ask) == []
    assert listing(shelf.root) == []
    assert comic_info(outside)
    assert len(list(shelf.root.glob(".longbox-trash/**/*.cbz"))) == 1


async def test_pages_of_the_log_preferences_and_settings_are_as_they_were(ask: Ask) -> None:
    """What the page asks for when it is loaded, one after the other."""
    loaded: dict[str, Any] = {
        path: await ask(path)
        for path in (
            *("/api/preferences", "/api/version", "/api/watcher/status", "/api/active-job"),
            *("/api/settings/filename-format", "/api/settings/watcher-enabled"),
            *("/api/settings/log-max-bytes", "/api/settings/issue-number-padding", "/api/jobs"),
        )
    }
    assert {path: sorted(answer) for path, answer in loaded.items()} == {
        "/api/preferences": ["perPage", "theme"],
        "/api/version": ["version"],
        "/api/watcher/status": ["enabled", "running"],
        "/api/active-job": ["job_id", "job_title"],
        "/api/settings/filename-format": ["default", "format"],
        "/api/settings/watcher-enabled": ["enabled"],
        "/api/settings/log-max-bytes": ["maxBytes", "maxMB"],
        "/api/settings/issue-number-padding": ["default", "padding"],
        "/api/jobs": ["jobs"],
    }
