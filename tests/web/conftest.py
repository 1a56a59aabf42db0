"""A real Chromium before the real server; whatever it complains of fails the test."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]  # has no types
    Axe,
)
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import Served

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
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
LOOKS: tuple[tuple[int, Scheme], ...] = ((WIDE, "light"), (PHONE, "dark"))  # that axe has
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


@pytest.fixture
def visit(chromium: Browser, served: Served, complaints: list[str]) -> Iterator[Visit]:
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


def expect_no_violation(page: Page) -> None:
    """Have axe look at a page as it is: wide and light, then narrow and dark."""
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(SHOWN, arg=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{width}, {scheme}: {found.generate_report()}"


def expect_no_scrolling_sideways(page: Page, widths: Iterable[int]) -> None:
    """Make the window as narrow as each of these, and look whether all fits in."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def note_foreign(url: str, server: str, complaints: list[str]) -> None:
    """Complain of a request that leaves the server."""
    if urlsplit(url).scheme != "data" and not url.startswith(f"{server}/"):
        complaints.append(f"A request left for {url}")
