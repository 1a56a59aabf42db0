"""The page from its very start: without any library, below a path, as an app, without a server."""

import json
import re
import urllib.request
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import Serve, Served, end
from tests.disk import write_comics
from tests.web.conftest import PHONE, Visit

BASE = "/comics/longbox"


def test_the_first_run_asks_for_a_folder_and_its_scan_fills_the_list(
    visit: Visit, serve: Serve, tmp_path_factory: pytest.TempPathFactory, complaints: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("first")
    write_comics(folder, 30)
    served = serve(folder, LIBRARY="", WATCHED_DIR="")
    page = visit(server=served.url, width=PHONE)
    form = page.get_by_role("form", name="Where are your comics?")
    form.get_by_label("Folder").fill("/no/such/folder")
    page.keyboard.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("is not a folder that can be read")
    assert [found for found in complaints if "the server responded" not in found] == []
    complaints.clear()  # Chromium tells of each refusal
    form.get_by_label("Folder").fill(str(folder))
    form.get_by_role("button", name="Scan this folder").click()
    expect(page.get_by_role("banner")).to_contain_text("30 comics", timeout=20_000)
    expect(page.get_by_text("0000.cbz", exact=True)).to_be_visible()


@pytest.fixture(scope="module")
def below(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Have Longbox run below a path."""
    folder = tmp_path_factory.mktemp("below")
    write_comics(folder, 3)
    return serve(folder, BASE_PATH=f"{BASE}/")


def test_below_a_path_all_is_as_it_is_elsewhere(visit: Visit, below: Served) -> None:
    server = f"{below.url}{BASE}"
    page = visit("?search=0001", server=server)
    expect(page.get_by_text("0001.cbz", exact=True)).to_be_visible(timeout=20_000)
    expect(page.get_by_text("0002.cbz", exact=True)).to_have_count(0)
    page.get_by_role("link", name="About").click()
    expect(page).to_have_url(re.compile(f"{BASE}/\\?place=about"))
    page.get_by_role("link", name="Description of the API").click()
    expect(page.get_by_role("heading", name="Longbox")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/api/version", "/manifest.json", "/sw.js"])
def test_a_proxy_may_take_the_path_off_or_leave_it(below: Served, path: str) -> None:
    for prefix in ("", BASE):
        with urllib.request.urlopen(f"{below.url}{prefix}{path}", timeout=5) as answer:  # noqa: S310  our own server
            assert answer.status == 200


def test_the_path_without_its_slash_leads_to_the_page(below: Served) -> None:
    with urllib.request.urlopen(f"{below.url}{BASE}?search=1", timeout=5) as answer:  # noqa: S310  our own server
        assert answer.url == f"{below.url}{BASE}/?search=1"


def test_the_manifest_names_icons_that_are_there(below: Served) -> None:
    address = f"{below.url}{BASE}/manifest.json"
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  our own server
        manifest = json.load(answer)
    assert manifest["display"] == "standalone"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        with urllib.request.urlopen(urljoin(address, icon["src"]), timeout=5) as answer:  # noqa: S310  our own server
            assert answer.headers["Content-Type"].startswith(icon["type"])


def test_the_page_is_an_app_that_opens_without_its_server(
    chromium: Browser, serve: Serve, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("app")
    write_comics(folder, 3)
    served = serve(folder, BASE_PATH=BASE)
    page = chromium.new_context().new_page()
    page.goto(f"{served.url}{BASE}/")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()  # from now on the worker has it
    kept = page.evaluate(
        "caches.keys().then(names => caches.open(names[0]))"
        ".then(cache => cache.keys()).then(all => all.map(one => new URL(one.url).pathname))"
    )
    assert f"{BASE}/" in kept
    assert all(path == f"{BASE}/" or path.startswith(f"{BASE}/assets/") for path in kept)
    end(served.process)
    page.goto(f"{served.url}{BASE}/?place=about")
    expect(page.get_by_role("heading", name="About")).to_be_visible()
    expect(page.get_by_role("alert").first).to_contain_text("Longbox does not answer")
    page.context.close()
