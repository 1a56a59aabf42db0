"""The places beside the library: duplicates, broken and missing files, scans, settings, logs."""

import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]  # it has no hints
    Axe,
)
from playwright.sync_api import Locator, Page, expect

from cli import sample
from tests.conftest import Serve, Served
from tests.web.conftest import PHONE, WIDE, Scheme, Visit

COMICS = 40
SCAN = "Lantern House"
HOSTILE = '"><img src=x onerror=alert(1)>.cbz'


@pytest.fixture(scope="module")
def shelf(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Have Longbox run on a sample library with a comic that is there twice."""
    library = tmp_path_factory.mktemp("places") / "comics"
    sample.make(library, COMICS)
    first = min((library / SCAN).rglob("*.cbz"))
    shutil.copy2(first, library / HOSTILE)
    return serve(library, DUPLICATE_DIR=str(tmp_path_factory.mktemp("away")))


def go(visit: Visit, shelf: Served, place: str, **settings: str | int) -> Locator:
    """Open a place once the first scan has ended, and return what it shows."""
    page = visit(f"?place={place}", server=shelf.url, **settings)
    expect(page.get_by_role("banner")).to_contain_text("Scanned", timeout=20_000)
    return page.get_by_role("main")


def test_of_two_copies_the_proposed_one_is_kept_until_another_is_chosen(
    visit: Visit, shelf: Served
) -> None:
    place = go(visit, shelf, "duplicates")
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


def test_many_groups_are_settled_at_once_and_it_is_undone(visit: Visit, shelf: Served) -> None:
    place = go(visit, shelf, "duplicates")
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
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    question.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Move 2 comics").click(timeout=20_000)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Changed 2")).to_be_visible(timeout=20_000)
    assert not (shelf.library / HOSTILE).exists()
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text(re.compile("Undo: .*Done"), timeout=20_000)
    assert (shelf.library / HOSTILE).exists()


def test_duplicates_have_an_address_for_each_likeness(visit: Visit, shelf: Served) -> None:
    place = go(visit, shelf, "duplicates")
    place.get_by_text("Shared pages").click()
    expect(place.page).to_have_url(re.compile("by=overlap"))
    expect(place).to_contain_text("at least half of their pages")
    place.page.go_back()
    expect(place).to_contain_text("the very same pages")


def test_broken_files_say_why_and_are_read_again(visit: Visit, shelf: Served) -> None:
    place = go(visit, shelf, "broken")
    empty = shelf.library / "Unsorted" / "Empty.cbz"
    row = place.get_by_role("list", name="Broken files").get_by_role("listitem")
    row = row.filter(has_text="Empty.cbz")
    expect(row).to_contain_text("The file is empty")
    was = empty.stat()
    row.get_by_role("button", name="Read again").click()
    expect(row).to_contain_text("A scan reads it again.")
    assert empty.stat() == was


def test_broken_files_are_chosen_and_shown_by_their_reason_with_how_to_mend_them(
    visit: Visit, shelf: Served
) -> None:
    place = go(visit, shelf, "broken")
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
    place.page.goto(f"{shelf.url}/?place=statistics")
    place.get_by_role("button", name="The file is empty").click()
    expect(files).to_have_count(1)
    expect(files).to_contain_text("Empty.cbz")


def test_missing_files_are_listed_with_their_time_and_forgotten_when_confirmed(
    visit: Visit, shelf: Served
) -> None:
    gone = max((shelf.library / SCAN).rglob("*.cbz"))
    gone.rename(shelf.library.parent / gone.name)
    place = go(visit, shelf, "scans")
    place.get_by_role("button", name="Scan all libraries").click()
    expect(place.get_by_role("listitem").filter(has_text="gone").first).to_be_visible(
        timeout=20_000
    )
    place = go(visit, shelf, "missing")
    expect(place).to_contain_text(gone.name)
    expect(place).to_contain_text("missing for")
    place.get_by_role("button", name="Forget them").click()
    sure = place.get_by_role("alertdialog")
    expect(sure).to_contain_text("cannot be undone")
    sure.get_by_role("button", name="Forget them").click()
    expect(place.get_by_role("heading", name="No file is missing")).to_be_visible()


def test_a_template_is_previewed_as_it_is_typed_and_counts_once_it_is_saved(
    visit: Visit, shelf: Served, complaints: list[str]
) -> None:
    place = go(visit, shelf, "settings")
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
    again = go(visit, shelf, "settings")
    template = again.get_by_role("textbox", name="Template")
    expect(template).to_have_value("{series} no. {issue}")
    again.get_by_role("button", name="Back to the default: Template").click()
    expect(template).to_have_value("{series} - Chapter {issue}")


def test_each_template_of_a_format_is_previewed_and_kept(visit: Visit, shelf: Served) -> None:
    place = go(visit, shelf, "settings")
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
    again = go(visit, shelf, "settings").get_by_role("group", name="Template for tpb")
    expect(again.get_by_label("Template for it")).to_have_value("{series} v{volume:2}")
    again.get_by_role("button", name="Remove the template for tpb").click()
    expect(again).to_have_count(0)
    again.page.get_by_role("button", name="Save changes").click()
    expect(again.page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def test_the_colours_chosen_on_one_device_are_those_of_another(visit: Visit, shelf: Served) -> None:
    place = go(visit, shelf, "settings")
    place.get_by_text("Dark", exact=True).click()
    dark = "data-mantine-color-scheme", "dark"
    expect(place.page.locator("html")).to_have_attribute(*dark)
    expect(visit(server=shelf.url).locator("html")).to_have_attribute(*dark)
    place.get_by_text("As the system").click()
    expect(place.page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")


def test_a_bar_of_the_statistics_leads_to_its_comics(visit: Visit, shelf: Served) -> None:
    place = go(visit, shelf, "statistics")
    publishers = place.get_by_role("table", name="Publishers")
    publishers.get_by_role("button", name="Brass Kettle Press").click()
    expect(place.page.get_by_role("button", name="Remove Publisher")).to_be_visible()


def test_about_says_what_runs(visit: Visit, shelf: Served) -> None:
    place = go(visit, shelf, "about")
    expect(place).to_contain_text("PostgreSQL 1")
    expect(place).to_contain_text("All is well")


def test_the_log_is_filtered_by_what_is_typed(visit: Visit, shelf: Served) -> None:
    place = go(visit, shelf, "logs")
    place.get_by_label("Only lines with").fill("no such line")
    expect(place.get_by_role("heading", name="No line")).to_be_visible()


PLACES = ("duplicates", "broken", "missing", "scans", "statistics", "settings", "logs", "about")


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (768, "light"), (WIDE, "dark")])
def test_axe_finds_no_violation_in_any_place_and_nothing_scrolls_sideways(
    visit: Visit, shelf: Served, width: int, scheme: Scheme
) -> None:
    page = go(visit, shelf, PLACES[0], width=width, scheme=scheme).page
    for place in PLACES:
        page.goto(f"{shelf.url}/?place={place}")
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
        found = Axe().run(page)
        assert found.violations_count == 0, (place, found.generate_report())


def settle(page: Page) -> None:
    """Wait until nothing is loading any more."""
    expect(page.get_by_role("main").get_by_role("heading").first).to_be_visible()
    expect(page.get_by_text("Loading the list")).to_have_count(0)
