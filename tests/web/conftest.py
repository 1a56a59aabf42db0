"""A real Chromium before the real server; whatever it complains of fails the test."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Literal, get_args
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import (  # type: ignore[import-untyped]  # has no types
    AXE_SCRIPT,
    AxeResults,
)
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import Served

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")
QUIET = [
    "--no-sandbox",  # root may not use it, and the page is ours
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
WIDE, PHONE, HEIGHT = 1440, 360, 800
SHOWN = "scheme => document.documentElement.dataset.mantineColorScheme === scheme"

Scheme = Literal["light", "dark"]
PATIENCE = 20_000  # milliseconds: other tests run beside these
# What was found to be well is many times as much, and takes as long again to bring here.
AXE = "() => axe.run({resultTypes: ['violations']}).then(({violations}) => ({violations}))"
# As links of the page do.
GO = """address => {
    history.pushState(null, '', address)
    dispatchEvent(new PopStateEvent('popstate'))
}"""
# What is too small, a label being part of what it names.
SMALL = """
    () => [...document.querySelectorAll('button, input, select, textarea, summary')]
        .filter(one => one.checkVisibility({visibilityProperty: true}))
        .filter(one => getComputedStyle(one).pointerEvents !== 'none')
        .filter(one => {
            const parts = [one, ...(one.labels ?? [])].map(part => part.getBoundingClientRect())
            const boxes = parts.filter(box => box.height > 0)
            const top = Math.min(...boxes.map(box => box.top))
            return Math.max(...boxes.map(box => box.bottom)) - top < 44
        })
        .map(one => one.outerHTML.slice(0, 200))
"""

Visit = Callable[..., Page]

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start a browser; it ends with the module, for asyncio cannot run beside its event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Gather console messages, errors and requests to other hosts; a test must end with none."""
    found: list[str] = []
    yield found
    assert not found


@pytest.fixture(scope="module")
def cookie() -> str:
    """Have nobody logged in; a module whose server has users gives somebody's cookie instead."""
    return ""


@pytest.fixture
def visit(chromium: Browser, served: Served, complaints: list[str], cookie: str) -> Iterator[Visit]:
    """Open the page: `visit("?sort=size", width=PHONE, scheme="dark")`."""
    contexts: list[BrowserContext] = []

    def visit(
        address: str = "",
        *,
        server: str = served.url,
        width: int = WIDE,
        scheme: Scheme = "light",
        touch: bool = False,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHT},
            color_scheme=scheme,
            reduced_motion="reduce",
            has_touch=touch,
            is_mobile=touch,
        )
        context.set_default_timeout(PATIENCE)
        if cookie:
            name, _, value = cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": server}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: note_foreign(request.url, server, complaints))
        page.goto(f"{server}/{address}")
        return page

    yield visit
    for context in contexts:
        context.close()


def expect_no_violation(page: Page, widths: Iterable[int] = (WIDE, PHONE)) -> None:
    """Have axe look at a page at each of these widths, light and dark."""
    for width, scheme in product(widths, get_args(Scheme)):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(SHOWN, arg=scheme)
        expect_no_violation_as_it_is(page)


def expect_no_violation_as_it_is(page: Page) -> None:
    """Have axe look at a page."""
    page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate(AXE))
    assert found.violations_count == 0, (
        f"{page.url} {page.viewport_size}: {found.generate_report()}"
    )


def expect_no_scrolling_sideways(page: Page, widths: Iterable[int]) -> None:
    """Make the window as narrow as each of these, and look whether all fits in."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        expect_to_fit(page, width)


def expect_to_fit(page: Page, width: int) -> None:
    """Fail if a page is wider than its window, which is so many pixels wide."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def follow(page: Page, address: str) -> None:
    """Go where an address leads without loading the page again."""
    page.evaluate(GO, address)


def expect_room_for_a_finger(page: Page) -> None:
    """Fail if what can be pressed is not 44 pixels high."""
    assert page.evaluate(SMALL) == []


def note_foreign(url: str, server: str, complaints: list[str]) -> None:
    """Complain of a request that leaves the server."""
    if urlsplit(url).scheme != "data" and not url.startswith(f"{server}/"):
        complaints.append(f"A request left for {url}")
