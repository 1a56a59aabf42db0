"""Batches on the page: looked at before, followed while they go on, undone; and tags are edited."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Serve, Served, end, start, until, until_scanned
from tests.disk import write_comic
from tests.web.conftest import (
    PHONE,
    WIDE,
    Scheme,
    Visit,
    expect_no_violation_as_it_is,
)

COMICS = 300
EVIL = '"><img src=x onerror=alert(1)>'


def write_saga(library: Path) -> None:
    """Write comics that all want another name."""
    for number in range(1, COMICS + 1):
        write_comic(library / "Saga" / f"{number:03}.cbz", "?", Series="Old", Number=str(number))


@pytest.fixture(scope="module")
def shelf(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Have Longbox run on comics whose names are no good, and a few whose names are worse."""
    library = tmp_path_factory.mktemp("batches")
    write_saga(library)
    for number in (1, 2, 3):
        tags = {"Series": "&lt;b&gt;Evil&lt;/b&gt;", "Number": str(number)}
        write_comic(library / "Evil" / f"{EVIL} {number}.cbz", "&lt;i&gt;", **tags)
    write_comic(library / "Past" / "1.cbz", "?", Series="Past", Number="1")
    served = serve(library, GUNICORN_WORKERS="1")  # one process counts all streams
    wait_for(served, COMICS + 4)
    return served


def answer(served: Served, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401  JSON
    """Ask the API as another device does."""
    content = None if body is None else json.dumps(body).encode()
    request = Request(f"{served.url}/api/{path}", content, {"Content-Type": "application/json"})  # noqa: S310  our own server
    with urlopen(request, timeout=20) as response:  # noqa: S310  as above
        return json.load(response)


def wait_for(served: Served, comics: int) -> None:
    """Wait until the first scan has found and read so many comics."""
    until(lambda: answer(served, "files?per_page=25")["total_files"] == comics)
    until_scanned(served)


def dialog(page: Page) -> Locator:
    """Find what is open above the page."""
    return page.get_by_role("dialog")


def choose_all(page: Page) -> None:
    """Choose all that the list has, on whatever page it is."""
    page.get_by_role("checkbox", name="Choose all that are listed here").check()
    everything = page.get_by_role("button", name=re.compile(r"^Choose all [\d,]+ that match$"))
    if everything.is_visible():
        everything.click()


def begin(page: Page, action: str) -> Locator:
    """Have it worked out what an action would do, and return the dialog that shows it."""
    page.get_by_role("button", name=action, exact=True).click()
    expect(dialog(page)).to_contain_text("would change", timeout=30_000)
    return dialog(page)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press a button of the dialog."""
    dialog(page).get_by_role("button", name=name).click()


def undo(page: Page) -> None:
    """Undo the batch that is open, and wait until the one that does it has ended."""
    press(page, "Undo")
    expect(dialog(page)).to_contain_text(re.compile(r"Undo: .*Done"), timeout=30_000)


def names(served: Served, folder: str) -> list[str]:
    """List a folder of the library on the disk."""
    return sorted(path.name for path in (served.library / folder).iterdir())


def test_300_comics_are_processed_before_ones_eyes_and_undone(visit: Visit, shelf: Served) -> None:
    page = visit("?folder=Saga", server=shelf.url)
    choose_all(page)
    expect(page.get_by_role("status").get_by_text("300 comics chosen")).to_be_visible()
    begin(page, "Process")
    press(page, "Process 300 comics")
    expect(dialog(page)).to_contain_text("of 300")
    press(page, "Pause")
    expect(dialog(page)).to_contain_text("Paused")
    expect_no_violation_as_it_is(page)
    page.reload()
    expect(dialog(page)).to_contain_text("Paused")
    press(page, "Resume")
    press(page, "Minimise")
    expect(dialog(page)).to_have_count(0)
    page.get_by_role("button", name="Open: Process").click()
    expect(dialog(page)).to_contain_text("Done", timeout=30_000)
    expect(dialog(page).get_by_role("button", name="Changed 300")).to_be_visible()
    assert names(shelf, "Saga")[0] == "Saga - Chapter 0001.cbz"

    press(page, "Undo")
    press(page, "Stop")
    expect(dialog(page)).to_contain_text("Stopped")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Batches").click()
    page.get_by_role("button", name="Process", exact=True).click()
    undo(page)
    assert names(shelf, "Saga") == [f"{number:03}.cbz" for number in range(1, COMICS + 1)]


def test_only_what_is_ticked_is_done(visit: Visit, shelf: Served) -> None:
    page = visit("?folder=Evil", server=shelf.url)
    choose_all(page)
    preview = begin(page, "Rename")
    tick = preview.get_by_role("checkbox", name="All changes")
    tick.click()
    expect(preview.get_by_role("button", name="Rename 0 comics")).to_be_disabled()
    preview.get_by_role("checkbox", name=f"Change {EVIL} 2.cbz").check()
    press(page, "Rename 1 comic")
    expect(dialog(page)).to_contain_text("Done", timeout=30_000)
    assert len([name for name in names(shelf, "Evil") if name.startswith(EVIL)]) == 2
    undo(page)
    assert f"{EVIL} 2.cbz" in names(shelf, "Evil")


def test_a_preview_that_is_closed_leaves_nothing_behind(visit: Visit, shelf: Served) -> None:
    page = visit("?folder=Evil", server=shelf.url)
    choose_all(page)
    known = len(answer(shelf, "batches")["batches"])
    begin(page, "Rename")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    expect(page.get_by_text("3 comics chosen")).to_be_visible()
    expect(page.get_by_role("button", name="Rename", exact=True)).to_be_focused()
    expect(page.get_by_role("button", name="Open: Rename")).to_have_count(0)
    assert len(answer(shelf, "batches")["batches"]) == known


def test_the_tags_of_one_comic_are_edited_and_undone(visit: Visit, shelf: Served) -> None:
    page = visit("?folder=Evil", server=shelf.url)
    page.get_by_role("checkbox", name=f"Choose {EVIL} 1.cbz").check()
    page.get_by_role("button", name="Edit tags").click()
    series = dialog(page).get_by_label("Series", exact=True)
    expect(series).to_have_value("<b>Evil</b>")
    series.fill("<script>alert(1)</script>")
    dialog(page).get_by_label("Title", exact=True).fill("")
    press(page, "Preview 2 edits")
    expect(dialog(page).locator("ins")).to_have_text("becomes <script>alert(1)</script>")
    expect(dialog(page).locator("del")).to_contain_text(["<b>Evil</b>", "<i>"])
    press(page, "Edit 1 comic")
    expect(dialog(page)).to_contain_text("Done", timeout=30_000)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="History").click()
    entry = page.get_by_role("main").get_by_role("listitem").first
    expect(entry).to_contain_text("Tags edited")
    entry.get_by_role("button", name=f"{EVIL} 1.cbz").click()
    page.get_by_role("button", name="Undo the last change").click()
    expect(dialog(page)).to_contain_text("Done", timeout=30_000)
    page.keyboard.press("Escape")
    expect(page.get_by_role("main")).to_contain_text("undone")
    assert page.locator("img[src=x], main script, main b").count() == 0


def test_tags_are_edited_from_the_details_and_escape_closes_what_is_on_top(
    visit: Visit, shelf: Served, complaints: list[str]
) -> None:
    page = visit("?search=Saga/", server=shelf.url)
    page.locator("[data-opens]").first.click()
    details = dialog(page).filter(has_text="What was done to this comic")
    details.get_by_role("button", name="Edit tags").click()
    editor = page.get_by_role("dialog", name="Edit the tags of 1 comic")
    expect(editor.get_by_label("Series", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(editor).to_be_hidden()
    expect(details).to_be_visible()
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    assert all(
        "422" in told for told in complaints
    )  # its pages are no pictures, so it has no cover
    complaints.clear()


def test_the_tags_of_many_are_edited_field_by_field(visit: Visit, shelf: Served) -> None:
    page = visit("?folder=Evil", server=shelf.url)
    choose_all(page)
    page.get_by_role("button", name="Edit tags").click()
    for field, way in (("Publisher", "set"), ("Number", "renumber"), ("Series", "replace")):
        dialog(page).get_by_label(f"What to do to {field}", exact=True).select_option(way)
    dialog(page).get_by_label("Publisher", exact=True).fill("Image")
    dialog(page).get_by_label("From", exact=True).fill("007")
    dialog(page).get_by_label("Step", exact=True).fill("2")
    dialog(page).get_by_label("Find", exact=True).fill("Evil")
    dialog(page).get_by_label("Replace by", exact=True).fill("Good")
    press(page, "Preview 3 edits")
    expect(dialog(page)).to_contain_text("3 comics would change", timeout=30_000)
    press(page, "Cancel")
    expect(dialog(page).get_by_label("Publisher", exact=True)).to_have_value("Image")
    press(page, "Preview 3 edits")
    press(page, "Edit 3 comics")
    expect(dialog(page)).to_contain_text("Done", timeout=30_000)
    found = answer(shelf, "files?folder=Evil&sort=name")["files"]
    assert [(one["number"], one["series"], one["publisher"]) for one in found] == [
        (number, "<b>Good</b>", "Image") for number in ("007", "009", "011")
    ]


@pytest.mark.parametrize("lacking", ["", "delete globalThis.SharedWorker"])
def test_two_tabs_share_a_stream_and_both_see_what_happens(
    visit: Visit, shelf: Served, lacking: str
) -> None:
    first = visit(server=shelf.url)
    first.context.add_init_script(lacking)
    first.goto(f"{shelf.url}/?folder=Evil")
    second = first.context.new_page()
    second.goto(f"{shelf.url}/?folder=Evil")
    file = answer(shelf, "files?folder=Evil")["files"][2]["id"]
    for tab in (first, second):
        expect(tab.locator(f"[data-opens='{file}']")).to_be_visible()
    until(lambda: answer(shelf, "events/stats")["active_clients"] == 1)
    value = f"Seen at once: {lacking}"
    edit = {"do": "set", "field": "publisher", "value": value}
    answer(shelf, "batches", {"kind": "tags", "files": [file], "edits": {"edits": [edit]}})
    for tab in (first, second):
        expect(tab.get_by_role("main")).to_contain_text(value, timeout=6_000)
    assert answer(shelf, "events/stats")["active_clients"] == 1

    first.close()  # the one that may hold the stream for both
    edit["value"] = f"Still: {lacking}"
    answer(shelf, "batches", {"kind": "tags", "files": [file], "edits": {"edits": [edit]}})
    expect(second.get_by_role("main")).to_contain_text(edit["value"], timeout=15_000)
    assert answer(shelf, "events/stats")["active_clients"] == 1


def test_rows_change_where_they_stand_while_a_batch_runs(visit: Visit, shelf: Served) -> None:
    """The page's clock stands still but for what it is told: it looks again for no other reason."""
    page = visit(server=shelf.url)
    page.clock.install()
    page.goto(f"{shelf.url}/?folder=Saga&filter=unmarked")
    second = answer(shelf, "files?folder=Saga&filter=unmarked")["files"][1]["id"]
    row = page.locator(f"tr:has([data-opens='{second}'])")
    row.get_by_role("checkbox").check()
    page.clock.pause_at(2**32)
    link = row.get_by_role("link")
    link.focus()
    batch = answer(shelf, "batches", {"kind": "process", "filter": {"folder": "Saga"}})["id"]
    until(lambda: answer(shelf, f"batches/{batch}")["done"] > 1)
    answer(shelf, f"batches/{batch}/pause", {})
    until(lambda: tell(page) and row.get_by_text("Processed").is_visible(), 30)
    expect(link).to_have_text("Saga - Chapter 0002.cbz")
    expect(link).to_be_focused()
    expect(row.get_by_role("checkbox")).to_be_checked()

    answer(shelf, f"batches/{batch}/resume", {})
    until(lambda: tell(page) and page.get_by_text("No comic matches").is_visible(), 30)
    undone = answer(shelf, f"batches/{batch}/undo", {})["id"]
    until(lambda: answer(shelf, f"batches/{undone}")["state"] == "done")


def tell(page: Page) -> bool:
    """Let a little time pass for the page."""
    page.clock.run_for(100)
    return True


def test_comics_are_marked_at_once_and_unmarked_again(visit: Visit, shelf: Served) -> None:
    page = visit("?folder=Saga&per_page=25", server=shelf.url)
    choose_all(page)
    page.get_by_role("checkbox", name="Choose 001.cbz").uncheck()
    expect(page.get_by_text("299 comics chosen")).to_be_visible()
    page.get_by_role("button", name="Mark", exact=True).click()
    expect(page.get_by_text("Marked 299 comics.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert answer(shelf, "files?folder=Saga&filter=marked")["total_files"] == 0


def test_what_is_deleted_is_had_back(visit: Visit, shelf: Served) -> None:
    page = visit("?folder=Saga&per_page=25", server=shelf.url)
    page.get_by_role("checkbox", name="Choose 001.cbz").check()
    page.get_by_role("checkbox", name="Choose 004.cbz").click(modifiers=["Shift"])
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog(page)).to_contain_text("Delete 4 comics?")
    press(page, "Preview")
    press(page, "Delete 4 comics")
    expect(dialog(page)).to_contain_text("Done", timeout=30_000)
    expect_no_violation_as_it_is(page)
    assert not (shelf.library / "Saga" / "004.cbz").exists()
    undo(page)
    assert (shelf.library / "Saga" / "004.cbz").exists()


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (PHONE, "dark")])
def test_nothing_about_batches_keeps_anybody_out(
    visit: Visit, shelf: Served, width: int, scheme: Scheme
) -> None:
    page = visit("?folder=Evil", server=shelf.url, width=width, scheme=scheme)
    ticks = page.get_by_role("checkbox", name=re.compile(r"^Choose \""))
    ticks.first.check()
    look(page, "Edit tags", "Series and issue")
    ticks.last.check()
    look(page, "Edit tags", "Edit the tags of 2 comics")
    look(page, "Delete", "trash")
    look(page, "Rename", "would change")
    batch = answer(shelf, "batches", {"kind": "process", "filter": {"folder": "Past"}})["id"]
    until(lambda: answer(shelf, f"batches/{batch}")["state"] == "done")
    for place in ("batches", "history"):
        page.goto(f"{shelf.url}/?place={place}")
        expect(page.get_by_role("main").get_by_role("listitem").first).to_be_visible()
        expect_no_violation_as_it_is(page)


def look(page: Page, action: str, seen: str) -> None:
    """Check what an action opens, and close it."""
    page.get_by_role("button", name=action, exact=True).click()
    expect(dialog(page)).to_contain_text(seen, timeout=20_000)
    expect_no_violation_as_it_is(page)
    page.keyboard.press("Escape")


def test_a_batch_goes_on_when_the_server_comes_back(
    chromium: Browser, serve: Serve, tmp_path: Path
) -> None:
    """Its page follows again by itself; what the browser says of the time between is no matter."""
    write_saga(tmp_path)
    shelf = serve(tmp_path)
    wait_for(shelf, COMICS)
    with chromium.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"{shelf.url}/?folder=Saga")
        choose_all(page)
        begin(page, "Process")
        press(page, "Process 300 comics")
        press(page, "Pause")
        expect(dialog(page)).to_contain_text("Paused")
        end(shelf.process)
        port = urlsplit(shelf.url).port or 0
        again = start(shelf.library, shelf.home, port)
        try:
            press(page, "Resume")
            expect(dialog(page)).to_contain_text("Done", timeout=40_000)
            expect(dialog(page).get_by_role("button", name="Changed 300")).to_be_visible()
        finally:
            end(again)
