"""Walk the page through a long list, in Chromium: the heap and the selection must stay.

    python -m bench.walking [ROWS [PAGES]]

A script of its own, since it needs a browser and is slow: a million rows take a while to be made.
"""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import CDPSession, Page, expect, sync_playwright
from sqlalchemy import make_url

from bench.__main__ import fresh_database
from bench.running import running
from bench.shelves import fill
from bench.table import Figure, at_most, table
from db import embedded

ROWS, PAGES = 1_000_000, 2_000
WARM = 0.1  # of the way: what is loaded once, and compiled, is there by then
FORGOTTEN = 8_000  # milliseconds after which the page keeps nothing that is out of sight
FIRST = "tbody [data-opens]"
MEBIBYTE = 2**20


def used(page: Page, session: CDPSession) -> float:
    """Return what the page's own objects take once what nobody needs is away, in MiB."""
    page.wait_for_timeout(FORGOTTEN)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / MEBIBYTE


def turn(page: Page, pages: int) -> None:
    """Turn so many pages by the arrow key, each once the one before is drawn."""
    for _ in range(pages):
        before = page.locator(FIRST).first.get_attribute("data-opens")
        page.keyboard.press("ArrowRight")
        expect(page.locator(f"tbody [data-opens='{before}']")).to_have_count(0, timeout=60_000)
        expect(page.locator(FIRST).first).to_be_visible(timeout=60_000)


def walk(page: Page, pages: int) -> list[Figure]:
    """Choose two comics, walk on, and compare what the heap holds early and late."""
    for box in (0, 1):
        page.locator("tbody").get_by_role("checkbox").nth(box).click()
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    turn(page, round(pages * WARM))
    early = used(page, session)
    turn(page, pages - round(pages * WARM))
    late = used(page, session)
    expect(page.get_by_text("2 comics chosen")).to_be_visible()
    drawn = page.locator("tbody tr").count()
    return [
        Figure(
            f"heap of the page after {pages:,} pages, with {drawn} rows drawn and 2 still chosen",
            f"{late:.1f} MiB",
            f"{early:.1f} MiB (after {round(pages * WARM):,})",
            late / early,
            at_most(1.2),
        )
    ]


def main(rows: int = ROWS, pages: int = PAGES) -> None:
    """Make a library of so many rows, walk through so many pages of it, and print the figure."""
    with tempfile.TemporaryDirectory(prefix="longbox-walking-") as name:
        Path(name).chmod(0o755)  # the account that runs PostgreSQL reads in it
        with embedded.server(Path(name, "postgres")) as url:
            filled = fill(fresh_database(make_url(url), "walked"), rows)
            with running(filled, workers=1) as served, sync_playwright() as playwright:
                chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
                browser = playwright.chromium.launch(
                    executable_path=chromium, args=["--no-sandbox"]
                )
                page = browser.new_page(reduced_motion="reduce")
                page.goto(f"http://127.0.0.1:{served.port}/")
                expect(page.locator(FIRST).first).to_be_visible(timeout=60_000)
                print(table(walk(page, pages)), end="")
                browser.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
