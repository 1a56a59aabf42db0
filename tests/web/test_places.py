"""The places beside the library: duplicates, broken and missing files, scans, settings, logs."""

import re
import shutil

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from cli import sample
from tests.conftest import Serve, Served, until_scanned
from tests.web.conftest import (
    HEIGHT,
    PHONE,
    WIDE,
    Scheme,
    Visit,
    expect_no_violation_as_it_is,
    expect_to_fit,
    follow,
)
from tests.web.users import add_first_admin, post
from tests.web.walking import walk

COMICS = 40
SCAN = "Lantern House"
HOSTILE = '"><img src=x onerror=alert(1)>.cbz'


@pytest.fixture(scope="module")
def served(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Have Longbox run on a sample library with a comic that is there twice."""
    library = tmp_path_factory.mktemp("places") / "comics"
    sample.make(library, COMICS)
    first = min((library / SCAN).rglob("*.cbz"))
    shutil.copy2(first, library / HOSTILE)
    return until_scanned(serve(library, DUPLICATE_DIR=str(tmp_path_factory.mktemp("away"))))


@pytest.fixture(scope="module")
def cookie(served: Served) -> str:
    """Have an admin logged in, to whom every place is shown."""
    return add_first_admin(served)


def go(visit: Visit, served: Served, place: str, **settings: str | int) -> Locator:
    """Open a place once the first scan has ended, and return what it shows."""
    page = visit(f"?place={place}", server=served.url, **settings)
    expect(page.get_by_role("banner")).to_contain_text("Scanned", timeout=20_000)
    return page.get_by_role("main")


def test_of_two_copies_the_proposed_one_is_kept_until_another_is_chosen(
    visit: Visit, served: Served
) -> None:
    place = go(visit, served, "duplicates")
    group = place.get_by_role("region").filter(has_text=HOSTILE)
    expect(group).to_contain_text("Proposed")
    expect(group.get_by_role("radio", checked=True)).to_have_count(1)
    hostile = group.get_by_role("radio", name=f"Keep {HOSTILE}")
    hostile.check()
    expect(hostile).to_be_checked()
    expect(group.get_by_role("radio", checked=True)).to_have_count(1)
    group.get_by_role("button", name="Move the other away").click()
    dialog = place.page.get_by_role("dialog")
    expect(dialog).to_contain_text("001 (1981).cbz", timeout=20_000)
    expect(dialog).not_to_contain_text(HOSTILE)


def test_many_groups_are_settled_at_once_and_it_is_undone(visit: Visit, served: Served) -> None:
    place = go(visit, served, "duplicates")
    page = place.page
    hostile = place.get_by_role("region").filter(has_text=HOSTILE)
    hostile.get_by_role("radio", name=re.compile(r"001 \(1981\)\.cbz$")).check()
    place.get_by_role("checkbox", name="Choose all groups").check()
    place.get_by_role("button", name="Keep one of each").click()
    question = page.get_by_role("dialog", name="2 copies of 2 comics to go")
    kept = question.get_by_role("listitem").filter(has_text="Kept:")
    chosen = kept.filter(has_text="You have chosen it.")
    expect(chosen.get_by_role("list", name="These go")).to_have_text(f"Goes: {HOSTILE}")
    expect(kept.filter(has_text="Really a zip.cbr")).to_contain_text("without fault")
    expect_no_violation_as_it_is(page)
    question.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Move 2 comics").click(timeout=20_000)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Changed 2")).to_be_visible(timeout=20_000)
    assert not (served.library / HOSTILE).exists()
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text(re.compile("Undo: .*Done"), timeout=20_000)
    assert (served.library / HOSTILE).exists()


def test_duplicates_have_an_address_for_each_likeness(visit: Visit, served: Served) -> None:
    place = go(visit, served, "duplicates")
    place.get_by_text("Shared pages").click()
    expect(place.page).to_have_url(re.compile("by=overlap"))
    expect(place).to_contain_text("at least half of their pages")
    place.page.go_back()
    expect(place).to_contain_text("the very same pages")


def test_broken_files_say_why_and_are_read_again(visit: Visit, served: Served) -> None:
    place = go(visit, served, "broken")
    empty = served.library / "Unsorted" / "Empty.cbz"
    row = place.get_by_role("list", name="Broken files").get_by_role("listitem")
    row = row.filter(has_text="Empty.cbz")
    expect(row).to_contain_text("The file is empty")
    was = empty.stat()
    row.get_by_role("button", name="Read again").click()
    expect(row).to_contain_text("A scan reads it again.")
    assert empty.stat() == was


def test_broken_files_are_chosen_and_shown_by_their_reason_with_how_to_mend_them(
    visit: Visit, served: Served
) -> None:
    place = go(visit, served, "broken")
    reasons = place.get_by_role("region", name="Reasons").get_by_role("listitem")
    web = reasons.filter(has_text="This is a web page")
    expect(web).to_contain_text("put the comic in its place")
    expect(reasons.filter(has_text="The file is empty")).to_contain_text("Copy or download it")
    files = place.get_by_role("list", name="Broken files").get_by_role("listitem")
    whole = files.count()
    web.get_by_role("button", name="Choose all 1").click()
    bar = place.get_by_role("region", name="What to do with the chosen comics")
    expect(bar).to_contain_text("1 comic chosen")
    expect(files.get_by_role("checkbox", checked=True)).to_have_count(1)
    web.get_by_role("button", name="Show only these").click()
    expect(files).to_have_count(1)
    expect(files.get_by_role("checkbox")).to_be_checked()
    place.page.reload()
    expect(files).to_have_count(1)
    web.get_by_role("button", name="Show only these").click()
    expect(files).to_have_count(whole)
    place.page.goto(f"{served.url}/?place=statistics")
    place.get_by_role("button", name="The file is empty").click()
    expect(files).to_have_count(1)
    expect(files).to_contain_text("Empty.cbz")


def test_missing_files_are_listed_with_their_time_and_forgotten_when_confirmed(
    visit: Visit, served: Served
) -> None:
    gone = max((served.library / SCAN).rglob("*.cbz"))
    gone.rename(served.library.parent / gone.name)
    place = go(visit, served, "scans")
    place.get_by_role("button", name="Scan all libraries").click()
    expect(place.get_by_role("listitem").filter(has_text="gone").first).to_be_visible(
        timeout=20_000
    )
    place = go(visit, served, "missing")
    expect(place).to_contain_text(gone.name)
    expect(place).to_contain_text("missing for")
    place.get_by_role("button", name="Forget them").click()
    sure = place.get_by_role("alertdialog")
    expect(sure).to_contain_text("cannot be undone")
    sure.get_by_role("button", name="Forget them").click()
    expect(place.get_by_role("heading", name="No file is missing")).to_be_visible()


def test_a_place_opened_before_a_scan_has_ended_shows_what_that_found(
    visit: Visit, served: Served, cookie: str
) -> None:
    """Even if the page hears of the scan only then."""
    place = go(visit, served, "missing")
    page = place.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/scans?limit=1", hold)
    page.reload()
    expect(place.get_by_role("heading", name="No file is missing")).to_be_visible()
    gone = max((served.library / SCAN).rglob("*.cbz"))
    away = gone.rename(served.library.parent / gone.name)
    post(served, "scans", {}, cookie)
    until_scanned(served, cookie)
    held[-1].continue_()
    expect(place).to_contain_text(gone.name)
    away.rename(gone)


def test_a_template_is_previewed_as_it_is_typed_and_counts_once_it_is_saved(
    visit: Visit, served: Served, complaints: list[str]
) -> None:
    place = go(visit, served, "settings")
    template = place.get_by_role("textbox", name="Template")
    preview = place.get_by_role("region", name="What processing")
    expect(preview).to_contain_text("- Chapter 0001.cbz")
    template.fill("{series} no. {issue}")
    expect(preview).to_contain_text("no. 0001.cbz")
    place.get_by_role("textbox", name="Digits of the issue").fill("2")
    expect(preview).to_contain_text("no. 01.cbz")
    template.fill("{serie}")
    expect(preview.get_by_role("alert")).to_contain_text("there is no field serie")
    assert [found for found in complaints if "the server responded" not in found] == []
    complaints.clear()  # Chromium tells of each refusal
    template.fill("{series} no. {issue}")
    place.get_by_role("button", name="Save changes").click()
    expect(place.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    again = go(visit, served, "settings")
    template = again.get_by_role("textbox", name="Template")
    expect(template).to_have_value("{series} no. {issue}")
    again.get_by_role("button", name="Back to the default: Template").click()
    expect(template).to_have_value("{series} - Chapter {issue}")


def test_each_template_of_a_format_is_previewed_and_kept(visit: Visit, served: Served) -> None:
    place = go(visit, served, "settings")
    formats = place.get_by_role("region", name="Other templates for some formats")
    formats.get_by_role("button", name="Add a format").click()
    kind = formats.get_by_label("Format", exact=True)
    expect(kind).to_be_focused()
    kind.fill("tpb")
    formats.get_by_label("Template for it").fill("{series} v{volume:2}")
    expect(formats.get_by_role("region", name="of the format tpb")).to_contain_text(
        "No comic among the newest has the format tpb."
    )
    place.get_by_role("button", name="Save changes").click()
    expect(place.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    again = go(visit, served, "settings").get_by_role("group", name="Template for tpb")
    expect(again.get_by_label("Template for it")).to_have_value("{series} v{volume:2}")
    again.get_by_role("button", name="Remove the template for tpb").click()
    expect(again).to_have_count(0)
    again.page.get_by_role("button", name="Save changes").click()
    expect(again.page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def test_the_colours_chosen_on_one_device_are_those_of_another(
    visit: Visit, served: Served
) -> None:
    place = go(visit, served, "settings")
    place.get_by_text("Dark", exact=True).click()
    dark = "data-mantine-color-scheme", "dark"
    expect(place.page.locator("html")).to_have_attribute(*dark)
    expect(visit(server=served.url).locator("html")).to_have_attribute(*dark)
    place.get_by_text("As the system").click()
    expect(place.page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")


def test_a_bar_of_the_statistics_leads_to_its_comics(visit: Visit, served: Served) -> None:
    place = go(visit, served, "statistics")
    publishers = place.get_by_role("table", name="Publishers")
    publishers.get_by_role("button", name="Brass Kettle Press").click()
    expect(place.page.get_by_role("button", name="Remove Publisher")).to_be_visible()


def test_about_says_what_runs(visit: Visit, served: Served) -> None:
    place = go(visit, served, "about")
    expect(place).to_contain_text("PostgreSQL 1")
    expect(place).to_contain_text("All is well")


def test_the_log_is_filtered_by_what_is_typed(visit: Visit, served: Served) -> None:
    place = go(visit, served, "logs")
    place.get_by_label("Only lines with").fill("no such line")
    expect(place.get_by_role("heading", name="No line")).to_be_visible()


PLACES = (
    *("duplicates", "broken", "missing", "scans", "statistics", "settings", "users", "audit"),
    *("logs", "about", "account"),
)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (768, "light"), (WIDE, "dark")])
def test_axe_finds_no_violation_in_any_place_and_nothing_scrolls_sideways(
    visit: Visit, served: Served, width: int, scheme: Scheme
) -> None:
    page = go(visit, served, PLACES[0], width=width, scheme=scheme).page
    for place in PLACES:
        show(page, f"?place={place}")
        expect_to_fit(page, width)
        expect_no_violation_as_it_is(page)


def test_all_that_can_be_done_is_reached_by_keyboard(visit: Visit, served: Served) -> None:
    page = go(visit, served, PLACES[0]).page
    for place in (*PLACES, "batches", "history", "libraries"):
        show(page, f"?place={place}")
        assert walk(page) == {}, place
    show(page, "?folder=Unsorted")
    page.locator("tbody").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="More filters").click()
    for look in ("covers", "folders", "table"):
        show(page, f"?folder=Unsorted&look={look}")
        assert walk(page) == {}, look
    page.set_viewport_size({"width": PHONE, "height": HEIGHT})
    page.get_by_role("button", name="Filters, order and views").click()
    assert walk(page) == {}, "on a phone"


def show(page: Page, address: str) -> None:
    """Go where an address leads, and wait until all is loaded."""
    follow(page, address)
    expect(page.get_by_role("main").get_by_role("heading").first).to_be_visible()
    expect(page.get_by_text("Loading the list")).to_have_count(0)
