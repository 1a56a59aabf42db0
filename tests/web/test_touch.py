"""The page under a finger: whatever is pressed is 44 pixels high, in every place and dialog.

The places that take a log-in are looked at in test_login.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visit, expect_room_for_a_finger, expect_to_fit, follow

PHONE = 390
PLACES = (
    *("?", "?look=covers", "?look=folders", "?file=1", "?file=1&leaf=2", "?place=duplicates"),
    *("?place=broken", "?place=missing", "?place=batches", "?place=history", "?place=scans"),
    *("?place=libraries", "?place=statistics", "?place=settings", "?place=logs", "?place=about"),
)


def check(page: Page) -> None:
    """Fail if something is too small, or the page is wider than the phone."""
    expect_room_for_a_finger(page)
    expect_to_fit(page, PHONE)


@pytest.fixture
def phone(visit: Visit) -> Page:
    """Hold a phone."""
    return visit(width=PHONE, touch=True)


def test_in_every_place_there_is_room_for_a_finger(phone: Page) -> None:
    for place in PLACES:
        follow(phone, place)
        heading = phone.get_by_role("main").get_by_role("heading").first
        expect(heading.or_(phone.get_by_role("dialog").first).first).to_be_attached()
        expect(phone.get_by_text("Loading the list")).to_have_count(0)
        check(phone)


def test_in_dialogs_too(phone: Page) -> None:
    phone.get_by_role("button", name="Filters, order and views").tap()
    phone.get_by_role("button", name="More filters").tap()
    boxes = phone.locator("tbody").get_by_role("checkbox")
    boxes.first.tap()
    expect(phone.get_by_text("1 comic chosen")).to_be_visible()
    check(phone)
    dialog = phone.get_by_role("dialog")
    for action, seen in (("Edit tags", "Series and issue"), ("Delete", "trash")):
        phone.get_by_role("button", name=action, exact=True).tap()
        expect(dialog).to_contain_text(seen)
        check(phone)
        dialog.get_by_role("button", name="Close").tap()
        expect(dialog).to_have_count(0)
    phone.get_by_role("button", name="Open the navigation").tap()
    expect(phone.get_by_role("link", name="About")).to_be_visible()
    check(phone)


def test_a_card_opens_wherever_it_is_pressed(phone: Page) -> None:
    card = phone.locator("tbody").get_by_role("row").first
    card.get_by_text(re.compile("Zephyr")).last.tap(force=True)
    expect(phone.get_by_role("dialog")).to_contain_text("Path")
