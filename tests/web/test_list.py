"""The list as a collector walks it: far down, by filters and folders, by keys, chosen and kept."""

import re

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.web.conftest import (
    PHONE,
    WIDE,
    Scheme,
    Visit,
    expect_no_violation,
)

COMICS = 260  # of the sample library
FIRST = "[data-opens]"


def names(page: Page) -> list[str]:
    """Read the names that are drawn, from the top."""
    return page.locator(FIRST).all_inner_texts()


def open_list(visit: Visit, query: str = "", width: int = WIDE, scheme: Scheme = "light") -> Page:
    """Open the page and wait for its first comic."""
    page = visit(query, width=width, scheme=scheme)
    expect(page.locator(FIRST).first).to_be_visible()
    return page


def scroll_to_end(page: Page) -> None:
    """Scroll as far down as it goes."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")


def chosen(page: Page, comics: int) -> Locator:
    """Wait until so many comics are chosen, and return the actions."""
    bar = page.get_by_role("region", name="What to do with the chosen comics")
    words = f"{comics} comic{'' if comics == 1 else 's'} chosen"
    expect(bar.get_by_role("status").first).to_have_text(words)
    return bar


def tick(page: Page, number: int) -> Locator:
    """Find the tick of a comic that is drawn."""
    return page.locator("tbody").get_by_role("checkbox").nth(number)


def test_all_of_the_list_is_reached_by_scrolling_and_few_rows_are_drawn(visit: Visit) -> None:
    page = open_list(visit, "?per_page=50")
    first = names(page)
    scroll_to_end(page)
    expect(page).to_have_url(re.compile(r"\?page=5&per_page=50$"))
    last = page.locator(f'tr[aria-rowindex="{COMICS + 1}"]')
    expect(last).to_be_in_viewport()
    assert not set(first) & set(names(page))
    assert len(names(page)) < 60


def test_pages_that_were_walked_through_leave_nothing_behind(visit: Visit) -> None:
    """What `python -m bench.walking` measures at a million rows."""
    page = visit()
    page.clock.install()
    page.goto(f"{page.url}?per_page=25")
    tick(page, 0).click()
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    used = [walk_to_and_fro(page, session) for _ in range(6)]
    assert max(used[2:]) < used[1] * 1.1
    chosen(page, 1)


def walk_to_and_fro(page: Page, session: CDPSession) -> float:
    """Walk to the end and back, wait until pages are forgotten, and tell what the heap holds."""
    for key, last in (("ArrowRight", "11"), ("ArrowLeft", "1")):
        for _ in range(10):
            page.keyboard.press(key)
        expect(page.get_by_role("textbox", name="Page")).to_have_value(last)
        expect(page.locator(FIRST).first).to_be_visible()
    page.clock.run_for(10_000)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])


def test_the_first_list_takes_one_request(visit: Visit) -> None:
    page = open_list(visit)  # or what it asks for late would count
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    expect(page.locator(FIRST).first).to_be_visible()
    expect(page.get_by_role("contentinfo")).to_contain_text("Longbox ")  # asked for last
    assert len([url for url in asked if "/api/files" in url]) == 1


def test_a_selection_outlives_scrolling_search_and_sort(visit: Visit) -> None:
    page = open_list(visit)
    tick(page, 0).click()
    tick(page, 2).click()
    chosen(page, 2)
    scroll_to_end(page)
    expect(page.locator(f'tr[aria-rowindex="{COMICS + 1}"]')).to_be_in_viewport()
    chosen(page, 2)
    page.get_by_role("textbox", name="Search").fill("unsorted")
    expect(page.get_by_role("table")).to_have_attribute("aria-rowcount", "8")
    chosen(page, 2)
    page.keyboard.press("Escape")
    expect(page.locator('tr[aria-rowindex="2"]').get_by_role("checkbox")).to_be_checked()
    expect(page.locator('tr[aria-rowindex="3"]').get_by_role("checkbox")).not_to_be_checked()


def test_shift_chooses_a_range_and_all_that_match_are_chosen_at_once(visit: Visit) -> None:
    page = open_list(visit)
    tick(page, 1).click()
    tick(page, 6).click(modifiers=["Shift"])
    bar = chosen(page, 6)
    bar.get_by_role("button", name=f"Choose all {COMICS} that match").click()
    chosen(page, COMICS)
    tick(page, 3).click()
    chosen(page, COMICS - 1)
    bar.get_by_role("button", name="Choose none").click()
    expect(bar).to_be_hidden()


def test_the_heading_chooses_the_page_and_is_half_ticked_when_some_are(visit: Visit) -> None:
    page = open_list(visit, "?per_page=50")
    heading = page.get_by_role("checkbox", name="Choose all that are listed here")
    heading.click()
    chosen(page, 50)
    tick(page, 0).click()
    chosen(page, 49)
    assert heading.evaluate("box => box.indeterminate")


def test_comics_are_walked_and_chosen_by_keys_alone(visit: Visit) -> None:
    page = open_list(visit)
    page.keyboard.press("j")
    page.keyboard.press("Space")
    chosen(page, 1)
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    chosen(page, 3)
    page.keyboard.press("k")
    page.keyboard.press("Space")
    bar = chosen(page, 2)
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


def test_keys_walk_on_past_what_was_drawn_first(visit: Visit) -> None:
    page = open_list(visit)
    for row in range(2, 62):
        page.keyboard.press("j")
        expect(page.locator(f'tr[aria-rowindex="{row}"]').locator(FIRST)).to_be_focused()
    expect(page.locator('tr[aria-rowindex="61"]')).to_be_in_viewport()


# What the list leaves blank above its rows, as it is told and as the browser has it at that moment.
BLANK = """
    () => new Promise(tell => {
        const list = document.querySelector('table').parentElement
        const look = () => tell([list.style.paddingTop, getComputedStyle(list).paddingTop])
        new MutationObserver(look).observe(list, {attributeFilter: ['style']})
        scrollTo(0, 2000)
    })
"""


def test_rows_stand_where_they_belong_at_once_where_motion_is_reduced(visit: Visit) -> None:
    """A transition, however short, left them elsewhere for a frame: the focus scrolled there."""
    page = open_list(visit)
    told, had = page.evaluate(BLANK)
    assert told == had != "0px"


def test_rows_of_another_height_leave_on_top_what_was_on_top(visit: Visit) -> None:
    page = open_list(visit)
    page.clock.pause_at(2**31)  # the list has no time to settle
    page.evaluate(
        "scrollBy(0, document.querySelector('table').getBoundingClientRect().y + 40 * 56)"
    )
    expect(page.locator('tr[aria-rowindex="42"]')).to_be_in_viewport()
    page.set_viewport_size({"width": 900, "height": 800})
    expect(page.locator('tr[aria-rowindex="42"]')).to_be_in_viewport()
    expect(page.locator('tr[aria-rowindex="40"]')).not_to_be_in_viewport()


def test_a_question_mark_tells_the_keys(visit: Visit) -> None:
    page = open_list(visit)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Choose the comic, or drop it")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_filters_count_what_each_value_would_leave(visit: Visit) -> None:
    page = open_list(visit)
    page.get_by_role("button", name="More filters").click()
    formats = page.get_by_label("Format", exact=True)
    expect(formats.locator("option").nth(1)).to_have_text(re.compile(r"CBZ \(\d+\)"))
    formats.select_option("cbz")
    expect(page).to_have_url(re.compile(r"\?format=cbz$"))
    expect(formats.locator("option")).not_to_have_count(2)  # another can be chosen in its place
    listed = page.get_by_role("table").get_attribute("aria-rowcount")
    years = page.get_by_label("Year", exact=True).locator("option")
    expect(years).not_to_have_count(1)
    counts = [int(text.rsplit("(", 1)[1][:-1]) for text in years.all_inner_texts()[1:]]
    assert sum(counts) <= int(listed or 0) - 1


def test_columns_that_are_chosen_are_kept(visit: Visit) -> None:
    page = open_list(visit)
    usual = {"columns": None}  # whoever has chosen none
    page.request.post(f"{page.url}api/preferences", data=usual)
    page.reload()
    page.get_by_role("button", name="Columns").click()
    dialog = page.get_by_role("dialog", name="Columns")
    for column in ("Publisher", "Pages"):
        with page.expect_response("**/api/preferences"):
            dialog.get_by_label(column).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("columnheader", name="Publisher")).to_be_visible()
    page.reload()
    expect(page.get_by_role("columnheader", name="Publisher")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Pages")).to_have_count(0)
    page.request.post(f"{page.url}api/preferences", data=usual)


def test_a_view_is_saved_renamed_chosen_and_deleted(visit: Visit) -> None:
    page = open_list(visit, "?search=unsorted&sort=size")
    page.get_by_role("button", name="Saved views").click()
    dialog = page.get_by_role("dialog", name="Saved views")
    dialog.get_by_label("Name for this view").fill("Loose ends")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Rename Loose ends").click()
    dialog.get_by_label("New name for Loose ends").fill("To sort")
    with page.expect_response("**/api/preferences"):
        page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="To sort", exact=True)).to_be_visible()

    other = open_list(visit)
    other.get_by_role("button", name="Saved views").click()
    other.get_by_role("button", name="To sort", exact=True).click()
    expect(other).to_have_url(re.compile(r"\?search=unsorted&sort=size$"))
    other.get_by_role("button", name="Saved views").click()
    other.get_by_role("button", name="Delete To sort").click()
    expect(other.get_by_role("button", name="To sort", exact=True)).to_have_count(0)


def test_folders_are_unfolded_and_chosen_whole_or_in_part(visit: Visit) -> None:
    page = open_list(visit)
    page.locator("label").filter(has_text="Folders").click()
    folder = page.get_by_role("list", name="Folders").get_by_role("listitem").first
    number = int(folder.get_by_role("button", expanded=False).inner_text().split()[-1])
    box = folder.get_by_role("checkbox", name="Choose all in")
    box.click()
    chosen(page, number)
    expect(box).to_be_checked()
    folder.get_by_role("button", expanded=False).click()
    folder.locator("tbody").get_by_role("checkbox").first.click()
    chosen(page, number - 1)
    assert box.evaluate("box => box.indeterminate")


def test_axe_finds_no_violation_in_folders_filters_and_selection(visit: Visit) -> None:
    page = visit("?look=folders", width=PHONE)
    page.get_by_role("button", name="Filters, order and views").click()
    page.get_by_role("button", name="More filters").click()
    folder = page.get_by_role("list", name="Folders").get_by_role("listitem").first
    folder.get_by_role("button", expanded=False).click()
    folder.locator("tbody").get_by_role("checkbox").first.click()
    chosen(page, 1)
    expect_no_violation(page)


@pytest.mark.parametrize("dialog", ["Keys", "Columns", "Saved views"])
def test_axe_finds_no_violation_in_a_dialog(visit: Visit, dialog: str) -> None:
    page = open_list(visit)
    page.get_by_role("button", name=dialog).click()
    expect(page.get_by_role("dialog", name=dialog)).to_be_visible()
    expect_no_violation(page)
