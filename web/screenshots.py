"""Take the pictures of the page in docs/images: three widths, light and dark, of a sample library.

    python web/screenshots.py [PLACE…]

Needs Chromium, as the tests of the page do. All of Longbox runs meanwhile, in a folder of its own.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

ROOT: Final = Path(__file__).parents[1]
IMAGES: Final = ROOT / "docs" / "images"
PORT: Final = 5990
ADDRESS: Final = f"http://127.0.0.1:{PORT}"
COMICS: Final = 260
PATIENCE: Final = 60  # seconds until the sample library has been scanned
WIDTHS: Final = {"wide": (1280, 800), "tablet": (768, 1024), "phone": (390, 844)}
PLACES: Final = {
    "library": "",
    "covers": "?look=covers",
    "details": "?file=1",
    "duplicates": "?place=duplicates",
    "statistics": "?place=statistics",
    "settings": "?place=settings",
}

# Those further down are loaded when somebody scrolls there.
SEEN: Final = """
    [...document.images].every(image => image.complete ||
        image.getBoundingClientRect().top > innerHeight)
"""


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """Have Longbox run on a sample library, two comics of which are there twice."""
    library = folder / "comics"
    longbox = [sys.executable, "-P", "-m", "cli"]
    subprocess.run([*longbox, "sample", library, "--comics", str(COMICS)], cwd=ROOT, check=True)  # noqa: S603 - our own words
    for comic in sorted(library.glob("Lantern House/*/*.cbz"))[:2]:
        shutil.copy2(comic, library / "Unsorted" / f"{comic.stem} (scan).cbz")
    told = {"LIBRARY": str(library), "LONGBOX_DATA": str(folder / "home"), "WEB_PORT": str(PORT)}
    told |= {"LOG_LEVEL": "warning", "DATABASE_URL": ""}
    process = subprocess.Popen([*longbox, "serve"], cwd=ROOT, env={**os.environ, **told})  # noqa: S603 - our own words
    try:
        wait()
        yield
    finally:
        process.terminate()
        process.wait()


def wait() -> None:
    """Wait until the first scan has ended."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{ADDRESS}/api/scans", timeout=5) as answer:  # noqa: S310 - our own server
                if b'"state":"done"' in answer.read():
                    return
        except OSError:
            pass  # it is still starting
        time.sleep(0.2)
    sys.exit("Longbox did not finish its first scan in time.")


def settle(page: Page) -> None:
    """Wait until nothing is loading any more."""
    page.get_by_role("banner").get_by_text("Scanned").wait_for()
    page.get_by_text("Loading the list").first.wait_for(state="detached")
    if "file=" in page.url:  # its pages are asked for once their places are in sight
        page.get_by_role("dialog").locator("li img").first.wait_for()
    page.wait_for_function(SEEN)
    page.evaluate("document.fonts.ready")


def take(browser: Browser, place: str) -> None:
    """Take one place's pictures, such as settings-phone-dark.png; those in light say nothing."""
    for width, (across, down) in WIDTHS.items():
        for scheme, suffix in (("light", ""), ("dark", "-dark")):
            context = browser.new_context(
                viewport={"width": across, "height": down},
                color_scheme=scheme,  # type: ignore[arg-type]  # one of the two
                reduced_motion="reduce",
                has_touch=width == "phone",
                is_mobile=width == "phone",
                bypass_csp=True,  # Playwright waits by evaluating text
            )
            page = context.new_page()
            page.goto(f"{ADDRESS}/{PLACES[place]}")
            settle(page)
            name = place if width == "wide" else f"{place}-{width}"
            page.screenshot(path=IMAGES / f"{name}{suffix}.png")
            context.close()


def main(*chosen: str) -> None:
    """Take the pictures of these places, or of all."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)),
        sync_playwright() as playwright,
    ):
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for place in chosen or PLACES:
            take(browser, place)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
