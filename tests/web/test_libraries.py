"""Libraries on the page: seen, added, edited and removed, by keys too."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import Serve, Served
from tests.disk import write_comic
from tests.web.conftest import (
    PHONE,
    WIDE,
    Visit,
    expect_no_scrolling_sideways,
    expect_no_violation,
)


@pytest.fixture(scope="module")
def served(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Have Longbox run on a library of one comic, with another folder beside it."""
    folder = tmp_path_factory.mktemp("libraries")
    write_comic(folder / "first" / "1.cbz")
    write_comic(folder / "second" / "2.cbz")
    return serve(folder / "first")


def open_libraries(page: Page) -> Locator:
    """Go where the libraries are."""
    menu = page.get_by_role("button", name="Open the navigation")
    if menu.is_visible():
        menu.click()
    page.get_by_role("link", name="Libraries").click()
    place = page.get_by_role("main")
    expect(place.get_by_role("heading", name="Libraries")).to_be_visible()
    return place


def test_a_library_is_added_edited_and_removed(visit: Visit, served: Served) -> None:
    page = visit(server=served.url)
    place = open_libraries(page)
    expect(place.get_by_role("region", name="first")).to_contain_text("As set for every library")
    place.get_by_role("button", name="Add a library").click()
    form = place.get_by_role("form", name="Add a library")
    expect(form.get_by_label("Folder")).to_be_focused()
    form.get_by_role("button", name="Browse").click()
    form.get_by_label("Folder").fill(f"{served.library.parent}/s")
    form.get_by_role("list", name="Where to go").get_by_role("button", name="second").click()
    expect(form.get_by_label("Folder")).to_have_value(f"{served.library.with_name('second')}/")
    expect(form.get_by_text("1 comic lies directly in")).to_be_visible()
    form.get_by_label("Leave out").fill("Extras/\n\n*.tmp.cbz\n")
    form.get_by_label("Watch for changes").check()
    form.get_by_role("button", name="Save").click()
    second = place.get_by_role("region", name="second")
    expect(second).to_contain_text("*.tmp.cbz")
    expect(page.get_by_role("banner")).to_contain_text("2 comics", timeout=20_000)

    second.get_by_role("button", name="Edit second").click()
    second.get_by_label("Name").fill("Mine & yours")
    second.get_by_label("Schedule").fill("0 3 * * *")
    second.get_by_label("Schedule").press("Enter")
    mine = place.get_by_role("region", name="Mine & yours")
    expect(mine).to_contain_text("0 3 * * *")

    mine.get_by_role("button", name="Remove Mine & yours").click()
    expect(mine).to_contain_text("marks and history")
    expect(mine.get_by_role("button", name="Remove")).to_be_disabled()
    page.keyboard.type("Mine & yours")
    page.keyboard.press("Enter")
    expect(mine).to_have_count(0)
    expect(page.get_by_role("banner")).to_contain_text("1 comic", timeout=20_000)
    assert Path(served.library.with_name("second"), "2.cbz").exists()


def test_what_is_refused_is_told_and_what_was_typed_stays(
    visit: Visit, served: Served, complaints: list[str]
) -> None:
    place = open_libraries(visit(server=served.url))
    place.get_by_role("button", name="Add a library").click()
    folder = place.get_by_label("Folder")
    folder.fill("/no/such/folder")
    folder.press("Enter")
    expect(place.get_by_role("alert")).to_contain_text("is not a folder that can be read")
    expect(folder).to_have_value("/no/such/folder")
    folder.fill(str(served.library.parent))
    folder.press("Enter")
    expect(place.get_by_role("alert")).to_contain_text("overlap")
    assert [found for found in complaints if "the server responded" not in found] == []
    complaints.clear()  # Chromium tells of each refusal


def test_keys_go_to_a_place_and_back(visit: Visit, served: Served) -> None:
    page = visit(server=served.url)
    page.get_by_role("link", name="Libraries").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Libraries")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("region", name="Comics")).to_be_visible()


def test_on_a_phone_the_navigation_is_behind_a_button(visit: Visit, served: Served) -> None:
    page = visit(server=served.url, width=PHONE)
    menu = page.get_by_role("button", name="Open the navigation")
    menu.focus()
    page.keyboard.press("Enter")
    close = page.get_by_role("button", name="Close the navigation")
    expect(close).to_be_focused()
    page.keyboard.press("Escape")
    expect(close).to_be_hidden()
    expect(menu).to_be_focused()


def test_axe_finds_no_violation_and_nothing_scrolls_sideways(visit: Visit, served: Served) -> None:
    page = visit(server=served.url)
    place = open_libraries(page)
    place.get_by_role("button", name="Remove first").click()
    place.get_by_role("button", name="Add a library").click()
    place.get_by_role("button", name="Browse").click()
    expect(place.get_by_role("list", name="Where to go")).to_be_visible()
    expect_no_scrolling_sideways(page, (WIDE, 768, PHONE))
    expect_no_violation(page, (WIDE, 768, PHONE))
