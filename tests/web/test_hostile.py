"""Names and tags that are full of markup are shown as the text that they are, in every place."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from cli.covers import draw_page
from tests.conftest import Serve, Served
from tests.web.conftest import Visit

EVIL = '"><img src=x onerror=alert(1)>'
WRITTEN = EVIL.replace("<", "&lt;")  # as XML has it
TAGGED = ("Series", "Number", "Title", "Publisher", "Writer", "Summary")


@pytest.fixture(scope="module")
def shelf(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Have Longbox run on a library where all is evil: itself, two copies, and an empty comic."""
    library = tmp_path_factory.mktemp("evil") / EVIL
    (library / EVIL).mkdir(parents=True)
    for number in (1, 2):
        write_evil(library / EVIL / f"{EVIL} {number}.cbz")
    (library / f"{EVIL} empty.cbz").touch()
    return serve(library, DUPLICATE_DIR=str(tmp_path_factory.mktemp("away")))


def write_evil(path: Path) -> None:
    """Write a comic of one real page, all of whose tags are evil."""
    tags = "".join(f"<{name}>{WRITTEN}</{name}>" for name in TAGGED)
    with ZipFile(path, "w") as comic:
        comic.writestr(f"{EVIL}.png", draw_page(1))
        comic.writestr("ComicInfo.xml", f"<ComicInfo>{tags}</ComicInfo>")


def see(page: Page, *texts: str) -> None:
    """Wait until these are there as text, and fail if any of it became an element."""
    for text in texts:
        expect(page.get_by_text(text).first).to_be_attached()
    assert page.locator("[onerror], img[src=x]").count() == 0


def test_names_and_tags_are_text_in_every_place(visit: Visit, shelf: Served) -> None:
    """An alert would be a dialog of the browser, and a picture a request: complaints, both."""
    page = visit(server=shelf.url)
    expect(page.get_by_role("banner")).to_contain_text("Scanned", timeout=20_000)
    for query, texts in {
        "": (f"{EVIL} 1.cbz",),
        "?look=covers": (f"{EVIL} 1.cbz",),
        "?look=folders": (EVIL,),
        "?search=img": (f"{EVIL} 1.cbz",),
        "?place=duplicates": (f"{EVIL} 1.cbz", f"{EVIL} 2.cbz"),
        "?place=broken": (f"{EVIL} empty.cbz",),
        "?place=libraries": (EVIL,),
        "?place=statistics": (EVIL,),
        "?place=scans": (EVIL,),
        "?place=settings": (EVIL,),
        "?place=missing": (),
        "?place=logs": (),
    }.items():
        page.goto(f"{shelf.url}/{query}")
        expect(page.get_by_role("main").get_by_role("heading").first).to_be_attached()
        see(page, *texts)


def test_they_are_text_in_every_dialog_batch_and_history(visit: Visit, shelf: Served) -> None:
    page = visit(f"?search={EVIL}", server=shelf.url)
    page.get_by_role("button", name="More filters").click()
    see(page, EVIL)
    page.locator("[data-opens]").first.click()
    details = page.get_by_role("dialog")
    expect(details.get_by_text(EVIL, exact=True).first).to_be_visible()  # a tag
    details.get_by_role("button", name="Edit tags").click()
    editor = page.get_by_role("dialog", name="Edit the tags")
    expect(editor.get_by_label("Series", exact=True)).to_have_value(EVIL)
    editor.get_by_label("Title", exact=True).fill(f"{EVIL}!")
    editor.get_by_role("button", name="Preview 1 edit").click()
    expect(page.locator("ins").last).to_contain_text(f"{EVIL}!", timeout=20_000)
    see(page)
    page.get_by_role("button", name="Edit 1 comic").click()
    batch = page.get_by_role("dialog").last
    expect(batch.get_by_role("button", name="Changed 1")).to_be_visible(timeout=20_000)
    see(page, f"{EVIL}!")
    page.goto(f"{shelf.url}/?place=history")
    see(page, f"{EVIL} 1.cbz", f"{EVIL}!")
    page.goto(f"{shelf.url}/?place=batches")
    see(page)

    page.goto(f"{shelf.url}/?search={EVIL}")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Name for this view").fill(EVIL)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Rename {EVIL}")).to_be_visible()
    see(page)


def test_they_are_text_beside_their_pages(visit: Visit, shelf: Served) -> None:
    page = visit(server=shelf.url)
    page.locator("[data-opens]").first.click()
    page.get_by_role("button", name="Page 1").click()
    expect(page.get_by_role("img", name=f"Page 1 of {EVIL}")).to_be_visible()
    see(page, f"Pages of {EVIL}")
