"""Who may come in: the log-in, the first of all, users, tokens, and what each role is offered."""

import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import Serve, Served, answer_of
from tests.disk import write_comic, write_comics
from tests.web.conftest import (
    PHONE,
    WIDE,
    Scheme,
    Visit,
    expect_no_violation_as_it_is,
    expect_room_for_a_finger,
    expect_to_fit,
)
from tests.web.users import PASSWORD, add_first_admin, post

USERS = {"Ada": "admin", "Eve": "editor", "Vic": "viewer"}

Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def served(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Have Longbox run with three users, one of each role."""
    folder = tmp_path_factory.mktemp("comics") / "Locked"
    write_comics(folder, 3)
    (folder / "Empty.cbz").touch()
    served = serve(folder)
    admin = add_first_admin(served)
    for name in ("Eve", "Vic"):
        user = {"name": name, "password": PASSWORD, "role": USERS[name]}
        post(served, "users", user, admin)
    return served


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Gather what the browser complains of; it tells of each refusal, which is no complaint."""
    found: list[str] = []
    yield found
    assert [one for one in found if "the server responded" not in one] == []


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill in the log-in."""
    form = page.get_by_role("form", name="Log in to Longbox")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Password").fill(password)
    form.get_by_label("Password").press("Enter")


@pytest.fixture
def enter(visit: Visit) -> Enter:
    """Open the page as somebody: `enter("Ada", "?place=users")`."""

    def enter(name: str, address: str = "", **how: Any) -> Page:  # noqa: ANN401  as visit's
        page = visit(address, **how)
        log_in(page, name)
        expect(page.get_by_role("banner")).to_be_visible()
        return page

    return enter


def main(page: Page) -> Locator:
    """Return what the page shows beside its header and navigation."""
    return page.get_by_role("main")


def test_the_first_folder_is_found_by_keys_and_the_first_user_is_made(
    visit: Visit, serve: Serve, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("keys")
    write_comic(folder / "Comics" / "1.cbz")
    write_comic(folder / "Comics" / "2.cbz")
    (folder / "Empty").mkdir()
    page = visit(server=serve(folder, LIBRARY="", WATCHED_DIR="").url)
    path = page.get_by_role("form", name="Where are your comics?").get_by_label("Folder")
    path.fill(f"{folder}/c")
    places = page.get_by_role("list", name="Where to go").get_by_role("button")
    expect(places.nth(1)).to_contain_text("Comics2 comics")
    expect(places).to_have_count(2)
    places.nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(path).to_have_value(f"{folder}/Comics/")
    expect(page.get_by_text(f"2 comics lie directly in {folder}/Comics.")).to_be_visible()
    expect(places.nth(0)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(path).to_have_value(f"{folder}/")
    expect(places).to_have_count(3)
    page.get_by_role("button", name="Set up a log-in").click()
    form = main(page).get_by_role("form", name="The first log-in")
    form.get_by_label("Name").fill("Ada")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_label("Password").press("Enter")
    expect(page.get_by_role("link", name="Ada")).to_be_visible()
    expect(main(page).get_by_role("listitem", name="Ada")).to_contain_text("Admin")
    page.get_by_role("link", name="Library", exact=True).click()
    expect(page.get_by_role("button", name="Scan this folder")).to_be_visible()
    expect(page.get_by_role("button", name="Go on without a log-in")).to_have_count(0)


def test_who_logs_in_gets_what_was_open_and_who_logs_out_nothing(
    visit: Visit, served: Served
) -> None:
    page = visit("?place=history")
    log_in(page, "Ada", "wrong horse")
    expect(page.get_by_role("alert")).to_contain_text("The name or the password is wrong.")
    log_in(page, "ada")
    expect(main(page).get_by_role("heading", name="History")).to_be_visible()
    expect(page).to_have_url(f"{served.url}/?place=history")
    page.reload()
    expect(page.get_by_role("link", name="Ada")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("form", name="Log in to Longbox")).to_be_visible()
    expect(page.get_by_role("banner")).to_have_count(0)


def test_a_new_password_and_a_log_out_everywhere_end_the_other_devices(
    enter: Enter, served: Served
) -> None:
    other = enter("Eve")
    place = main(enter("Eve", "?place=account"))
    place.get_by_label("Present password").fill("wrong horse")
    place.get_by_label("New password").fill("battery staple")
    place.get_by_role("button", name="Change the password").click()
    expect(place.get_by_role("alert")).to_contain_text("That is not your password")
    for current, wanted in ((PASSWORD, "battery staple"), ("battery staple", PASSWORD)):
        place.get_by_label("Present password").fill(current)
        place.get_by_label("New password").fill(wanted)
        place.get_by_label("New password").press("Enter")
        expect(place.get_by_label("New password")).to_have_value("")
    expect(place.get_by_text("every other device is logged out")).to_be_visible()
    other.reload()
    expect(other.get_by_role("form", name="Log in to Longbox")).to_be_visible()
    log_in(other, "Eve")
    expect(other.get_by_role("banner")).to_be_visible()
    place.get_by_role("button", name="Log out everywhere").click()
    expect(place.page.get_by_role("form", name="Log in to Longbox")).to_be_visible()
    assert answer_of(f"{served.url}/api/files") == 401
    other.reload()
    expect(other.get_by_role("form", name="Log in to Longbox")).to_be_visible()


def test_a_token_is_shown_once_and_works_until_it_is_removed(enter: Enter, served: Served) -> None:
    def answer(token: str) -> int:
        request = urllib.request.Request(f"{served.url}/api/files", headers={"X-API-Key": token})  # noqa: S310  our own server
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  our own server
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    place = main(enter("Vic", "?place=account"))
    expect(place.get_by_label("It may be")).to_have_text("Viewer")
    place.get_by_label("What it is for").fill("backup")
    place.get_by_label("Expires").select_option("In 30 days")
    place.get_by_role("button", name="Make a token").click()
    shown = place.get_by_role("region", name="Token").get_by_label("Token")
    expect(shown).to_be_focused()
    token = shown.input_value()
    assert answer(token) == 200
    place.get_by_role("button", name="I have it").click()
    row = place.get_by_role("list", name="Tokens").get_by_role("listitem")
    expect(row).to_contain_text("Viewer")
    expect(row).to_contain_text("until")
    expect(place.page.get_by_text(token)).to_have_count(0)
    row.get_by_role("button", name="Remove the token backup").click()
    expect(place.get_by_text("You have no token.")).to_be_visible()
    assert answer(token) == 401


def test_an_admin_adds_edits_disables_and_removes_users(enter: Enter) -> None:
    place = main(enter("Ada", "?place=users"))
    place.get_by_role("button", name="Add a user").click()
    form = place.get_by_role("form", name="Add a user")
    expect(form.get_by_label("Name")).to_be_focused()
    form.get_by_label("Name").fill("Bea")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_label("All libraries").uncheck()
    form.get_by_role("checkbox", name="Locked").check()
    form.get_by_role("button", name="Save").click()
    bea = place.get_by_role("listitem", name="Bea")
    expect(bea).to_contain_text("Libraries: Locked")
    bea.get_by_role("button", name="Edit Bea").click()
    bea.get_by_label("Role").select_option("Admin")
    expect(bea.get_by_label("All libraries")).to_have_count(0)
    bea.get_by_role("button", name="Save").click()
    expect(bea).to_contain_text("Admin")
    bea.get_by_role("button", name="Disable Bea").click()
    expect(bea).to_contain_text("Disabled")
    bea.get_by_role("button", name="Enable Bea").click()
    expect(bea).not_to_contain_text("Disabled")
    bea.get_by_role("button", name="Remove Bea").click()
    sure = bea.get_by_role("alertdialog")
    expect(sure.get_by_role("button", name="Remove")).to_be_focused()
    place.page.keyboard.press("Enter")
    expect(bea).to_have_count(0)
    ada = place.get_by_role("listitem", name="Ada")
    ada.get_by_role("button", name="Disable Ada").click()
    expect(ada.get_by_role("alert")).to_contain_text("make another admin first")


def test_what_is_done_to_users_is_in_the_audit(enter: Enter) -> None:
    place = main(enter("Ada", "?place=audit"))
    expect(place.get_by_role("row").filter(has_text="User added").first).to_contain_text("Ada")
    place.get_by_label("Show only").select_option("Logged in")
    expect(place.get_by_role("row").nth(1)).to_contain_text("Logged in")
    expect(place.get_by_role("row").filter(has_text="User added")).to_have_count(0)


OFFERED = {
    "viewer": (),
    "editor": ("Scan now", "Choose 0000.cbz"),
    "admin": ("Scan now", "Choose 0000.cbz"),
}
PLACES = ("Libraries", "Settings", "Users", "Audit", "Logs")


@pytest.mark.parametrize("name", USERS)
def test_what_a_role_may_not_do_is_not_offered(enter: Enter, served: Served, name: str) -> None:
    page = enter(name)
    expect(page.get_by_text("0000.cbz", exact=True)).to_be_visible(timeout=20_000)
    is_admin, is_viewer = USERS[name] == "admin", USERS[name] == "viewer"
    rail = page.get_by_role("navigation", name="Places")
    expect(rail).to_contain_text(name)
    for place in PLACES:
        expect(rail.get_by_role("link", name=place, exact=True)).to_have_count(int(is_admin))
    for offer in ("Scan now", "Process"):
        expect(page.get_by_role("button", name=offer)).to_have_count(
            0 if is_viewer or offer == "Process" else 1
        )
    expect(page.get_by_role("checkbox", name="Choose 0000.cbz")).to_have_count(int(not is_viewer))
    page.get_by_text("0000.cbz", exact=True).click()
    details = page.get_by_role("dialog")
    expect(details.get_by_role("heading", name="File", exact=True)).to_be_visible()
    expect(details.get_by_role("button", name="Delete")).to_have_count(int(not is_viewer))
    page.goto(f"{served.url}/?place=broken")
    expect(main(page).get_by_role("list", name="Broken files")).to_contain_text("Empty.cbz")
    for offer in ("Read again: Empty.cbz", "Read all again", "Delete…: Empty.cbz"):
        expect(main(page).get_by_role("button", name=offer)).to_have_count(int(not is_viewer))
    page.goto(f"{served.url}/?place=settings")
    not_theirs = main(page).get_by_role("heading", name="This is for others")
    expect(not_theirs.or_(main(page).get_by_label("Longest log file"))).to_be_visible()
    expect(not_theirs).to_have_count(int(not is_admin))


def test_a_refusal_is_told_in_words(enter: Enter, served: Served) -> None:
    """The page learns only by it that somebody's role is another now."""
    admin = post(served, "login", {"name": "Ada", "password": PASSWORD})
    role = {"name": "Tom", "password": PASSWORD, "role": "editor"}
    post(served, "users", role, admin)
    page = enter("Tom")
    expect(page.get_by_role("button", name="Scan now")).to_be_enabled(timeout=20_000)
    change = main(enter("Ada", "?place=users")).get_by_role("listitem", name="Tom")
    change.get_by_role("button", name="Edit Tom").click()
    change.get_by_label("Role").select_option("Viewer")
    change.get_by_role("button", name="Save").click()
    expect(change.get_by_role("button", name="Edit Tom")).to_be_visible()  # it is saved
    expect(change).to_contain_text("Viewer")
    page.get_by_role("button", name="Scan now").click()
    expect(page.get_by_role("alert")).to_contain_text("An admin can change what you may do.")


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (WIDE, "light")])
def test_axe_finds_no_violation_a_finger_has_room_and_nothing_scrolls_sideways(
    enter: Enter, visit: Visit, served: Served, width: int, scheme: Scheme
) -> None:
    def look(page: Page) -> None:
        expect_to_fit(page, width)
        expect_no_violation_as_it_is(page)
        if touch:
            expect_room_for_a_finger(page)

    touch = width == PHONE
    page = visit(width=width, scheme=scheme, touch=touch)
    log_in(page, "Ada", "wrong horse")
    expect(page.get_by_role("alert")).to_be_visible()
    look(page)
    page = enter("Ada", "?place=users", width=width, scheme=scheme, touch=touch)
    main(page).get_by_role("button", name="Remove Eve").click()
    main(page).get_by_role("button", name="Edit Vic").click()
    main(page).get_by_label("All libraries").uncheck()
    look(page)
    page.goto(f"{served.url}/?place=account")
    main(page).get_by_label("What it is for").fill("axe")
    main(page).get_by_role("button", name="Make a token").click()
    expect(main(page).get_by_role("textbox", name="Token")).to_be_visible()
    look(page)
    page.goto(f"{served.url}/?place=audit")
    expect(main(page).get_by_role("row").nth(1)).to_be_visible()
    look(page)
