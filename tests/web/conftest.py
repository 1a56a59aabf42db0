"""A real Chromium before the real server; whatever it complains of fails the test."""

import os
from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

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
WIDE, PHONE = 1440, 360

Scheme = Literal["light", "dark"]
Visit = Callable[..., Page]


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
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            reduced_motion="reduce",
            has_touch=touch,
            is_mobile=touch,
        )
        context.set_default_timeout(10_000)
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


def note_foreign(url: str, server: str, complaints: list[str]) -> None:
    """Complain of a request that leaves the server."""
    if urlsplit(url).scheme != "data" and not url.startswith(f"{server}/"):
        complaints.append(f"A request left for {url}")
