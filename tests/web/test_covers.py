"""Covers as a collector sees them: a grid, and one beside the details."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import (
    PHONE,
    Visit,
    expect_no_scrolling_sideways,
    expect_no_violation,
)

SHOWN = "img[data-state=shown]"


def cards(page: Page) -> Locator:
    """Find the comics of the grid that are drawn: those in sight, give or take."""
    return page.get_by_role("list", name="Comics").get_by_role("listitem")


def test_the_list_is_shown_as_covers_and_the_address_says_so(visit: Visit) -> None:
    page = visit("?per_page=25")
    page.locator("label").filter(has_text="Covers").click()
    expect(page).to_have_url(re.compile(r"/\?look=covers&per_page=25$"))
    expect(cards(page).first.locator(SHOWN)).to_be_visible()
    page.reload()
    expect(cards(page).first.locator(SHOWN)).to_be_visible()
    page.locator("label").filter(has_text="Table").click()
    expect(page.get_by_role("table")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/\?per_page=25$"))


def test_only_covers_that_come_into_view_are_asked_for(visit: Visit) -> None:
    page = visit("?look=covers&per_page=200")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    expect(cards(page).first.locator(SHOWN)).to_be_visible()
    expect(cards(page).nth(8).locator(SHOWN)).to_be_visible()
    covers = [url for url in asked if "/cover?" in url]
    assert 0 < len(covers) < 150
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator("li[aria-posinset='260']").locator("img").last).to_be_visible()


def test_a_cover_that_the_browser_has_is_not_asked_for_again(visit: Visit) -> None:
    page = visit("?look=covers&per_page=25")
    expect(cards(page).first.locator(SHOWN)).to_be_visible()
    expect(cards(page).nth(4).locator(SHOWN)).to_be_visible()
    had = set(transferred(page))
    page.goto(f"{page.url}&sort=name")
    expect(cards(page).first.locator(SHOWN)).to_be_visible()
    expect(cards(page).nth(4).locator(SHOWN)).to_be_visible()
    again = [size for cover, size in transferred(page).items() if cover in had]
    assert len(again) >= 2
    assert not any(again)


def transferred(page: Page) -> dict[str, int]:
    """Return the covers that this page has got, and the bytes that each took on the network."""
    found: dict[str, int] = page.evaluate(
        "Object.fromEntries(performance.getEntriesByType('resource')"
        ".filter(one => one.name.includes('/cover?')).map(one => [one.name, one.transferSize]))"
    )
    return found


def test_the_frames_keep_their_shape_before_a_cover_is_there(visit: Visit) -> None:
    page = visit()
    page.route("**/cover?*", lambda route: route.fulfill(body=b"", content_type="image/webp"))
    page.goto(f"{page.url}?look=covers&per_page=25")
    frame = cards(page).first.locator("[class*=frame]")
    box = frame.bounding_box()
    assert box
    assert abs(box["height"] / box["width"] - 1.5) < 0.02
    expect(frame).to_contain_text(re.compile("cb[zrt7]", re.IGNORECASE))


def test_what_could_not_be_read_has_a_frame_and_no_cover(visit: Visit) -> None:
    page = visit("?look=covers&fault=true")
    empty = cards(page).filter(has_text="Empty.cbz")
    expect(empty).to_contain_text("Faulty")
    expect(empty.locator("img[loading=lazy]")).to_have_count(0)


def test_covers_are_walked_and_opened_by_keys_and_the_focus_comes_back(visit: Visit) -> None:
    page = visit("?look=covers&per_page=25")
    expect(cards(page).first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("[data-opens]").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    name = second.get_attribute("title")
    details = page.get_by_role("dialog", name=name)
    expect(details.get_by_role("img", name=f"Cover of {name}")).to_be_visible()
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    expect(second).to_be_focused()


def test_covers_are_sorted_by_a_field_on_any_screen(visit: Visit) -> None:
    page = visit("?look=covers")
    page.get_by_label("Sort by").select_option("size")
    expect(cards(page).first).to_contain_text("Empty.cbz")


def test_covers_do_not_scroll_sideways(visit: Visit) -> None:
    page = visit("?look=covers&per_page=25")
    expect(cards(page).first).to_be_visible()
    expect_no_scrolling_sideways(page, (1024, 768, PHONE, 320))


def test_axe_finds_no_violation_among_covers(visit: Visit) -> None:
    page = visit("?look=covers&per_page=25&fault=true")
    expect(cards(page).first).to_be_visible()
    expect(page.get_by_role("contentinfo")).to_contain_text("Longbox ")  # asked for last
    expect_no_violation(page)
