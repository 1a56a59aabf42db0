"""The pages of a comic: in a row beside its details, and one at a time over all of the window."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import (
    PHONE,
    WIDE,
    Visit,
    expect_no_scrolling_sideways,
    expect_no_violation,
)


def open_details(visit: Visit, width: int = WIDE) -> Locator:
    """Open the details of a comic with six pages, and return the row of its pages."""
    page = visit("?search=zephyr+%23001", width=width)
    page.locator("[data-opens]").first.click()
    strip = page.get_by_role("list", name="Pages")
    expect(strip.get_by_role("listitem")).to_have_count(6)
    return strip


def shown(page: Page, number: int) -> Locator:
    """Wait until a page is shown large, and return where."""
    box = page.get_by_role("dialog").filter(has=page.get_by_role("button", name="Close the page"))
    expect(box.get_by_role("status")).to_have_text(f"{number} of 6")
    picture = box.get_by_role("img", name=f"Page {number} of Agent Zephyr")
    assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    return box


def test_pages_are_asked_for_once_they_are_in_sight(visit: Visit) -> None:
    strip = open_details(visit, PHONE)
    asked: list[str] = []
    strip.page.on("request", lambda request: asked.append(request.url))
    strip.page.reload()
    expect(strip.locator("img[data-state=shown]").first).to_be_visible()
    last = strip.get_by_role("button", name="Page 6")
    assert not [url for url in asked if "/pages/6?" in url]
    last.scroll_into_view_if_needed()
    expect(last.locator("img[data-state=shown]")).to_be_visible()


def test_pages_are_walked_opened_and_turned_by_keys_and_the_focus_comes_back(visit: Visit) -> None:
    strip = open_details(visit)
    page = strip.page
    strip.get_by_role("button", name="Page 1, the cover").focus()
    page.keyboard.press("ArrowRight")
    second = strip.get_by_role("button", name="Page 2")
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    shown(page, 2)
    expect(page).to_have_url(re.compile("leaf=2"))
    page.keyboard.press("End")
    shown(page, 6)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    box = shown(page, 5)
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(second).to_be_focused()
    expect(strip).to_be_visible()


def test_a_page_has_an_address_and_back_closes_it(visit: Visit) -> None:
    strip = open_details(visit)
    page = strip.page
    strip.get_by_role("button", name="Page 3").click()
    box = shown(page, 3)
    box.get_by_role("button", name="Next page").click()
    shown(page, 4)
    page.reload()
    box = shown(page, 4)
    page.go_back()
    expect(box).to_be_hidden()
    expect(strip).to_be_visible()


def test_axe_finds_no_violation_in_pages(visit: Visit) -> None:
    page = visit("?file=1&leaf=2")
    expect(page.get_by_role("img", name="Page 2 of")).to_be_visible()
    expect_no_scrolling_sideways(page, (WIDE, PHONE))
    expect_no_violation(page)
