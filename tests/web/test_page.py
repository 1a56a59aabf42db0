"""The page as a collector uses it: in a real browser, on the real server, over a sample library."""

import json
import re
import shutil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from cli.covers import draw_page
from tests.conftest import Serve
from tests.web.conftest import (
    HEIGHT,
    PHONE,
    WIDE,
    Scheme,
    Visit,
    expect_no_scrolling_sideways,
    expect_no_violation,
    expect_no_violation_as_it_is,
    expect_to_fit,
)

HOSTILE = '"><img src=x onerror=alert(1)>.cbz'
MARKUP = "<b onmouseover='alert(2)'>Bold & \"Brave\"</b>"
COMICS = 260  # of the sample library
TOOLS = "Filters, order and views"  # what a phone calls them


def rows(page: Page) -> Locator:
    """Find the comics that are drawn: of a long list those in sight."""
    return page.locator("tbody").get_by_role("row")


def names(page: Page) -> list[str]:
    """Read the names that are listed, from the top."""
    return page.locator("[data-opens]").all_inner_texts()


def expect_range(page: Page, first: int, last: int, total: int = COMICS) -> None:
    """Wait until the pager says which comics are listed."""
    status = page.get_by_role("navigation", name="Pages").get_by_role("status")
    expect(status).to_have_text(f"{first}\N{EN DASH}{last} of {total}")


def open_list(visit: Visit, query: str = "", **settings: Any) -> Page:  # noqa: ANN401  visit's own
    """Open the page and wait for the first hundred comics."""
    page = visit(query, **settings)
    expect_range(page, 1, 100)
    return page


def see(page: Page, query: str) -> None:
    """Wait until the address ends in this query string."""
    expect(page).to_have_url(re.compile(re.escape(f"/{query}") + "$"))


def test_the_list_shows_the_library_and_counts_it(visit: Visit) -> None:
    page = open_list(visit)
    expect(page.get_by_role("table")).to_have_attribute("aria-rowcount", str(COMICS + 1))
    expect(page.get_by_role("banner")).to_contain_text(f"{COMICS} comics")
    expect(page.get_by_role("banner")).to_contain_text("Scanned")


def test_a_slash_searches_and_escape_shows_all_again(visit: Visit) -> None:
    page = open_list(visit)
    page.keyboard.press("/")
    page.keyboard.type("unsorted")
    see(page, "?search=unsorted")
    expect(rows(page)).to_have_count(7)
    page.keyboard.press("Escape")
    expect_range(page, 1, 100)
    see(page, "")


def test_one_step_back_undoes_a_search_however_many_keys_it_took(visit: Visit) -> None:
    page = open_list(visit)
    search = page.get_by_role("textbox", name="Search")
    search.fill("unsorted")
    see(page, "?search=unsorted")
    search.fill("unsorted/e")
    see(page, "?search=unsorted%2Fe")
    page.go_back()
    expect_range(page, 1, 100)
    expect(search).to_have_value("")


def test_the_reason_why_a_comic_could_not_be_read_stands_in_its_row(visit: Visit) -> None:
    page = open_list(visit)
    page.get_by_role("button", name=re.compile("^Could not be read")).click()
    empty = rows(page).filter(has_text="Empty.cbz")
    expect(empty).to_contain_text("Faulty")
    expect(empty).to_contain_text("The file is empty")
    see(page, "?fault=true")


def test_marks_filter_the_list(visit: Visit) -> None:
    page = open_list(visit)
    page.locator("label").filter(has_text="Duplicates").click()
    see(page, "?filter=duplicates")
    expect(page.get_by_role("heading", name="No comic matches")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect_range(page, 1, 100)


def test_a_heading_sorts_and_then_the_other_way_round(visit: Visit) -> None:
    page = open_list(visit)
    heading = page.get_by_role("columnheader", name="Size")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(rows(page).first).to_contain_text("Empty.cbz")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(rows(page).first).not_to_contain_text("Empty.cbz")
    see(page, "?sort=size&direction=desc")


def test_pages_turn_by_button_by_key_and_by_number(visit: Visit) -> None:
    page = open_list(visit)
    pager = page.get_by_role("navigation", name="Pages")
    first = names(page)
    page.keyboard.press("ArrowRight")
    expect_range(page, 101, 200)
    assert not set(first) & set(names(page))
    pager.get_by_role("button", name="Next page").click()
    expect_range(page, 201, COMICS)
    pager.get_by_role("textbox", name="Page").fill("1")
    page.keyboard.press("Enter")
    expect_range(page, 1, 100)
    assert names(page) == first


def test_a_page_past_the_end_becomes_the_last_one(visit: Visit) -> None:
    page = visit("?page=99&per_page=25")
    see(page, "?page=11&per_page=25")
    expect_range(page, 251, COMICS)


def test_the_address_holds_the_whole_view_and_back_returns_to_it(visit: Visit) -> None:
    page = visit("?search=unsorted&sort=size&direction=desc&per_page=25")
    expect(rows(page)).to_have_count(7)
    expect(page.get_by_role("textbox", name="Search")).to_have_value("unsorted")
    expect(page.get_by_label("Per page")).to_have_value("25")
    page.get_by_role("button", name="More filters").click()
    page.get_by_label("Format", exact=True).select_option("cbt")
    see(page, "?search=unsorted&sort=size&direction=desc&per_page=25&format=cbt")
    expect(rows(page)).to_have_count(1)
    page.go_back()
    expect(rows(page)).to_have_count(7)


def test_words_that_mean_nothing_in_the_address_are_passed_over(visit: Visit) -> None:
    open_list(visit, "?page=-3&per_page=7&sort=beauty&filter=&year=never&file=zero")


def test_a_value_in_a_row_is_a_filter_and_its_chip_drops_it(visit: Visit) -> None:
    page = visit("?search=kettle")
    page.get_by_role("button", name="Brass Kettle Press", exact=True).first.click()
    chip = page.get_by_role("button", name="Remove Publisher: Brass Kettle Press")
    expect(chip).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect_range(page, 1, 100)
    expect(chip).to_be_hidden()


def test_rows_are_walked_and_opened_by_keys_and_the_focus_comes_back(visit: Visit) -> None:
    page = open_list(visit)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    second = page.locator("[data-opens]").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    details = page.get_by_role("dialog", name=second.inner_text())
    expect(details).to_contain_text("Path")
    for _ in range(8):  # more than there are stops in it
        page.keyboard.press("Tab")
        assert details.evaluate("dialog => dialog.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    expect(second).to_be_focused()
    see(page, "")


def test_details_have_an_address_of_their_own_and_tell_all_tags(visit: Visit) -> None:
    page = visit("?search=kettle")
    name = page.locator("[data-opens]").first.inner_text()
    page.locator("[data-opens]").first.click()
    details = page.get_by_role("dialog", name=name)
    expect(details).to_be_visible()
    again = visit("?" + page.url.partition("?")[2])
    details = again.get_by_role("dialog", name=name)
    expect(details).to_contain_text("bytes)")
    again.get_by_role("button", name="Close the details").click()
    expect(details).to_be_hidden()
    see(again, "?search=kettle")


def test_details_of_a_comic_that_is_not_there_say_so(visit: Visit, complaints: list[str]) -> None:
    page = visit("?file=999999")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text(
        "There is no file 999999"
    )
    complaints.clear()  # the browser itself reports the 404


def test_colours_follow_the_system_until_they_are_chosen(visit: Visit) -> None:
    page = open_list(visit, scheme="dark")
    html = page.locator("html")
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")
    page.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")
    page.get_by_role("button", name="Colours: as the system").click()
    page.get_by_role("button", name="Colours: light").click()
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")
    page.reload()
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")
    with page.expect_response(
        lambda answer: answer.request.method == "POST"
    ):  # all devices share it
        page.get_by_role("button", name="Colours: dark").click()
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")


@pytest.mark.parametrize("query", ["", "?fault=true"])
def test_nothing_scrolls_sideways(visit: Visit, query: str) -> None:
    page = visit(query)
    expect(rows(page).first).to_be_visible()
    expect_no_scrolling_sideways(page, (1024, 768, PHONE, 320))


def test_a_phone_shows_cards_and_sorts_by_a_field(visit: Visit) -> None:
    page = open_list(visit, width=PHONE)
    expect(page.get_by_role("columnheader", name="Size")).to_be_hidden()
    page.get_by_role("button", name=TOOLS).click()
    page.get_by_label("Sort by").select_option("size")
    expect(rows(page).first).to_contain_text("Empty.cbz")
    page.get_by_role("button", name="Ascending").click()
    see(page, "?sort=size&direction=desc")


def test_a_phone_folds_the_tools_behind_a_button_that_counts_the_filters(visit: Visit) -> None:
    page = open_list(visit, width=PHONE)
    top = page.locator("[data-opens]").first.evaluate("name => name.getBoundingClientRect().top")
    assert top < HEIGHT * 0.4
    page.keyboard.press("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=TOOLS, exact=True, expanded=False)).to_be_focused()
    page.keyboard.press("Enter")
    faulty = page.get_by_role("button", name=re.compile("^Could not be read"))
    faulty.click()
    see(page, "?fault=true")
    tools = page.get_by_role("button", name=f"{TOOLS}: 1 filter is on")
    expect(tools).to_have_text("1")
    tools.click()
    expect(faulty).to_be_hidden()
    page.reload()
    tools.click()
    expect(faulty).to_have_attribute("aria-pressed", "true")
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    expect(tools).to_be_hidden()
    expect(faulty).to_be_visible()


@pytest.mark.parametrize(
    "query",
    ["?per_page=25", "?fault=true&folder=Unsorted", "?search=nowhere", "?per_page=25&file=1"],
)
def test_axe_finds_no_violation(visit: Visit, query: str) -> None:
    page = visit(query)
    expect(page.get_by_role("contentinfo")).to_contain_text("Longbox ")  # asked for last
    expect_no_violation(page)


def test_the_page_waits_out_a_server_that_does_not_answer(
    visit: Visit, complaints: list[str]
) -> None:
    page = open_list(visit)
    page.context.set_offline(True)
    page.get_by_role("button", name="Last page").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Longbox does not answer")
    expect_range(page, 1, 100)
    expect(rows(page).first).to_be_visible()
    page.context.set_offline(False)
    expect(alert).to_be_hidden()
    expect_range(page, 201, COMICS)
    complaints.clear()  # the browser itself reports what failed


def test_a_running_scan_is_told_with_its_progress(visit: Visit) -> None:
    """A real scan of a library of this size is over too soon to be looked at, so one is written."""

    def tell(route: Route) -> None:
        answer = route.fetch().json()
        known = {"state": "running", "finished_at": None, "to_read": 10_300, "read": 4_120}
        answer["scans"][0] |= known
        route.fulfill(body=json.dumps(answer), content_type="application/json")

    page = visit()
    page.route("**/api/scans?*", tell)
    page.reload()
    expect(page.get_by_role("banner")).to_contain_text("Scanning… 4,120 of 10,300 read")
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "40")
    expect(page.get_by_role("button", name="Scan now")).to_be_disabled()


def test_an_empty_library_fills_by_a_scan_and_a_lost_one_is_told(
    visit: Visit, serve: Serve, tmp_path: Path
) -> None:
    """Also shows names and tags full of markup as the text that they are."""
    library = tmp_path / "shelf"
    library.mkdir()
    page = visit(server=serve(library).url)
    expect(page.get_by_role("heading", name=f"No comics in {library} yet")).to_be_visible()

    with ZipFile(library / HOSTILE, "w") as comic:
        comic.writestr("1.png", draw_page(1))
        comic.writestr("ComicInfo.xml", f"<ComicInfo><Series>{escape(MARKUP)}</Series></ComicInfo>")
    page.get_by_role("button", name="Scan now").click()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_role("link", name=HOSTILE)).to_be_visible()
    expect(page.get_by_role("button", name=MARKUP)).to_be_visible()
    page.get_by_role("link", name=HOSTILE).click()
    details = page.get_by_role("dialog", name=HOSTILE)
    expect(details).to_contain_text(MARKUP)
    expect(details.locator("img[data-state=shown]")).to_have_count(2)  # the cover and the page
    assert details.locator("img[src=x], b").count() == 0
    page.keyboard.press("Escape")

    shutil.rmtree(library)
    library.mkdir()
    page.get_by_role("button", name="Scan now").click()
    expect(page.get_by_role("banner").get_by_role("alert")).to_contain_text("The last scan failed")
    expect(rows(page)).to_have_count(1)


def escape(text: str) -> str:
    """Write a text as XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def test_the_description_of_the_api_works_without_the_internet(visit: Visit) -> None:
    page = visit("docs")
    expect(page.get_by_text("/api/files", exact=True).first).to_be_visible(timeout=30_000)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (WIDE, "light")])
def test_an_address_without_a_page_answers_in_words(
    visit: Visit, complaints: list[str], width: int, scheme: Scheme
) -> None:
    page = visit("api/files/999999", width=width, scheme=scheme)
    expect(page.get_by_role("main")).to_contain_text("There is no file 999999")
    expect_to_fit(page, width)
    expect_no_violation_as_it_is(page)
    page.get_by_role("link", name="Go to Longbox").click()
    expect_range(page, 1, 100)
    assert all("404" in told for told in complaints)
    complaints.clear()
